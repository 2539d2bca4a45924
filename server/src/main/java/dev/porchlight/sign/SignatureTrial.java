package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Why a signature holds or not, step by step, for whoever has to find that out: what was looked
/// at, what was worked out, and with which changed body it would hold. Most often a sender signs
/// one text and sends another: with a line feed behind it, printed anew, with other line ends.
///
/// @param verdict on the request as it came
/// @param received the value that carries the signature, as it came; empty when there is none
/// @param content the bytes that are signed by the profile; empty when they can't be put together
/// @param keys what each key gives
/// @param fit the change of the body with which it holds; null when none is known
/// @param schemes the known schemes under which the request as it came is verified with these keys
public record SignatureTrial(
    Verdict verdict,
    String received,
    byte[] content,
    List<OfKey> keys,
    @Nullable Fit fit,
    List<String> schemes) {
  private static final int SHOWN = 8;
  private static final JsonMapper PLAIN = JsonMapper.builder().build();
  private static final JsonMapper INDENTED =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /// Changes that senders make between signing and sending, or the other way round.
  public enum Change {
    LINE_FEED_ADDED,
    LINE_FEED_REMOVED,
    CR_LF,
    LF,
    PRINTED_COMPACT,
    PRINTED_INDENTED,
    PRINTED_ASCII,
    BYTE_ORDER_MARK,
    /// What was given as the text that the sender signed.
    GIVEN
  }

  /// What one key gives.
  ///
  /// @param head the first characters of the signature that was expected: enough to compare, too
  ///   little to be used; empty for a public key
  public record OfKey(int number, String head, boolean holds) {}

  /// A changed body with which the signature holds.
  public record Fit(Change change, Difference difference) {}

  /// Where two texts part.
  ///
  /// @param at bytes before it; the length of the shorter where that ends there
  /// @param one the byte in the first, empty at its end
  /// @param other the byte in the second, empty at its end
  /// @param oneAround some of the first around it
  /// @param otherAround some of the second around it
  public record Difference(int at, String one, String other, String oneAround, String otherAround) {
    private static final int AROUND = 24;

    /// Empty when they are equal.
    public static Optional<Difference> between(byte[] one, byte[] other) {
      int at = Arrays.mismatch(one, other);
      return at < 0
          ? Optional.empty()
          : Optional.of(
              new Difference(at, at(one, at), at(other, at), around(one, at), around(other, at)));
    }

    private static String at(byte[] bytes, int at) {
      return at < bytes.length ? "0x" + HexFormat.of().toHexDigits(bytes[at]) : "";
    }

    private static String around(byte[] bytes, int at) {
      int from = Math.max(0, Math.min(at, bytes.length) - AROUND);
      int to = Math.min(bytes.length, at + AROUND);
      return visible(Arrays.copyOfRange(bytes, from, to));
    }
  }

  /// Bytes as text in which control characters are seen.
  public static String visible(byte[] bytes) {
    return new String(bytes, UTF_8)
        .replace("\r", "␍")
        .replace("\n", "␊\n")
        .replace("\t", "␉")
        .replace("\uFEFF", "[BOM]");
  }

  /// Tries a request.
  ///
  /// @param profile with its keys
  /// @param at when the request came
  /// @param given what the sender says it signed as the body; null when that is not known
  public static SignatureTrial of(
      SignatureProfile profile, SignedRequest request, Instant at, byte @Nullable [] given) {
    var verdict = profile.verify(request, at);
    var parts = profile.parts(request);
    var content = parts.map(SignatureTrial::joined).orElse(new byte[0]);
    var keys = new ArrayList<OfKey>();
    if (parts.isPresent()) {
      var expected = profile.expected(parts.get());
      for (int k = 0; k < expected.size(); k++) {
        var text = expected.get(k);
        keys.add(
            new OfKey(
                k + 1,
                text.substring(0, Math.min(SHOWN, text.length())),
                verdict instanceof Verdict.Verified(int index) && index == k));
      }
    }
    return new SignatureTrial(
        verdict,
        profile.received(request),
        content,
        keys,
        verdict instanceof Verdict.Wrong ? fit(profile, request, at, given) : null,
        SignatureProfiles.fitting(profile.keys(), request, at));
  }

  private static byte[] joined(List<byte[]> parts) {
    var all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static @Nullable Fit fit(
      SignatureProfile profile, SignedRequest request, Instant at, byte @Nullable [] given) {
    for (var changed : changed(request.body(), given).entrySet()) {
      var body = changed.getValue();
      var difference = Difference.between(body, request.body());
      if (difference.isPresent()
          && profile.verify(
                  new SignedRequest(request.method(), request.url(), request.headers(), body), at)
              instanceof Verdict.Verified) {
        return new Fit(changed.getKey(), difference.get());
      }
    }
    return null;
  }

  private static Map<Change, byte[]> changed(byte[] body, byte @Nullable [] given) {
    var all = new LinkedHashMap<Change, byte[]>();
    if (given != null) {
      all.put(Change.GIVEN, given);
    }
    all.put(Change.LINE_FEED_ADDED, with(body, (byte) '\n'));
    int end = body.length;
    while (end > 0 && (body[end - 1] == '\n' || body[end - 1] == '\r')) {
      end--;
    }
    all.put(Change.LINE_FEED_REMOVED, Arrays.copyOf(body, end));
    text(all, Change.CR_LF, body, t -> t.replace("\r\n", "\n").replace("\n", "\r\n"));
    text(all, Change.LF, body, t -> t.replace("\r\n", "\n"));
    text(
        all,
        Change.BYTE_ORDER_MARK,
        body,
        t -> t.startsWith("\uFEFF") ? t.substring(1) : "\uFEFF" + t);
    try {
      var json = PLAIN.readTree(body);
      printed(all, Change.PRINTED_COMPACT, PLAIN, json);
      printed(all, Change.PRINTED_INDENTED, INDENTED, json);
      printed(all, Change.PRINTED_ASCII, ASCII, json);
    } catch (JacksonException _) {
      // No JSON: nobody prints it anew.
    }
    return all;
  }

  private static void printed(
      Map<Change, byte[]> all, Change change, JsonMapper mapper, JsonNode json) {
    all.put(change, mapper.writeValueAsBytes(json));
  }

  private static void text(
      Map<Change, byte[]> all, Change change, byte[] body, UnaryOperator<String> how) {
    all.put(change, how.apply(new String(body, UTF_8)).getBytes(UTF_8));
  }

  private static byte[] with(byte[] body, byte more) {
    var longer = Arrays.copyOf(body, body.length + 1);
    longer[body.length] = more;
    return longer;
  }
}
