package dev.porchlight.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// Parts of the page that are measured by runs of their own: each is a file, named for what it is
/// about, and the page ends with all of them. So no run takes another's figures away.
final class Parts {
  private static final String MARK = "<!-- what follows comes from bench/parts -->";

  private final Path folder;

  Parts(Path folder) {
    this.folder = folder;
  }

  /// A page with all parts at its end.
  ///
  /// @param page what it says so far; parts that it has already are exchanged
  String added(String page) throws IOException {
    int mark = page.indexOf(MARK);
    var own = (mark < 0 ? page : page.substring(0, mark)).strip();
    if (Files.notExists(folder)) {
      return own + "\n";
    }
    try (var files = Files.list(folder)) {
      var parts =
          files.filter(f -> f.toString().endsWith(".md")).sorted().collect(Collectors.toList());
      var text = new StringBuilder(own).append("\n\n").append(MARK).append('\n');
      for (var part : parts) {
        text.append('\n').append(Files.readString(part).strip()).append('\n');
      }
      return text.toString();
    }
  }

  /// Keeps a part, in place of what it was.
  ///
  /// @param page the page that gets it
  void put(String name, String part, Path page) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name + ".md"), part.strip() + "\n");
    Files.writeString(page, added(Files.exists(page) ? Files.readString(page) : ""));
  }
}
