package dev.porchlight.connector.events;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.BodyJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Contract `realestate-events` as far as it tells of leads: one event a body, as it is published
/// and as it is pushed. What members become is in `docs/doors/realestate-events.md`.
public final class LeadEvents implements Connector {
  @Override
  public String contract() {
    return "realestate-events";
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
    return FamilyReader.lead(body);
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    return BodyJson.peek(body.bytes(), List.of("data", "identifier"));
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return new LeadEventWriter(message).write();
  }
}
