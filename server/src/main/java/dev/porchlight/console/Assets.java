package dev.porchlight.console;

import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The pages' own style, script and mark, each under a name that holds a hash of its content: a
/// browser may keep it for good.
final class Assets {
  private record Asset(String contentType, byte[] bytes) {}

  private final Map<String, Asset> byName = new LinkedHashMap<>();
  private final String style;
  private final String script;
  private final String mark;

  Assets() {
    style = add("console", "css", "text/css; charset=utf-8");
    script = add("console", "js", "text/javascript; charset=utf-8");
    mark = add("mark", "svg", "image/svg+xml");
  }

  private String add(String name, String extension, String contentType) {
    try (var in = Assets.class.getResourceAsStream("assets/" + name + "." + extension)) {
      if (in == null) {
        throw new IllegalStateException("not packaged: " + name + "." + extension);
      }
      var bytes = in.readAllBytes();
      var hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      var full = name + "-" + HexFormat.of().formatHex(hash, 0, 8) + "." + extension;
      byName.put(full, new Asset(contentType, bytes));
      return "/assets/" + full;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  String style() {
    return style;
  }

  String script() {
    return script;
  }

  String mark() {
    return mark;
  }

  Optional<Reply> find(Request request) {
    return Optional.ofNullable(byName.get(request.pathVariable("file")))
        .map(a ->
            Reply.of(200, a.contentType(), a.bytes())
                .with("Cache-Control", "public, max-age=31536000, immutable"));
  }
}
