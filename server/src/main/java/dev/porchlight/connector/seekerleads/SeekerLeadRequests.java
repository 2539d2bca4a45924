package dev.porchlight.connector.seekerleads;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Contract `seeker-leads-request`: the body of `POST /leads`, by which somebody submits a lead.
/// Strict, as the contract's own API is: a body with any fault is [Reading.Unreadable], and each
/// violation whose action is [#REFUSED] is one thing that the sender has to mend, its pointer the
/// field and its rule the reason. Members that the contract does not name are kept as extras. Not
/// written.
public final class SeekerLeadRequests implements Connector {
  /// The action of the violations for which a request is refused.
  public static final String REFUSED = "refused";

  @Override
  public String contract() {
    return "seeker-leads-request";
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public Reading read(Body body) {
    return RequestReader.read(body);
  }

  /// A request has no id; who submits it learns none.
  @Override
  public @Nullable String peekLeadId(Body body) {
    return null;
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return new Written.CannotWrite(List.of("Requests to submit a lead are taken, not sent."));
  }
}
