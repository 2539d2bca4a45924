package dev.porchlight.connector.events;

import dev.porchlight.connector.EventContract;
import dev.porchlight.connector.InboxMessage;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Text;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Topic;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Contract `realestate-events`. What the envelope's members become is in
/// `docs/doors/realestate-events.md`.
public final class RealEstateEvents implements EventContract {
  /// The group of events about grants, which the hub alone publishes.
  public static final String GRANTS = "yodata/subscription";

  private static final Set<String> ENVELOPE =
      Set.of(
          "topic",
          "recipient",
          "agent",
          "instrument",
          "originalRecipient",
          "time",
          "timestamp",
          "id",
          "@id",
          "@to");
  private static final int MOST_PARTIES = 200;

  @Override
  public Reading read(byte[] body) {
    if (body.length == 0) {
      return new Refused("There is no body.");
    }
    var findings = new Findings();
    Object value;
    try {
      value = BodyJson.parse(body, findings);
    } catch (BodyJson.Unfit e) {
      return new Refused(e.reason());
    }
    if (value instanceof List) {
      return new Refused("The body is an array: publish one event, as one JSON object, a request.");
    }
    if (!(value instanceof Map<?, ?> map)) {
      return new Refused("The body is not a JSON object.");
    }
    var root = new LinkedHashMap<String, Object>();
    map.forEach((k, v) -> root.put((String) k, v));
    return event(root, findings);
  }

  private static Reading event(Map<String, Object> root, Findings findings) {
    if (!(root.get("topic") instanceof String written) || written.isBlank()) {
      return new Refused("The event has no `topic`.");
    }
    var topic = Topic.parse(written.strip());
    if (topic.isEmpty()) {
      return new Refused(
          "The `topic` must be a group and an action, such as `realestate/listing#update`.");
    }
    if (!topic.get().text().equals(written)) {
      findings.violation(
          "/topic", "a topic is written domain/group#action", "read as " + topic.get().text());
    }
    if (topic.get().action() == null) {
      findings.violation("/topic", "a topic is written domain/group#action", "carried unread");
    }
    var recipients = parties(root, "recipient", findings);
    var sources = parties(root, "source", findings);
    if (recipients.isEmpty()
        && isSaid(root.get("recipient"))
        && !(root.get("recipient") instanceof List<?> list && list.isEmpty())) {
      // Whoever it is meant for, it is not whoever stands in where nobody is named.
      return new Refused("The `recipient` is no URI, nor a list of them.");
    }
    var nobody = recipients.stream().filter(r -> !Text.isUri(r)).findFirst();
    if (nobody.isPresent()) {
      return new Refused("The `recipient` " + shown(nobody.get()) + " is no absolute URI.");
    }
    if (recipients.size() + sources.size() > MOST_PARTIES) {
      return new Refused(
          "The event names more than " + MOST_PARTIES + " parties as recipients and sources.");
    }
    if (!(root.get("data") instanceof Map<?, ?> data)) {
      return new Refused("The event has no `data`, which is an object.");
    }
    var carried = new LinkedHashMap<String, String>();
    root.forEach((name, value) -> {
      if (!ENVELOPE.contains(name)) {
        carried.put(name, BodyJson.text(value));
      }
    });
    for (var name : List.of("agent", "instrument", "@id", "timestamp")) {
      if (isSaid(root.get(name))) {
        findings.violation("/" + name, "the hub sets `" + name + "`", "overwritten");
      }
    }
    var original = root.get("originalRecipient");
    original(original, findings);
    return new Event(
        topic.get(),
        recipients,
        sources,
        id(root, findings),
        time(root, findings),
        ListingReader.read(topic.get(), data, findings),
        FamilyReader.read(topic.get(), root, findings),
        carried,
        isSaid(root.get("recipient")) ? json(root.get("recipient")) : null,
        isSaid(original) ? json(original) : null,
        findings.violations(),
        BodyJson.fingerprint(root, ""));
  }

  private static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private static boolean isSaid(@Nullable Object value) {
    return value != null && value != BodyJson.Null.NULL && !value.equals("");
  }

  private static String json(@Nullable Object value) {
    return BodyJson.text(value == null ? BodyJson.Null.NULL : value);
  }

  private static List<String> parties(Map<String, Object> root, String name, Findings findings) {
    var value = root.get(name);
    var all = new LinkedHashSet<String>();
    var items = value instanceof List<?> list ? list : isSaid(value) ? List.of(value) : List.of();
    for (var written : items) {
      var item = named(written);
      if (item != written) {
        findings.violation("/" + name, "a party is named by an absolute URI", "its id is taken");
      }
      if (item instanceof String text && !text.isBlank()) {
        var uri = text.strip();
        if (!Text.isUri(uri)) {
          findings.violation("/" + name, "a party is named by an absolute URI", "kept as text");
        }
        all.add(uri);
      } else {
        findings.violation("/" + name, "a party is named by an absolute URI", "left out");
      }
    }
    return List.copyOf(all);
  }

  /// Whom an event was for at first is kept as it was sent.
  private static void original(@Nullable Object original, Findings findings) {
    var items =
        original instanceof List<?> list ? list : isSaid(original) ? List.of(original) : List.of();
    for (int i = 0; i < items.size(); i++) {
      var item = items.get(i);
      if (!(item instanceof String text && Text.isUri(text.strip()))) {
        findings.violation(
            "/originalRecipient" + (original instanceof List ? "/" + i : ""),
            "a party is named by an absolute URI",
            item instanceof String ? "kept as text" : "kept as it is");
      }
    }
  }

  /// The id of what is written as an object.
  private static @Nullable Object named(@Nullable Object written) {
    if (!(written instanceof Map<?, ?> map)) {
      return written;
    }
    var id = map.get("id");
    return id == null ? map.get("@id") : id;
  }

  private static @Nullable String id(Map<String, Object> root, Findings findings) {
    var id = root.get("id");
    if (!isSaid(id)) {
      return null;
    }
    if (id instanceof String text && Text.isUri(text) && text.length() <= 500) {
      return text;
    }
    findings.violation("/id", "an event's id is an absolute URI", "replaced");
    return null;
  }

  private static @Nullable Instant time(Map<String, Object> root, Findings findings) {
    var time = root.get("time");
    if (!isSaid(time)) {
      return null;
    }
    var read = time instanceof String text ? Times.parse(text) : null;
    if (read == null) {
      findings.violation("/time", "a time is RFC 3339 text", "the time of publishing is taken");
      return null;
    }
    if (!read.byContract()) {
      findings.violation(
          "/time",
          "a time is RFC 3339 text with a zone",
          read.moment().zoneAssumed() ? "read as UTC" : "read as " + read.moment().at());
    }
    return read.moment().at();
  }

  @Override
  public InboxMessage readMessage(byte[] body) {
    return InboxMessages.read(body);
  }

  @Override
  public String handshake(
      String id,
      InboxMessage.Step step,
      String sender,
      String app,
      String owner,
      InboxMessage.@Nullable Scope scope,
      Instant at) {
    return InboxMessages.handshake(id, step, sender, app, owner, scope, at);
  }

  @Override
  public byte[] grantChange(
      String change,
      String grant,
      String owner,
      String pod,
      String party,
      InboxMessage.Scope scope,
      @Nullable Instant until,
      Instant at) {
    return InboxMessages.grantChange(change, grant, owner, pod, party, scope, until, at);
  }

  @Override
  public boolean isAboutGrants(Event event) {
    return event.topic().group().equals(GRANTS);
  }

  @Override
  public String grantedParty(Event event) {
    return isAboutGrants(event)
        ? InboxMessages.grantedParty(event.carried().getOrDefault("data", "{}"))
        : "";
  }

  @Override
  public String copy(Event event, Envelope envelope, List<String> redaction) {
    var json = new StringBuilder("{\"topic\":").append(BodyJson.text(event.topic().text()));
    event
        .carried()
        .forEach((name, value) ->
            json.append(',')
                .append(BodyJson.text(name))
                .append(':')
                .append(
                    name.equals("data") && !redaction.isEmpty()
                        ? Redaction.apply(value, redaction)
                        : value));
    text(json, "time", envelope.time().toString());
    json.append(",\"timestamp\":").append(envelope.published().toEpochMilli());
    text(json, "agent", envelope.agent());
    text(json, "instrument", envelope.instrument());
    var original =
        event.originalRecipient() != null
            ? event.originalRecipient()
            : event.recipient() != null ? event.recipient() : BodyJson.text(envelope.recipient());
    json.append(",\"originalRecipient\":").append(original);
    text(json, "id", envelope.id());
    text(json, "@id", envelope.copy());
    return json.append('}').toString();
  }

  private static void text(StringBuilder json, String name, String value) {
    json.append(",\"").append(name).append("\":").append(BodyJson.text(value));
  }
}
