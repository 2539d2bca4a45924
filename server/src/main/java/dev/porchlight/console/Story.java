package dev.porchlight.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the page of one lead shows, in words ready to be read. Everything that a stranger wrote has
/// been through [Clean]; the templates escape it.
///
/// @param id our id of the lead
/// @param now the hub's time as an ISO instant, so that a browser with another clock counts from it
/// @param summary how it stands, at a glance
/// @param items what happened, in order
/// @param note what the page leaves out, when the story is too long; else empty
record Story(
    String id,
    String now,
    String name,
    boolean test,
    List<Badge> summary,
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

  /// How good the news is; always beside a word that says the same.
  enum Tone {
    GOOD,
    WAITING,
    BAD,
    PLAIN;

    String css() {
      return switch (this) {
        case GOOD -> "good";
        case WAITING -> "waiting";
        case BAD -> "bad";
        case PLAIN -> "plain";
      };
    }
  }

  record Badge(Tone tone, String text) {}

  /// @param href where it leads; null for nowhere
  record Fact(String label, String value, @Nullable String href) {}

  /// A point in time: exact for machines and on hover, relative for readers.
  record Time(String iso, String exact, String relative) {}

  /// What a stranger wrote at length.
  ///
  /// @param note says that it was clipped; empty when it is whole
  record Said(String text, String note) {
    static final Said NOTHING = new Said("", "");

    boolean isEmpty() {
      return text.isEmpty();
    }
  }

  /// One thing that happened.
  ///
  /// @param state one word on how it stands; empty when there is nothing to say
  record Item(
      Tone tone,
      Time at,
      String title,
      String state,
      List<String> sentences,
      List<Fact> facts,
      List<Breach> breaches,
      List<Change> changes,
      @Nullable Sending sending) {}

  /// One violation.
  record Breach(String pointer, String rule, String action) {}

  /// What differs between two versions; an empty side was absent.
  record Change(String field, String before, String after) {}

  /// A delivery with its attempts.
  record Sending(List<Try> tries, List<Lost> lost, @Nullable Time next) {}

  /// One attempt.
  record Try(int n, Time at, String took, Tone tone, String result, String sent, Said answer) {}

  record Lost(String field, String reason) {}
}
