package dev.porchlight.poll;

import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a portal says of a refusal, short, on one line and without a full stop at its end: a flat
/// problem, the nested form of the guide, or the answer of a token address.
final class Words {
  private static final int LONGEST = 200;
  private static final List<String> PLACES =
      List.of(
          "/detail",
          "/title",
          "/error/message",
          "/error_description",
          "/message",
          "/error/code",
          "/error");

  private Words() {}

  /// @param secrets what must not be in it, should the portal have repeated it
  static String of(byte[] body, List<String> secrets) {
    JsonNode tree;
    try {
      tree = Json.tree(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return "";
    }
    for (var place : PLACES) {
      var text = tree.at(place).asString("").strip();
      if (!text.isEmpty()) {
        return ": " + clean(text, secrets);
      }
    }
    return "";
  }

  private static String clean(String text, List<String> secrets) {
    var clean = text;
    for (var secret : secrets) {
      if (!secret.isEmpty()) {
        clean = clean.replace(secret, "…");
      }
    }
    clean = clean.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+", " ");
    return clean.length() <= LONGEST
        ? clean.replaceFirst("[. ]+$", "")
        : clean.substring(0, LONGEST) + "…";
  }
}
