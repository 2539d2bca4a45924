package dev.porchlight.connector.events;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Topic;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what events say of people: leads, contacts, what visitors of websites do, consents,
/// service areas. Tolerantly: the topic decides, and what breaks the contract's table is noted.
final class FamilyReader {
  private FamilyReader() {}

  /// A body as a lead.
  static Reading lead(Body body) {
    var findings = new Findings();
    Map<String, Object> root;
    try {
      if (!(BodyJson.parse(body, findings) instanceof Map<?, ?> object)) {
        return unreadable("The body is not a JSON object.", findings);
      }
      root = EventData.typed(object);
    } catch (BodyJson.Unfit e) {
      return new Reading.Unreadable(e.reason(), e.isTooDeep(), findings.violations());
    }
    var topic = root.get("topic") instanceof String text ? Topic.parse(text.strip()) : null;
    if (topic == null || topic.isEmpty()) {
      return unreadable("The event has no topic.", findings);
    }
    if (!LeadReader.isLead(topic.get())) {
      return unreadable(
          "Events of the topic " + topic.get().text() + " tell of no lead.", findings);
    }
    if (!(root.get("data") instanceof Map<?, ?> data)) {
      return unreadable("The event has no `data`, which is an object.", findings);
    }
    var lead = new LeadReader(EventData.of(topic.get(), root, data, findings)).lead();
    if (!lead.enquirer().isSomebody() && lead.message() == null) {
      return unreadable(
          "Nothing in the event names or reaches a person, or was written by one, and no lead of"
              + " that name is known.",
          findings);
    }
    return new Reading.Facts(
        topic.get().text(),
        List.of(lead),
        findings.violations(),
        // What makes the event another copy of itself stands around the data.
        BodyJson.fingerprint(EventData.typed(data), ""));
  }

  private static Reading unreadable(String reason, Findings findings) {
    return new Reading.Unreadable(reason, false, findings.violations());
  }

  /// What an event says of people; null when it is about something else, or its data says nothing.
  static @Nullable Saying read(Topic topic, Map<String, Object> root, Findings findings) {
    if (!(root.get("data") instanceof Map<?, ?> data)) {
      return null;
    }
    return saying(EventData.of(topic, root, data, findings));
  }

  private static @Nullable Saying saying(EventData event) {
    return switch (event.group()) {
      case "realestate/lead" -> new LeadReader(event).readStep();
      case "realestate/contact" -> new ContactReader(event).read();
      case "realestate/website" -> new WebsiteReader(event).read();
      case "realestate/marketingpreferences" -> new MarketingReader(event).read();
      case "realestate/servicearea" -> new ServiceAreaReader(event).read();
      default -> null;
    };
  }
}
