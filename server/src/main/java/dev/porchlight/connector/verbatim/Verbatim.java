package dev.porchlight.connector.verbatim;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Contract `verbatim`: the bytes and the content type as received, so that the hub can stand in
/// front of a CRM which does not notice. The content type is empty when the sender gave none. Not
/// read.
public final class Verbatim implements Connector {
  @Override
  public String contract() {
    return "verbatim";
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
        "Bodies of the contract verbatim are not taken in.", false, List.of());
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    return null;
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    if (message.lead().erased()) {
      return new Written.CannotWrite(
          List.of("The person had their data erased; the body as received would tell it."));
    }
    return message.raw() == null
        ? new Written.CannotWrite(List.of("The body as received is no longer kept."))
        : new Written.Bytes(message.raw(), message.rawContentType(), List.of());
  }
}
