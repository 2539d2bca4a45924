package dev.porchlight.connector.mail;

import dev.porchlight.value.Wording;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a lead comes to its office by mail: who has not taken it, and who has.
///
/// @param missing the endpoints that have not
/// @param taken the names of those that have
public record Undelivered(List<Missing> missing, List<String> taken) {
  private static final int NAME = 100;
  private static final int WORDS = 300;

  /// How it stands with an endpoint that has not taken the lead.
  public enum State {
    WAITING,
    DISABLED,
    OFF,
    GIVEN_UP,
    UNWRITABLE,
    REMOVED
  }

  /// An endpoint that has not taken it.
  ///
  /// @param said how the last attempt ended, in our English; why it can't be written; empty where
  ///   there is nothing to say
  /// @param answer what was answered then, in the receiver's words; empty for nothing
  /// @param since when it began to fail, or was disabled; null where that is not known
  /// @param waiting how many deliveries wait for it
  /// @param more whether there are more than were counted
  /// @param link where more is said of this delivery
  public record Missing(
      String endpoint,
      State state,
      String said,
      String answer,
      @Nullable Instant since,
      int waiting,
      boolean more,
      String delivery,
      String link) {}

  public Undelivered {
    missing = List.copyOf(missing);
    taken = List.copyOf(taken);
  }

  /// What is said first.
  String head(Wording t) {
    return taken.isEmpty()
        ? t.text("undelivered.nobody")
        : t.text(
            "undelivered.others",
            String.join(", ", taken.stream().map(n -> Words.line(n, NAME)).toList()));
  }

  /// What is said of one endpoint: first what it is about.
  static List<String> lines(Missing one, Wording t, ZoneId zone) {
    var all = new ArrayList<String>();
    all.add(t.text("undelivered.endpoint", Words.line(one.endpoint(), NAME), state(one, t)));
    if (!one.said().isEmpty()) {
      var said = Words.line(t.english(one.said()), WORDS);
      all.add(
          one.answer().isEmpty()
              ? t.text("undelivered.last", said)
              : t.text("undelivered.last.words", said, Words.line(one.answer(), WORDS)));
    }
    if (one.since() != null) {
      all.add(
          t.text(
              one.state() == State.OFF ? "undelivered.since.off" : "undelivered.since",
              t.time(one.since(), zone)));
    }
    if (one.waiting() > 1) {
      all.add(
          t.text(one.more() ? "undelivered.waiting.more" : "undelivered.waiting", one.waiting()));
    }
    return all;
  }

  private static String state(Missing one, Wording t) {
    return t.text(
        switch (one.state()) {
          case WAITING -> "undelivered.state.waiting";
          case DISABLED -> "undelivered.state.disabled";
          case OFF -> "undelivered.state.off";
          case GIVEN_UP -> "undelivered.state.given-up";
          case UNWRITABLE -> "undelivered.state.unwritable";
          case REMOVED -> "undelivered.state.removed";
        });
  }

  String plain(Wording t, ZoneId zone) {
    var out = new StringBuilder(head(t)).append('\n');
    for (var one : missing) {
      out.append('\n');
      lines(one, t, zone).forEach(line -> out.append(line).append('\n'));
      out.append(t.text("undelivered.more", one.delivery())).append('\n');
      out.append(one.link()).append('\n');
    }
    return out.append('\n').toString();
  }

  void page(StringBuilder out, Wording t, ZoneId zone) {
    out.append(
            "<div style=\"border-inline-start:4px solid #b42318;padding:2px 0 2px 12px;margin:12px"
                + " 0")
        .append(";overflow-wrap:anywhere\">\n<p style=\"margin:4px 0\"><strong>")
        .append(Words.html(head(t)))
        .append("</strong></p>\n");
    for (var one : missing) {
      out.append("<p style=\"margin:4px 0\">");
      lines(one, t, zone).forEach(line -> out.append(Words.html(line)).append("<br>\n"));
      out.append("<a href=\"")
          .append(Words.html(one.link()))
          .append("\">")
          .append(Words.html(t.text("undelivered.more", one.delivery())))
          .append("</a></p>\n");
    }
    out.append("</div>\n");
  }
}
