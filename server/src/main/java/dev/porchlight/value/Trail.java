package dev.porchlight.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The hubs that a lead has come through, first one first, each with its own id of the lead. Every
/// hub adds itself to what it sends, so that each knows its own when it comes back, and a lead that
/// goes in circles is stopped.
///
/// @param hops at most [#MOST_KEPT]
public record Trail(List<Hop> hops) {
  /// The header that carries it, in requests and in mails.
  public static final String HEADER = "Porchlight-Path";

  /// The name of that header where receipts keep theirs.
  public static final String HEADER_KEPT = "porchlight-path";

  /// A lead takes so many hops between hubs; one more is refused.
  public static final int MOST_HOPS = 3;

  /// More of them than this are not read.
  public static final int MOST_KEPT = 10;

  /// None.
  public static final Trail NONE = new Trail(List.of());

  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /// A header that is longer is kept as what could be read of it.
  private static final int LONGEST = 1000;

  /// Stands for what could not be read, where it is not kept itself.
  private static final String UNREAD = "?";

  /// One hub on the way.
  ///
  /// @param hub a UUID that each hub has for itself
  /// @param lead what the lead is called there, a UUID; empty where what was said is none
  public record Hop(String hub, String lead) {}

  public Trail {
    hops = List.copyOf(hops);
  }

  /// Reads a header's value. An entry that names no hub is passed over: it is a stranger's. One
  /// that names a hub counts, whatever it calls the lead.
  public static Trail parse(String text) {
    return new Reading(text).trail();
  }

  /// Whether something stands in a header's value that is not in the form.
  public static boolean isMalformed(String text) {
    return new Reading(text).malformed;
  }

  /// What a receipt keeps of a header that came in these lines: as they were, one after the other,
  /// unless that is too long; then what could be read of it.
  public static String kept(List<String> lines) {
    var text = String.join(", ", lines).strip();
    if (text.length() <= LONGEST) {
      return text;
    }
    var reading = new Reading(text);
    var read = reading.trail().text();
    return !reading.malformed ? read : read.isEmpty() ? UNREAD : read + ", " + UNREAD;
  }

  private static final class Reading {
    private final List<Hop> hops = new ArrayList<>();
    private boolean malformed;

    Reading(String text) {
      for (var part : text.toLowerCase(Locale.ROOT).split(",")) {
        int slash = part.indexOf('/');
        var hub = (slash < 0 ? part : part.substring(0, slash)).strip();
        var lead = slash < 0 ? "" : part.substring(slash + 1).strip();
        if (!ID.matcher(hub).matches()) {
          // A list may have empty places.
          malformed |= !part.isBlank();
          continue;
        }
        boolean known = ID.matcher(lead).matches();
        malformed |= !known;
        if (hops.size() < MOST_KEPT) {
          hops.add(new Hop(hub, known ? lead : ""));
        }
      }
    }

    Trail trail() {
      return hops.isEmpty() ? NONE : new Trail(hops);
    }
  }

  /// The same and one more hub.
  public Trail through(String hub, String lead) {
    var more = new ArrayList<>(hops);
    more.add(new Hop(hub, lead));
    return new Trail(more.size() > MOST_KEPT ? more.subList(1, more.size()) : more);
  }

  /// What that hub calls the lead; empty where it has not come through it.
  public Optional<String> leadAt(String hub) {
    return hops.stream().filter(h -> h.hub().equals(hub)).map(Hop::lead).findFirst();
  }

  /// Whether it has gone far enough.
  public boolean isTooLong() {
    return hops.size() > MOST_HOPS;
  }

  /// The header's value.
  public String text() {
    return hops.stream()
        .map(h -> h.lead().isEmpty() ? h.hub() : h.hub() + "/" + h.lead())
        .collect(Collectors.joining(", "));
  }
}
