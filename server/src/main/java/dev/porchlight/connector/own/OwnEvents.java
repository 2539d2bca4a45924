package dev.porchlight.connector.own;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Contract `porchlight`: a Standard Webhooks payload `{"type", "timestamp", "data"}`. `data` is
/// the lead as [LeadJson] writes it, and beside its members `id` (ours), `version`, `sequence`,
/// `source`, `source_contract`, `contact_id`, `owner` and `received_at`. It carries all of a lead,
/// so it has no losses and can always be written. Bodies of it are not read.
public final class OwnEvents implements Connector {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Override
  public String contract() {
    return "porchlight";
  }

  @Override
  public boolean reads() {
    return false;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public Reading read(Body body) {
    return new Reading.Unreadable(
        "Bodies of the contract porchlight are not taken in.", false, List.of());
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    return null;
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
