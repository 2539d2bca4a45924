package dev.porchlight.console.contacts;

import dev.porchlight.console.Badge;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The page of a contact.
///
/// @param path of the page
/// @param owners who could have it instead
/// @param work whether whoever looks may change it
/// @param erases whether they may erase the person
/// @param more the ways to the next parts of leads, notes, searches, what happened, and who may be
///   the same
/// @param told what the newest leads say
/// @param toldOf of how many leads that is; 0 for all
/// @param trouble why a form was not taken; empty when none was refused
record ContactView(
    String path,
    String name,
    List<Badge> badges,
    List<Fact> reach,
    List<Fact> details,
    Choice owner,
    List<Choice> owners,
    List<Told> told,
    int toldOf,
    List<LeadLine> leads,
    List<String> tags,
    String note,
    List<Note> notes,
    List<Search> searches,
    List<Happened> feed,
    List<Twin> twins,
    More more,
    Form.Field newTag,
    Form.Field newNote,
    boolean work,
    boolean erases,
    String trouble) {
  /// @param twins of possible duplicates
  record More(Pager leads, Pager notes, Pager searches, Pager feed, Pager twins) {}

  record Choice(String value, String text) {}

  /// A field as it stands, and what each lead said of it.
  ///
  /// @param typed whether a member typed what stands
  record Told(String field, String value, boolean typed, List<Said> said) {}

  /// @param href of the lead
  /// @param other whether that is not what stands
  record Said(String text, String href, String source, boolean other) {}

  record LeadLine(String href, String wants, String source, Time at) {}

  record Note(String id, String text, String by, Time at, boolean own) {}

  record Search(String name, String filter, List<Badge> feeds) {}

  /// Something that happened to a listing in one of the contact's feeds.
  record Happened(
      String id,
      String what,
      String listing,
      String feed,
      Time at,
      boolean approved,
      boolean viewed) {}

  /// Somebody who may be the same person.
  ///
  /// @param href of the other contact; null where there is none to show
  record Twin(String name, String evidence, @Nullable String href, List<Beside> rows) {}

  /// One field of both.
  record Beside(String field, String here, String there, boolean same) {}

  /// The page that asks before an erasure.
  ///
  /// @param contacts whose cards go with it, in other offices as well
  record Erasing(String path, String name, List<Fact> contacts, Form.Field confirmed) {}

  /// What is left to show of somebody who was erased.
  record Erased(List<Proof> proofs) {}

  /// The record of one erasure.
  ///
  /// @param ended null while it goes on
  record Proof(List<Fact> facts, Time begun, @Nullable Time ended, List<Fact> counts) {}
}
