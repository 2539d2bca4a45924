package dev.porchlight.value;

import java.util.ArrayList;
import java.util.List;
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

  /// One hub on the way.
  ///
  /// @param hub a UUID that each hub has for itself
  /// @param lead what the lead is called there, a UUID
  public record Hop(String hub, String lead) {}

  public Trail {
    hops = List.copyOf(hops);
  }

  /// Reads a header's value. What is not in the form is passed over: it is a stranger's.
  public static Trail parse(String text) {
    var hops = new ArrayList<Hop>();
    for (var part : text.split(",", MOST_KEPT * 2)) {
      int slash = part.indexOf('/');
      if (slash > 0 && hops.size() < MOST_KEPT) {
        var hub = part.substring(0, slash).strip();
        var lead = part.substring(slash + 1).strip();
        if (ID.matcher(hub).matches() && ID.matcher(lead).matches()) {
          hops.add(new Hop(hub, lead));
        }
      }
    }
    return hops.isEmpty() ? NONE : new Trail(hops);
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
    return hops.stream().map(h -> h.hub() + "/" + h.lead()).collect(Collectors.joining(", "));
  }
}
