package dev.porchlight.connector.own;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Contract `porchlight`: a Standard Webhooks payload `{"type", "timestamp", "data"}`. `data` is
/// the lead as [LeadJson] writes it, and beside its members `id` (ours), `version`, `sequence`,
/// `source`, `source_contract`, `contact_id`, `owner` and `received_at`. It carries all of a lead,
/// so it has no losses and can always be written.
///
/// Read, it makes one hub the source of another. The lead is then known by `id`, since several
/// senders stand behind one hub and each has numbers of its own; the first sender's `lead_id` is
/// kept as the external id of that name. Members that this release does not know are extras.
public final class OwnEvents implements Connector {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Override
  public String contract() {
    return "porchlight";
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public Reading read(Body body) {
    return EventReader.read(body);
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    var id = BodyJson.peek(body.bytes(), List.of("data", "id"));
    return id != null ? id : BodyJson.peek(body.bytes(), List.of("data", "lead_id"));
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    var data = JsonNodeFactory.instance.objectNode();
    data.put("id", message.id());
    data.put("version", message.version());
    data.put("sequence", message.sequence());
    data.put("source", message.sourceName());
    data.put("source_contract", message.sourceContract());
    data.put("contact_id", message.contactId());
    data.put("owner", message.ownerName());
    data.put("received_at", message.receivedAt().toString());
    data.setAll(LeadJson.write(message.lead()));
    var event = JsonNodeFactory.instance.objectNode();
    event.put("type", message.kind());
    event.put("timestamp", message.at().toString());
    event.set("data", data);
    // Through a String: it replaces half a surrogate pair where a generator of bytes would throw.
    return new Written.Bytes(
        MAPPER.writeValueAsString(event).getBytes(StandardCharsets.UTF_8),
        "application/json",
        List.of());
  }
}
