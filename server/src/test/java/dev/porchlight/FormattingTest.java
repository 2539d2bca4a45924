package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every Java file of the repository looks as google-java-format leaves it. To have them rewritten:
///
///     mvn -pl server test -Dtest=FormattingTest -Dporchlight.format=true
class FormattingTest {
  private static final boolean REWRITE = Boolean.getBoolean("porchlight.format");

  @Test
  void every_file_is_formatted() throws Exception {
    var root = root();
    var others = unformatted(root, REWRITE);
    if (!REWRITE) {
      assertThat(others)
          .as("not formatted; run: mvn -pl server test -Dtest=%s -Dporchlight.format=true", name())
          .isEmpty();
    }
  }

  @Test
  void a_file_that_is_not_formatted_is_seen() throws FormatterException {
    var text = "package a;\nimport java.util.Map;\nclass  A{ int  x ;}\n";
    assertThat(formatted(text)).isEqualTo("package a;\n\nclass A {\n  int x;\n}\n");
  }

  private static String name() {
    return FormattingTest.class.getSimpleName();
  }

  /// Rewrites what is not formatted; the JVM must export the compiler's packages, as the `argLine`
  /// of the tests does.
  ///
  /// @param args the repository's folder; the current one when there is none
  public static void main(String[] args) throws Exception {
    var root = args.length == 0 ? root() : Path.of(args[0]);
    unformatted(root, true).forEach(f -> System.out.println("formatted " + f));
  }

  private static Path root() {
    var here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("server")) ? here : here.resolve("..").normalize();
  }

  private static String formatted(String text) throws FormatterException {
    return new Formatter().formatSourceAndFixImports(text);
  }

  private static List<Path> unformatted(Path root, boolean rewrite)
      throws IOException, FormatterException {
    var found = new ArrayList<Path>();
    for (var file : sources(root).parallelStream().filter(FormattingTest::isUnformatted).toList()) {
      found.add(root.relativize(file));
      if (rewrite) {
        Files.writeString(file, formatted(Files.readString(file)));
      }
    }
    return found;
  }

  private static boolean isUnformatted(Path file) {
    try {
      var text = Files.readString(file);
      return !formatted(text).equals(text);
    } catch (IOException | FormatterException e) {
      throw new IllegalStateException(file + " can't be formatted", e);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(f -> f.toString().endsWith(".java"))
          .filter(f -> !isHidden(root.relativize(f)))
          .sorted()
          .toList();
    }
  }

  /// What a build made, or what is no part of the repository.
  private static boolean isHidden(Path file) {
    for (var part : file) {
      if (part.toString().startsWith(".") || part.toString().equals("target")) {
        return true;
      }
    }
    return false;
  }
}
