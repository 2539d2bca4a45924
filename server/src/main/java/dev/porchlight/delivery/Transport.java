package dev.porchlight.delivery;

import dev.porchlight.net.ReceiverTls;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes a body to an address, once.
@FunctionalInterface
public interface Transport {
  /// What came of it.
  sealed interface Answer {
    /// They answered.
    ///
    /// @param head the first bytes of the body
    /// @param retryAfter the header of that name; empty for none
    record Status(int status, byte[] head, String retryAfter) implements Answer {
      public Status(int status, byte[] head) {
        this(status, head, "");
      }
    }

    /// They answered that trying again will not help.
    record Never(int status, byte[] head) implements Answer {}

    /// They did not, within the deadline.
    ///
    /// @param sent whether they may have got the body, or some of it
    record Nothing(String reason, boolean sent) implements Answer {}

    /// That address may not be dialled.
    record Forbidden(String reason) implements Answer {}
  }

  /// @param tls what TLS is like with that receiver; null for the usual
  Answer post(String url, Map<String, String> headers, byte[] body, @Nullable ReceiverTls tls);
}
