package dev.porchlight.sign;

import dev.porchlight.sign.SignatureProfile.Algorithm;
import dev.porchlight.sign.SignatureProfile.Encoding;
import dev.porchlight.sign.SignatureProfile.KeyForm;
import dev.porchlight.sign.SignatureProfile.Location;
import dev.porchlight.sign.SignatureProfile.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The signature schemes that senders are known to use, by name. Where a sender's own documents
/// leave a part open (dotloop's algorithm and encoding, all of Realtor.com's), the likely form is
/// taken; a profile of one's own may differ.
public final class SignatureProfiles {
  private static final Map<String, SignatureProfile> KNOWN = make();

  private SignatureProfiles() {}

  /// All of them in the order in which they are reported, without keys and with policy off:
  /// `realtor-x-signature`, `realtor-x-signature-prefixed`, `realtor-x-signature-base64`,
  /// `realtor-digital-signature-emptied`, `realtor-digital-signature-without`, `aviv`,
  /// `followupboss`, `meta`, `dotloop`, `twenty`, `standard-webhooks`, `standard-webhooks-v1a`.
  public static Map<String, SignatureProfile> known() {
    return KNOWN;
  }

  /// The names of the known schemes under which a request is verified with one of these keys: what
  /// the policy *report* records.
  ///
  /// @param keys a key that a scheme can't use is left out there
  public static List<String> fitting(List<String> keys, SignedRequest request, Instant now) {
    var names = new ArrayList<String>();
    KNOWN.forEach((name, profile) -> {
      if (keys.stream().anyMatch(key -> fits(profile, key, request, now))) {
        names.add(name);
      }
    });
    return names;
  }

  private static boolean fits(
      SignatureProfile profile, String key, SignedRequest request, Instant now) {
    SignatureProfile keyed;
    try {
      keyed = profile.with(List.of(key), Policy.REPORT);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return keyed.verify(request, now) instanceof Verdict.Verified;
  }

  private static Map<String, SignatureProfile> make() {
    var known = new LinkedHashMap<String, SignatureProfile>();
    var xSignature = new Location.Header("X-Signature");
    var member = new Location.BodyField("digital_signature");
    known.put("realtor-x-signature", simple(xSignature, Encoding.HEX, "", "{body}"));
    known.put(
        "realtor-x-signature-prefixed", simple(xSignature, Encoding.HEX, "sha256=", "{body}"));
    known.put("realtor-x-signature-base64", simple(xSignature, Encoding.BASE64, "", "{body}"));
    known.put(
        "realtor-digital-signature-emptied", simple(member, Encoding.HEX, "", "{body emptied}"));
    known.put(
        "realtor-digital-signature-without", simple(member, Encoding.HEX, "", "{body without}"));
    known.put("aviv", simple(xSignature, Encoding.HEX, "", "{body}"));
    known.put(
        "followupboss",
        simple(new Location.Header("FUB-Signature"), Encoding.HEX, "", "{base64 body}"));
    known.put(
        "meta",
        simple(new Location.Header("X-Hub-Signature-256"), Encoding.HEX, "sha256=", "{body}"));
    known.put("dotloop", timed("X-DOTLOOP-SIGNATURE", "X-DOTLOOP-TIMESTAMP", "."));
    known.put("twenty", timed("X-Twenty-Webhook-Signature", "X-Twenty-Webhook-Timestamp", ":"));
    known.put(
        "standard-webhooks",
        new SignatureProfile(
            new Location.Header(StandardWebhooks.SIGNATURE),
            Algorithm.HMAC_SHA256,
            Encoding.BASE64,
            "v1,",
            true,
            "{header:webhook-id}.{header:webhook-timestamp}.{body}",
            StandardWebhooks.TIMESTAMP,
            (int) StandardWebhooks.TOLERANCE_SECONDS,
            KeyForm.BASE64,
            List.of(),
            Policy.OFF));
    known.put(
        "standard-webhooks-v1a",
        new SignatureProfile(
            new Location.Header(StandardWebhooks.SIGNATURE),
            Algorithm.ED25519,
            Encoding.BASE64,
            "v1a,",
            true,
            "{header:webhook-id}.{header:webhook-timestamp}.{body}",
            StandardWebhooks.TIMESTAMP,
            (int) StandardWebhooks.TOLERANCE_SECONDS,
            KeyForm.PUBLIC,
            List.of(),
            Policy.OFF));
    return Collections.unmodifiableMap(known);
  }

  private static SignatureProfile simple(
      Location location, Encoding encoding, String prefix, String content) {
    return make(location, encoding, prefix, content, null);
  }

  private static SignatureProfile timed(String header, String timestampHeader, String between) {
    return make(
        new Location.Header(header),
        Encoding.HEX,
        "",
        "{header:" + timestampHeader + "}" + between + "{body}",
        timestampHeader);
  }

  private static SignatureProfile make(
      Location location,
      Encoding encoding,
      String prefix,
      String content,
      @Nullable String timestampHeader) {
    return new SignatureProfile(
        location,
        Algorithm.HMAC_SHA256,
        encoding,
        prefix,
        false,
        content,
        timestampHeader,
        timestampHeader == null ? 0 : 300,
        KeyForm.TEXT,
        List.of(),
        Policy.OFF);
  }
}
