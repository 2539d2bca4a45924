package dev.porchlight.console.leads;

import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Sentence;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the page of one lead shows, in words ready to be read. Everything that a stranger wrote has
/// been through [Clean]; the templates escape it.
///
/// @param id our id of the lead
/// @param now the hub's time as an ISO instant, so that a browser with another clock counts from it
/// @param summary how it stands, at a glance
/// @param owner who has it now, and since when
/// @param times how long it took until it was accepted, delivered, acted on
/// @param why they have it
/// @param contact the id of its contact, where whoever looks may see it; else empty
/// @param items what happened, in order
/// @param note what the page leaves out, when the story is too long; else empty
record Story(
    String id,
    String now,
    String name,
    boolean test,
    List<Badge> summary,
    List<Fact> owner,
    List<Fact> times,
    Sentence why,
    String contact,
    List<Fact> who,
    String wants,
    String about,
    String place,
    List<String> figures,
    Said message,
    List<Fact> what,
    List<Fact> more,
    List<Item> items,
    String note) {

  /// What a stranger wrote at length.
  ///
  /// @param note says that it was clipped; empty when it is whole
  record Said(String text, String note) {
    static final Said NOTHING = new Said("", "");

    /// At most so many characters of a text.
    static Said of(Texts texts, String text, int most) {
      var shown = Clean.lines(text, most);
      return new Said(
          shown,
          shown.length() < text.length() - count(text)
              ? texts.of("said.clipped", shown.length(), text.length())
              : "");
    }

    /// How many characters fall away when line ends become one character each.
    private static int count(String text) {
      int pairs = 0;
      for (int at = text.indexOf("\r\n"); at >= 0; at = text.indexOf("\r\n", at + 2)) {
        pairs++;
      }
      return pairs;
    }

    boolean isEmpty() {
      return text.isEmpty();
    }
  }

  /// One thing that happened.
  ///
  /// @param state one word on how it stands; empty when there is nothing to say
  /// @param receipt the id of the receipt that it is about; empty for none
  /// @param delivery the id of the delivery that it is about; empty for none
  record Item(
      Tone tone,
      Time at,
      String title,
      String state,
      List<Sentence> sentences,
      List<Fact> facts,
      List<Breach> breaches,
      List<Change> changes,
      @Nullable Sending sending,
      String receipt,
      String delivery) {
    Item(
        Tone tone,
        Time at,
        String title,
        String state,
        List<Sentence> sentences,
        List<Fact> facts,
        List<Breach> breaches,
        List<Change> changes,
        @Nullable Sending sending) {
      this(tone, at, title, state, sentences, facts, breaches, changes, sending, "", "");
    }

    Item ofReceipt(String id) {
      return new Item(
          tone, at, title, state, sentences, facts, breaches, changes, sending, id, delivery);
    }

    Item ofDelivery(String id) {
      return new Item(
          tone, at, title, state, sentences, facts, breaches, changes, sending, receipt, id);
    }
  }

  /// One violation.
  record Breach(String pointer, String rule, String action) {}

  /// What differs between two versions; an empty side was absent.
  record Change(String field, String before, String after) {}

  /// A delivery with its attempts.
  record Sending(List<Try> tries, List<Lost> lost, @Nullable Time next) {}

  /// One attempt.
  record Try(
      int n,
      Time at,
      String took,
      Tone tone,
      String result,
      String sent,
      String digest,
      Said answer,
      String kept) {
    /// Whether there is something to unfold.
    boolean hasMore() {
      return !answer.isEmpty() || !digest.isEmpty();
    }
  }

  record Lost(String field, String reason) {}
}
