package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.value.Saying;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads what consumers say of being written to: their marketing preferences.
final class MarketingReader {
  private static final int MOST = 50;
  private static final String ROLE = "SubscriptionProvider";

  private final EventData event;
  private final Members data;
  private final Findings findings;

  MarketingReader(EventData event) {
    this.event = event;
    data = event.data();
    findings = event.findings();
  }

  /// Null when it is about something else.
  @Nullable Saying read() {
    boolean given = event.action().toLowerCase(Locale.ROOT).equals("subscribe");
    if (!given && !event.action().toLowerCase(Locale.ROOT).equals("unsubscribe")) {
      return null;
    }
    var consumer = event.visitor();
    var said = EventData.time(consumer, "subscriptionChangeDateTime");
    if (said == null && data.raw("endTime") instanceof String) {
      said = EventData.time(data, "endTime");
    }
    var who = ContactReader.enquirer(consumer);
    var names =
        data.raw("agent") instanceof Map<?, ?> agent
            ? Names.names(EventData.typed(agent))
            : List.<String>of();
    if (who.email() == null && who.phone() == null) {
      findings.violation(
          "/data/agent",
          "the consumer is told by e-mail or telephone",
          names.isEmpty() ? "nobody's consent is changed" : "sought by their identifier");
    }
    var providers = new LinkedHashSet<String>();
    if (data.raw("participant") instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        provider(providers, list.get(i), data.pointer("participant") + "/" + i);
      }
    } else if (data.raw("participant") instanceof Map<?, ?> one) {
      provider(providers, one, data.pointer("participant"));
    }
    return new Saying.OfConsent(
        who, names, given, List.copyOf(providers), said == null ? null : said.at());
  }

  private void provider(Set<String> to, Object one, String pointer) {
    var party = Names.party(one, pointer, findings);
    if (one instanceof Map<?, ?> object) {
      var role = object.get("roleName");
      if (role != null && role != Null.NULL && !role.equals(ROLE)) {
        findings.violation(pointer + "/roleName", "the role is " + ROLE, "taken as that");
      }
    }
    if (party != null && to.size() < MOST) {
      to.add(party);
    }
  }
}
