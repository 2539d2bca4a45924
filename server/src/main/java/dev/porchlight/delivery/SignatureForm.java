package dev.porchlight.delivery;

import dev.porchlight.sign.XSignature;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/// A signature that a receiver wants in a form of its own, beside that of Standard Webhooks:
/// HMAC-SHA256 keyed with the text of the secret as shown.
///
/// @param header the header that carries it
/// @param form over which bytes
/// @param base64 whether it is written in base64; else in lower-case hex
/// @param prefix what stands before it in *body*, for example `sha256=`; may be empty
public record SignatureForm(String header, Form form, boolean base64, String prefix) {
  /// Over which bytes.
  public enum Form {
    /// Over the body; by the current secret alone.
    BODY,
    /// `t=<unix seconds>,v1=<hex>` over `<unix seconds>.<body>`; one `v1` for each secret while a
    /// rotation overlaps.
    TIMED;

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public SignatureForm {
    prefix = Objects.requireNonNullElse(prefix, "");
  }

  /// The header's value.
  ///
  /// @param secrets as shown, the current one first; not empty
  String value(List<String> secrets, byte[] body, Instant at) {
    return switch (form) {
      case BODY ->
          prefix
              + (base64
                  ? XSignature.base64(secrets.getFirst(), body)
                  : XSignature.of(secrets.getFirst(), body));
      case TIMED ->
          "t="
              + at.getEpochSecond()
              + ","
              + secrets.stream()
                  .map(s -> "v1=" + XSignature.timed(s, at.getEpochSecond(), body))
                  .collect(Collectors.joining(","));
    };
  }
}
