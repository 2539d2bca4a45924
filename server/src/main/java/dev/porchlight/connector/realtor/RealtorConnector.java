package dev.porchlight.connector.realtor;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.json.BodyJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the two contracts share.
abstract class RealtorConnector implements Connector {
  @Override
  public final boolean writes() {
    return true;
  }

  @Override
  public final @Nullable String peekLeadId(Body body) {
    var guid = BodyJson.peek(body.bytes(), List.of("Lead", "lead_info", "lead_guid"));
    return guid != null ? guid : BodyJson.peek(body.bytes(), List.of("lead_id"));
  }
}
