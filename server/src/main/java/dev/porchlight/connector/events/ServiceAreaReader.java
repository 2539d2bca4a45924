package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Members;
import dev.porchlight.value.Saying;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads where agents work.
final class ServiceAreaReader {
  private final EventData event;
  private final Members data;

  ServiceAreaReader(EventData event) {
    this.event = event;
    data = event.data();
  }

  /// Null when it is about something else.
  @Nullable Saying read() {
    var change = ContactReader.CHANGES.get(event.action());
    if (change == null || event.action().equals("add")) {
      return null;
    }
    var area = data.object("object");
    var names = new LinkedHashSet<String>();
    if (data.raw("object") instanceof Map<?, ?> object) {
      names.addAll(Names.names(EventData.typed(object)));
    }
    if (names.isEmpty() && data.raw("identifier") instanceof Map<?, ?> map) {
      var text = new LinkedHashMap<String, Object>();
      text.put("identifier", map);
      names.addAll(Names.names(text));
    }
    if (names.isEmpty()) {
      area.note("identifier", "a service area is known by its identifier", "carried unread");
      return null;
    }
    var kind = area.text("kind");
    if (kind != null && !kind.equals("City") && !kind.equals("PostalCode")) {
      area.note("kind", "City or PostalCode", "taken as sent");
    }
    var more = area.object("additionalProperty");
    var raw = data.raw("object");
    return new Saying.OfServiceArea(
        change,
        List.copyOf(names),
        kind,
        area.text("addressLocality"),
        area.text("addressRegion"),
        area.text("addressCountry"),
        area.text("postalCode"),
        Names.party(area, "provider", event.findings()),
        whole(more, "weight"),
        whole(more, "sortOrder"),
        more.flag("sentToConsumerSite"),
        raw == null ? "{}" : BodyJson.text(raw));
  }

  private static @Nullable Integer whole(Members from, String member) {
    var number = from.integer(member);
    if (number == null) {
      return null;
    }
    if (number.signum() < 0 || number.compareTo(BigDecimal.valueOf(1_000_000)) > 0) {
      from.note(member, "a number from 0 to 1,000,000", "left out");
      return null;
    }
    return number.intValue();
  }
}
