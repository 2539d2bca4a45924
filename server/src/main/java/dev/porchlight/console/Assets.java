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
import java.util.concurrent.ConcurrentHashMap;

/// The pages' styles, scripts and mark, our own and two libraries', each under a name that holds a
/// hash of its content: a browser may keep it for good.
final class Assets {
  /// @param file its name with the hash
  private record Asset(String file, String contentType, byte[] bytes) {}

  /// By the name without the hash: what is packaged does not change while we run.
  private static final Map<String, Asset> PACKAGED = new ConcurrentHashMap<>();

  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String LIBRARIES = "/META-INF/resources/webjars/";

  private final Map<String, Asset> byFile = new LinkedHashMap<>();
  private final Map<String, String> paths = new LinkedHashMap<>();

  Assets() {
    load("console.css", "assets/console.css", "text/css; charset=utf-8");
    load("console.js", "assets/console.js", SCRIPT);
    load("mark.svg", "assets/mark.svg", "image/svg+xml");
    load("htmx.js", LIBRARIES + "htmx.org/2.0.10/dist/htmx.min.js", SCRIPT);
    load("chart.js", LIBRARIES + "chart.js/4.5.1/dist/chart.umd.min.js", SCRIPT);
  }

  /// Adds a section's script.
  void addScript(String name) {
    load(name + ".js", "assets/" + name + ".js", SCRIPT);
  }

  private void load(String name, String resource, String contentType) {
    var asset = PACKAGED.computeIfAbsent(name, _ -> read(name, resource, contentType));
    byFile.put(asset.file(), asset);
    paths.put(name, "/assets/" + asset.file());
  }

  private static Asset read(String name, String resource, String contentType) {
    try (var in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("not packaged: " + resource);
      }
      var bytes = in.readAllBytes();
      var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
      int dot = name.lastIndexOf('.');
      return new Asset(
          name.substring(0, dot) + "-" + hash + name.substring(dot), contentType, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /// Where it is, by its name without the hash.
  String path(String name) {
    var path = paths.get(name);
    if (path == null) {
      throw new IllegalArgumentException("no asset " + name);
    }
    return path;
  }

  Optional<Reply> find(Request request) {
    return Optional.ofNullable(byFile.get(request.pathVariable("file")))
        .map(a ->
            Reply.of(200, a.contentType(), a.bytes())
                .with("Cache-Control", "public, max-age=31536000, immutable"));
  }
}
