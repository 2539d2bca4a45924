package dev.porchlight.connector;

import java.util.List;

/// What came of writing a message.
public sealed interface Written {
  /// The body to send.
  ///
  /// @param losses what the contract could not carry, or carries changed; empty when nothing
  record Bytes(byte[] body, String contentType, List<Loss> losses) implements Written {
    public Bytes {
      losses = List.copyOf(losses);
    }
  }

  /// The contract can't carry this message at all.
  ///
  /// @param reasons at least one sentence
  record CannotWrite(List<String> reasons) implements Written {
    public CannotWrite {
      reasons = List.copyOf(reasons);
    }
  }
}
