package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How one sender signs, as configuration: where the signature is, how it was made, over which
/// bytes, with which keys, and what follows when it does not hold. [#verify] works on the bytes as
/// received and compares in constant time. May be shared by threads.
///
/// @param location where the signature is
/// @param algorithm how it was made
/// @param encoding how its bytes are written; hex in any letter case, base64 with or without
///   padding
/// @param prefix what stands before the encoded bytes, for example `sha256=`; may be empty
/// @param several true when the value may hold several signatures with blanks between them
/// @param content what is signed: text with `{body}`, `{base64 body}`, `{header:NAME}`, `{method}`,
///   `{url}`; for a signature in the body also `{body emptied}` (as received, with the member's
///   value as the empty string) or `{body without}` (the member and its comma removed, the rest
///   byte for byte)
/// @param timestampHeader the header whose time is held against our clock, Unix seconds, or
///   milliseconds when it has more than 11 digits; null when time isn't checked. It protects only
///   if `content` names it
/// @param toleranceSeconds how far that time may be off, on both sides; 0 exactly without a
///   timestamp header
/// @param keyForm how the texts of the keys become bytes
/// @param keys the shared secrets, or the sender's public keys, each tried; empty only while the
///   policy is off
/// @param policy what follows; [#verify] itself doesn't look at it
public record SignatureProfile(
    Location location,
    Algorithm algorithm,
    Encoding encoding,
    String prefix,
    boolean several,
    String content,
    @Nullable String timestampHeader,
    int toleranceSeconds,
    KeyForm keyForm,
    List<String> keys,
    Policy policy) {

  private static final int MAX_SIGNATURE_CHARS = 4096;
  private static final int MAX_ENTRIES = 20;
  private static final int MAX_KEYS = 10;

  /// Checks that the parts fit together.
  ///
  /// @throws IllegalArgumentException with a sentence for whoever configures; it holds no key
  public SignatureProfile {
    keys = List.copyOf(keys);
    if (algorithm.isShared() == (keyForm == KeyForm.PUBLIC)) {
      throw new IllegalArgumentException(
          algorithm.isShared()
              ? "An HMAC has shared secrets: its key_form is text or base64."
              : algorithm.word() + " has public keys: its key_form is public.");
    }
    var parts = Template.parse(content);
    boolean inBody = location instanceof Location.BodyField;
    boolean cutsBody =
        parts.stream()
            .anyMatch(p -> p instanceof Template.BodyEmptied || p instanceof Template.BodyWithout);
    boolean wholeBody =
        parts.stream()
            .anyMatch(p -> p instanceof Template.Body || p instanceof Template.Base64Body);
    if (inBody && (wholeBody || !cutsBody)) {
      throw new IllegalArgumentException(
          "A signature inside the body signs {body emptied} or {body without}.");
    }
    if (!inBody && cutsBody) {
      throw new IllegalArgumentException(
          "{body emptied} and {body without} are for a signature inside the body.");
    }
    if (!cutsBody && !wholeBody) {
      throw new IllegalArgumentException("The signed content does not hold the body.");
    }
    if (timestampHeader == null ? toleranceSeconds != 0 : toleranceSeconds < 1) {
      throw new IllegalArgumentException(
          "A tolerance of at least one second and a timestamp header go together.");
    }
    if (timestampHeader != null) {
      Template.requireHeaderName(timestampHeader);
    }
    if (keys.isEmpty() && policy != Policy.OFF) {
      throw new IllegalArgumentException("A signature can't be checked without a key.");
    }
    if (keys.size() > MAX_KEYS) {
      throw new IllegalArgumentException("At most " + MAX_KEYS + " keys can be active.");
    }
    for (var key : keys) {
      if (algorithm.isShared()) {
        if (isPublic(key)) {
          throw new IllegalArgumentException(
              "A public key is no secret: whoever knows it could sign. An HMAC has a secret that"
                  + " both sides keep; with a public key the algorithm is another.");
        }
        var _ = keyForm.bytes(key);
      } else {
        var _ = PublicKeys.of(algorithm, key);
      }
    }
  }

  /// Whether a text is the public half of a pair, or a certificate that holds one.
  private static boolean isPublic(String key) {
    var text = key.strip();
    return text.startsWith("ssh-")
        || text.startsWith("-----BEGIN")
            && (text.contains("PUBLIC KEY-----") || text.contains("CERTIFICATE-----"));
  }

  /// Where a signature is.
  public sealed interface Location {
    /// A request header.
    record Header(String name) implements Location {
      public Header {
        Template.requireHeaderName(name);
      }
    }

    /// A top-level member of the JSON body.
    record BodyField(String name) implements Location {
      public BodyField {
        if (name.isEmpty()) {
          throw new IllegalArgumentException("The member that carries the signature has no name.");
        }
      }
    }
  }

  /// The algorithms that senders use; the last four with a pair of keys, of which we have the
  /// public one.
  public enum Algorithm {
    HMAC_SHA256("hmac-sha256", "HmacSHA256"),
    HMAC_SHA1("hmac-sha1", "HmacSHA1"),
    HMAC_SHA512("hmac-sha512", "HmacSHA512"),
    RSA_SHA256("rsa-sha256", null),
    RSA_PSS_SHA256("rsa-pss-sha256", null),
    ECDSA_P256_SHA256("ecdsa-p256-sha256", null),
    ED25519("ed25519", null);

    private final String word;
    private final @Nullable String mac;

    Algorithm(String word, @Nullable String mac) {
      this.word = word;
      this.mac = mac;
    }

    /// The word in configuration.
    public String word() {
      return word;
    }

    /// Whether both sides have the same secret.
    public boolean isShared() {
      return mac != null;
    }

    private String mac() {
      if (mac == null) {
        throw new IllegalStateException("no HMAC: " + word);
      }
      return mac;
    }
  }

  /// How the bytes of a signature are written.
  public enum Encoding {
    HEX("hex"),
    BASE64("base64"),
    BASE64URL("base64url");

    private final String word;

    Encoding(String word) {
      this.word = word;
    }

    /// The word in configuration.
    public String word() {
      return word;
    }

    private Optional<byte[]> decode(String text) {
      try {
        return Optional.of(
            switch (this) {
              case HEX -> HexFormat.of().parseHex(text);
              case BASE64 -> Base64.getDecoder().decode(text);
              case BASE64URL -> Base64.getUrlDecoder().decode(text);
            });
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  /// How the text of a key becomes bytes.
  public enum KeyForm {
    /// The UTF-8 bytes of the text as it is.
    TEXT("text"),
    /// Base64, with or without `whsec_` before it, as Standard Webhooks has it.
    BASE64("base64"),
    /// A public key: PEM of it or of its certificate, base64 of what PEM has within, or `whpk_…`.
    PUBLIC("public");

    private final String word;

    KeyForm(String word) {
      this.word = word;
    }

    /// The word in configuration.
    public String word() {
      return word;
    }

    private byte[] bytes(String key) {
      var text = key;
      if (this == BASE64) {
        text = text.startsWith("whsec_") ? text.substring("whsec_".length()) : text;
      }
      if (text.isBlank()) {
        throw new IllegalArgumentException("A signature key is empty.");
      }
      try {
        return this == TEXT ? text.getBytes(UTF_8) : Base64.getDecoder().decode(text.strip());
      } catch (IllegalArgumentException e) {
        // The decoder's own words would show part of the key.
        throw new IllegalArgumentException("A signature key is not base64.");
      }
    }
  }

  /// What follows from a signature.
  public enum Policy {
    /// Signatures are not looked at.
    OFF("off"),
    /// The outcome is recorded, nothing is refused.
    REPORT("report"),
    /// Whatever is not verified is refused.
    REQUIRE("require");

    private final String word;

    Policy(String word) {
      this.word = word;
    }

    /// The word in configuration.
    public String word() {
      return word;
    }
  }

  /// The same scheme with other keys.
  public SignatureProfile with(List<String> newKeys, Policy newPolicy) {
    return new SignatureProfile(
        location,
        algorithm,
        encoding,
        prefix,
        several,
        content,
        timestampHeader,
        toleranceSeconds,
        keyForm,
        newKeys,
        newPolicy);
  }

  /// Holds a request against this profile. Never throws for what a stranger may send.
  public Verdict verify(SignedRequest request, Instant now) {
    var body = request.body();
    BodyMember.Found member = null;
    String value;
    switch (location) {
      case Location.Header(var name) -> {
        var values = request.headers().apply(name);
        if (values.stream().allMatch(String::isBlank)) {
          return new Verdict.Absent();
        }
        if (values.size() > 1) {
          return new Verdict.Wrong(Verdict.Reason.AMBIGUOUS);
        }
        value = values.getFirst().strip();
      }
      case Location.BodyField(var name) -> {
        switch (BodyMember.find(body, name)) {
          case BodyMember.Missing() -> {
            return new Verdict.Absent();
          }
          case BodyMember.Unusable(var reason) -> {
            return new Verdict.Wrong(reason);
          }
          case BodyMember.Found found -> {
            if (found.value().isBlank()) {
              return new Verdict.Absent();
            }
            member = found;
            value = found.value().strip();
          }
        }
      }
    }
    if (value.length() > MAX_SIGNATURE_CHARS) {
      return new Verdict.Wrong(Verdict.Reason.TOO_LONG);
    }
    var entries = several ? List.of(value.split(" +")) : List.of(value);
    if (entries.size() > MAX_ENTRIES) {
      return new Verdict.Wrong(Verdict.Reason.TOO_LONG);
    }
    if (timestampHeader != null) {
      var reason = checkTime(request.headers().apply(timestampHeader), now);
      if (reason.isPresent()) {
        return new Verdict.Wrong(reason.get());
      }
    }
    var signed = new ArrayList<byte[]>();
    for (var part : Template.parse(content)) {
      var bytes = part.bytes(request, member);
      if (bytes.isEmpty()) {
        return new Verdict.Wrong(Verdict.Reason.HEADER_MISSING);
      }
      signed.add(bytes.get());
    }
    return compare(entries, signed.toArray(byte[][]::new));
  }

  private Verdict compare(List<String> entries, byte[][] signed) {
    var candidates = new ArrayList<byte[]>();
    for (var entry : entries) {
      if (entry.startsWith(prefix)) {
        encoding.decode(entry.substring(prefix.length())).ifPresent(candidates::add);
      }
    }
    boolean wellFormed = false;
    for (int k = 0; k < keys.size(); k++) {
      if (!algorithm.isShared()) {
        wellFormed |= !candidates.isEmpty();
        var key = PublicKeys.of(algorithm, keys.get(k));
        for (var candidate : candidates) {
          if (PublicKeys.verifies(algorithm, key, candidate, signed)) {
            return new Verdict.Verified(k);
          }
        }
        continue;
      }
      var mac = Macs.mac(algorithm.mac(), keyForm.bytes(keys.get(k)), signed);
      for (var candidate : candidates) {
        wellFormed |= candidate.length == mac.length;
        if (MessageDigest.isEqual(mac, candidate)) {
          return new Verdict.Verified(k);
        }
      }
    }
    return new Verdict.Wrong(wellFormed ? Verdict.Reason.MISMATCH : Verdict.Reason.MALFORMED);
  }

  /// The bytes that are signed, piece by piece; empty when the request lacks one.
  Optional<List<byte[]>> parts(SignedRequest request) {
    BodyMember.Found member =
        location instanceof Location.BodyField(var name)
                && BodyMember.find(request.body(), name) instanceof BodyMember.Found found
            ? found
            : null;
    var parts = new ArrayList<byte[]>();
    for (var part : Template.parse(content)) {
      var bytes = part.bytes(request, member);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      parts.add(bytes.get());
    }
    return Optional.of(parts);
  }

  /// The signature that each key gives over these pieces, encoded; empty for public keys, by which
  /// nobody can sign.
  List<String> expected(List<byte[]> parts) {
    if (!algorithm.isShared()) {
      return keys.stream().map(_ -> "").toList();
    }
    return keys.stream()
        .map(k -> Macs.mac(algorithm.mac(), keyForm.bytes(k), parts.toArray(byte[][]::new)))
        .map(mac ->
            switch (encoding) {
              case HEX -> HexFormat.of().formatHex(mac);
              case BASE64 -> Base64.getEncoder().encodeToString(mac);
              case BASE64URL -> Base64.getUrlEncoder().encodeToString(mac);
            })
        .toList();
  }

  /// The value that carries the signature, as it came; empty when there is none.
  String received(SignedRequest request) {
    return switch (location) {
      case Location.Header(var name) -> String.join(", ", request.headers().apply(name));
      case Location.BodyField(var name) ->
          BodyMember.find(request.body(), name) instanceof BodyMember.Found found
              ? found.value()
              : "";
    };
  }

  private Optional<Verdict.Reason> checkTime(List<String> values, Instant now) {
    if (values.size() != 1 || values.getFirst().isBlank()) {
      return Optional.of(Verdict.Reason.HEADER_MISSING);
    }
    var text = values.getFirst().strip();
    if (text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(Verdict.Reason.TIMESTAMP_MALFORMED);
    }
    long time = Long.parseLong(text);
    long distance =
        text.length() > 11
            ? Math.abs(now.toEpochMilli() - time)
            : Math.abs(now.getEpochSecond() - time) * 1000;
    return distance > toleranceSeconds * 1000L
        ? Optional.of(Verdict.Reason.TIMESTAMP_OUTSIDE)
        : Optional.empty();
  }

  /// This profile as JSON, keys included: seal it before it is stored.
  public ObjectNode toJson() {
    var json = toPublicJson();
    json.remove("key_count");
    var list = json.putArray("keys");
    keys.forEach(list::add);
    return json;
  }

  /// This profile as it may be shown: with the number of keys (`key_count`) instead of the keys.
  public ObjectNode toPublicJson() {
    var json = JsonNodeFactory.instance.objectNode();
    switch (location) {
      case Location.Header(var name) -> json.put("header", name);
      case Location.BodyField(var name) -> json.put("body_field", name);
    }
    json.put("algorithm", algorithm.word());
    json.put("encoding", encoding.word());
    json.put("prefix", prefix);
    json.put("several", several);
    json.put("content", content);
    if (timestampHeader != null) {
      json.put("timestamp_header", timestampHeader);
      json.put("tolerance_seconds", toleranceSeconds);
    }
    json.put("key_form", keyForm.word());
    json.put("policy", policy.word());
    json.put("key_count", keys.size());
    return json;
  }

  /// Reads what [#toJson] gives and what people write: `header` or `body_field`, `algorithm`, and,
  /// where they differ from `hex`, no prefix, false, `{body}`, no timestamp, `text`, `report`:
  /// `encoding`, `prefix`, `several`, `content`, `timestamp_header` with `tolerance_seconds` (else
  /// 300), `key_form` (`public` for pairs of keys), `policy`; `keys`. A signature in the body has
  /// no default for `content`: which rule holds must be said.
  ///
  /// @throws IllegalArgumentException with a sentence that names the member; it holds no key
  public static SignatureProfile fromJson(JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("A signature profile is a JSON object.");
    }
    for (var name : json.propertyNames()) {
      if (!MEMBERS.contains(name)) {
        throw new IllegalArgumentException("A signature profile has no member " + name + ".");
      }
    }
    var header = text(json, "header");
    var field = text(json, "body_field");
    if ((header == null) == (field == null)) {
      throw new IllegalArgumentException(
          "A signature is in a header or in a body_field: name one.");
    }
    Location location =
        header != null ? new Location.Header(header) : new Location.BodyField(nonNull(field));
    var timestampHeader = text(json, "timestamp_header");
    var content = text(json, "content");
    if (content == null) {
      if (field != null) {
        throw new IllegalArgumentException(
            "content must say which rule holds for a signature inside the body:"
                + " {body emptied} or {body without}.");
      }
      content = "{body}";
    }
    var keys = new ArrayList<String>();
    var list = json.get("keys");
    if (list != null && !list.isNull()) {
      if (!list.isArray()) {
        throw new IllegalArgumentException("keys is a list of texts.");
      }
      for (var key : list) {
        if (!key.isString()) {
          throw new IllegalArgumentException("keys is a list of texts.");
        }
        keys.add(key.stringValue());
      }
    }
    var prefix = text(json, "prefix");
    var algorithm = oneOf(Algorithm.values(), Algorithm::word, json, "algorithm", null);
    return new SignatureProfile(
        location,
        algorithm,
        oneOf(Encoding.values(), Encoding::word, json, "encoding", Encoding.HEX),
        prefix == null ? "" : prefix,
        flag(json, "several"),
        content,
        timestampHeader,
        number(json, "tolerance_seconds", timestampHeader == null ? 0 : 300),
        oneOf(
            KeyForm.values(),
            KeyForm::word,
            json,
            "key_form",
            algorithm.isShared() ? KeyForm.TEXT : KeyForm.PUBLIC),
        keys,
        oneOf(Policy.values(), Policy::word, json, "policy", Policy.REPORT));
  }

  private static final List<String> MEMBERS =
      List.of(
          "header",
          "body_field",
          "algorithm",
          "encoding",
          "prefix",
          "several",
          "content",
          "timestamp_header",
          "tolerance_seconds",
          "key_form",
          "keys",
          "key_count",
          "policy");

  private static String nonNull(@Nullable String text) {
    if (text == null) {
      throw new IllegalArgumentException("missing");
    }
    return text;
  }

  private static @Nullable String text(JsonNode json, String name) {
    var value = json.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw new IllegalArgumentException(name + " is a text.");
    }
    return value.stringValue();
  }

  private static boolean flag(JsonNode json, String name) {
    var value = json.get(name);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new IllegalArgumentException(name + " is true or false.");
    }
    return value.booleanValue();
  }

  private static int number(JsonNode json, String name, int absent) {
    var value = json.get(name);
    if (value == null || value.isNull()) {
      return absent;
    }
    if (!value.isInt()) {
      throw new IllegalArgumentException(name + " is a whole number.");
    }
    return value.intValue();
  }

  private static <E extends Enum<E>> E oneOf(
      E[] values,
      java.util.function.Function<E, String> word,
      JsonNode json,
      String name,
      @Nullable E absent) {
    var text = text(json, name);
    if (text == null && absent != null) {
      return absent;
    }
    for (var value : values) {
      if (text != null && word.apply(value).equals(text.toLowerCase(Locale.ROOT))) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        name
            + " is one of "
            + String.join(", ", Arrays.stream(values).map(word).toList())
            + (text == null ? "." : ", not " + text + "."));
  }

  /// Shows everything but the keys.
  @Override
  public String toString() {
    return "SignatureProfile" + toPublicJson();
  }
}
