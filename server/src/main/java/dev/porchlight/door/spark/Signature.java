package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.web.Forms;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// `ApiSig`: the MD5 of the secret and of what is asked. Clients differ in what they sign: the path
/// as sent or decoded, the values of parameters as sent or decoded; a signature that equals any of
/// the four is right. MD5 is what the contract has; what protects the secret is its length and TLS.
final class Signature {
  private static final String NAME = "ApiSig";

  private Signature() {}

  /// Whether a session is asked for with that key's secret.
  static boolean isSession(String secret, String apiKey, String signature) {
    return matches(md5(secret + "ApiKey" + apiKey, new byte[0]), signature);
  }

  /// Whether a request is signed with that key's secret.
  ///
  /// @param path as received, still escaped
  /// @param parameters as received; `ApiSig` among them is left out
  static boolean isRequest(
      String secret,
      String apiKey,
      String path,
      List<Forms.Pair> parameters,
      byte[] body,
      String signature) {
    var begin = secret + "ApiKey" + apiKey + "ServicePath";
    var sent = joined(parameters, Forms.Pair::rawName, Forms.Pair::rawValue);
    var decoded = joined(parameters, Forms.Pair::name, Forms.Pair::value);
    var decodedPath = Forms.path(path);
    // All four, whichever is right: the time taken tells nothing.
    return matches(md5(begin + path + sent, body), signature)
        | matches(md5(begin + path + decoded, body), signature)
        | matches(md5(begin + decodedPath + sent, body), signature)
        | matches(md5(begin + decodedPath + decoded, body), signature);
  }

  private static String joined(
      List<Forms.Pair> parameters,
      Function<Forms.Pair, String> name,
      Function<Forms.Pair, String> value) {
    var text = new StringBuilder();
    parameters.stream()
        .filter(p -> !p.name().equals(NAME))
        .sorted(Comparator.comparing(name, Signature::byBytes))
        .forEach(p -> text.append(name.apply(p)).append(value.apply(p)));
    return text.toString();
  }

  private static int byBytes(String a, String b) {
    return java.util.Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
  }

  private static boolean matches(String expected, String signature) {
    return MessageDigest.isEqual(
        expected.getBytes(UTF_8), signature.toLowerCase(Locale.ROOT).getBytes(UTF_8));
  }

  private static String md5(String text, byte[] body) {
    try {
      var digest = MessageDigest.getInstance("MD5");
      digest.update(text.getBytes(UTF_8));
      digest.update(body);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
