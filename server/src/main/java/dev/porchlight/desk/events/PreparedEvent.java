package dev.porchlight.desk.events;

import dev.porchlight.access.party.Party;
import dev.porchlight.connector.EventContract;
import dev.porchlight.desk.RawBody;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An event that was read, before it is decided on.
///
/// @param passed what filters of grants have said of it by now
record PreparedEvent(
    PublishedEvent event,
    EventContract.Event said,
    RawBody raw,
    @Nullable Map<String, String> adopt,
    Map<String, Boolean> passed,
    Sayings.@Nullable Prepared people) {
  PreparedEvent saying(Sayings.@Nullable Prepared other) {
    return new PreparedEvent(event, said, raw, adopt, passed, other);
  }

  PreparedEvent knowing(Map<String, Boolean> other) {
    return new PreparedEvent(event, said, raw, adopt, other, people);
  }

  /// Draws an event up as it is going to be kept, and notes what of it is not as it should be.
  ///
  /// @param base where the hub was reached
  /// @param adopt the listings that took others' places when it was published, by their roots; null
  ///   for one that is published now
  static PreparedEvent of(
      Party publisher,
      EventContract.Event said,
      byte[] body,
      String base,
      Draw draw,
      @Nullable Map<String, String> adopt) {
    var id = draw.uuid("event");
    var violations = new ArrayList<>(said.violations());
    var uri = uri(publisher, said.id(), id, violations);
    var time = said.producedAt();
    if (time != null && time.isAfter(draw.at())) {
      violations.add(
          new Violation(
              "/time", "an event is not of the future", "the time of publishing is taken"));
      time = null;
    }
    var listing = said.listing();
    if (listing != null && ListingEvents.isAhead(listing, draw.at())) {
      violations.add(
          new Violation(
              "/data/object/modificationTimestamp",
              "a listing's change is not more than a day ahead",
              "the event's time is taken for it"));
    }
    if (said.saying() instanceof Saying.OfConsent consent
        && consent.at() != null
        && consent.at().isAfter(draw.at())) {
      violations.add(
          new Violation(
              "/data/agent/subscriptionChangeDateTime",
              "a consent is given or withdrawn before it is told",
              "the event's time is taken for it"));
    }
    if (said.saying() instanceof Saying.OfSavedSearch search
        && !Sayings.isUsable(search, draw.at())) {
      violations.add(
          new Violation(
              "/data/object", "a search that can be put as a filter", "carried, but not saved"));
    }
    var event =
        new PublishedEvent(
            id,
            0,
            uri,
            publisher.id(),
            draw,
            base,
            said.topic().text(),
            said.fingerprint(),
            (time == null ? draw.at() : time).truncatedTo(java.time.temporal.ChronoUnit.MICROS),
            "",
            Json.write(violations),
            "{}");
    return new PreparedEvent(event, said, RawBody.of(id, body), adopt, Map.of(), null);
  }

  /// What makes an address below a place one of another place, or of no place of its own: a query,
  /// a fragment, dot segments, and slashes in disguise, encoded however often.
  private static final Pattern LEADS_ASTRAY =
      Pattern.compile("[?#\\\\]|%(?:25)*+(?:2[fF]|5[cC])|/(?:\\.|%(?:25)*+2[eE]){1,2}(?:[/;]|$)");

  /// The producer's id where it lies in its own pod, so that nobody can shadow another's event;
  /// else one of ours.
  private static String uri(
      Party publisher, @Nullable String sent, String id, List<Violation> violations) {
    var place = publisher.url() + "publish/";
    if (sent != null) {
      if (sent.startsWith(place)
          && sent.length() > place.length()
          && !LEADS_ASTRAY.matcher(sent).find(place.length() - 1)) {
        return sent;
      }
      violations.add(
          new Violation("/id", "an event's id lies below " + place, "replaced by one of ours"));
    }
    return place + id.replace("-", "");
  }
}
