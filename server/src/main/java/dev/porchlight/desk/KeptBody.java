package dev.porchlight.desk;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.value.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads the body that is kept of a receipt, which may be the beginning only of what came.
public final class KeptBody {
  private KeptBody() {}

  /// Why a body is no more than the beginning of what came; empty where it is all of it.
  public static Optional<String> cut(Receipt receipt) {
    return receipt.headers().contains(Desk.CUT)
        ? Json.tree(receipt.headers()).path(Desk.CUT).asStringOpt().filter(why -> !why.isEmpty())
        : Optional.empty();
  }

  /// A beginning is not read, whatever it seems to say.
  ///
  /// @param reader by the contract of the receipt's source
  public static Reading read(Function<Body, Reading> reader, Receipt receipt, byte[] bytes) {
    return cut(receipt)
        .<Reading>map(why -> new Reading.Unreadable(why, false, List.of()))
        .orElseGet(() -> reader.apply(new Body(bytes, receipt.contentType(), receipt.channel())));
  }
}
