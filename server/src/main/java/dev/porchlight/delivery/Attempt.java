package dev.porchlight.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One try at a delivery.
///
/// @param n from 1
/// @param at when it began
/// @param status the status of HTTP or the reply code of SMTP, when there was one
/// @param error what went wrong in words, when nothing was answered
/// @param answer the head of the answer's body, at most [#ANSWER_KEPT] bytes of it
/// @param sentBytes how long the body was
/// @param sentSha256 the digest of the body; empty when nothing was sent, or it was forgotten
public record Attempt(
    String deliveryId,
    int n,
    Instant at,
    Duration duration,
    Outcome outcome,
    @Nullable Integer status,
    String error,
    byte[] answer,
    int sentBytes,
    byte[] sentSha256) {
  /// So many bytes of an answer are kept, from its first on.
  public static final int ANSWER_KEPT = 4096;

  /// The digest in hexadecimal digits; empty when there is none.
  public String digest() {
    return HexFormat.of().formatHex(sentSha256);
  }

  /// How it ended.
  public enum Outcome {
    DELIVERED,
    /// They answered, and not with 2xx.
    REFUSED,
    /// They answered that trying again will not help.
    REJECTED,
    /// No answer within the deadline, or none at all.
    UNREACHABLE,
    /// Our guard would not let us dial that address.
    GUARDED,
    /// Nothing was sent: the body could not be written, by a defect of ours.
    DEFECT;

    /// The word in the API and the store.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Outcome of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /// How it ended, in a few words of ours.
  public String summary() {
    return switch (outcome) {
      case DELIVERED -> "delivered";
      case REFUSED -> "answered with status " + status;
      case REJECTED -> "answered for good with status " + status;
      case UNREACHABLE, GUARDED, DEFECT -> error;
    };
  }
}
