package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The launcher, in a folder that looks like a checkout, with JDKs that only say how they were
/// called.
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LauncherTest {
  private static final String JAR = "/server/target/app/lib/porchlight-server-0.1.0.jar";

  /// What Maven does, in the folder that it is told.
  private static final String MAKES_A_JAR =
      """
      for a in "$@"; do
        case $a in
          -Dapp.folder=*) app=${a#*=} ;;
        esac
      done
      mkdir -p "$app/lib"
      : >"$app/lib/porchlight-server-0.1.0.jar"
      """;

  @TempDir Path folder;
  private Path checkout;
  private Path jdks;

  private record Ran(int code, String out, String err) {}

  @BeforeEach
  void lay() throws IOException {
    checkout = Files.createDirectories(folder.resolve("a checkout"));
    jdks = Files.createDirectories(folder.resolve("jdks"));
    Files.copy(
        Path.of("..", "porchlight"),
        checkout.resolve("porchlight"),
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(checkout.resolve("server/src/main"));
    Files.createDirectories(checkout.resolve("contracts"));
    Files.writeString(checkout.resolve("pom.xml"), "");
    Files.writeString(checkout.resolve("server/pom.xml"), "");
  }

  /// As the build leaves it.
  private void built() throws IOException {
    var lib = Files.createDirectories(checkout.resolve("server/target/app/lib"));
    Files.writeString(lib.resolve("porchlight-server-0.1.0.jar"), "");
  }

  private Path jdk(String name, String version) throws IOException {
    var home = Files.createDirectories(jdks.resolve(name));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Sample\"\nJAVA_VERSION=\"" + version + "\"\n");
    program(
        Files.createDirectories(home.resolve("bin")).resolve("java"),
        "printf 'home %s\\n' '" + home + "'; for a in \"$@\"; do printf '<%s>\\n' \"$a\"; done");
    return home;
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /// Tools of the system, but neither a java nor a mvn.
  private Path tools() throws IOException {
    var bin = Files.createDirectories(folder.resolve("bin"));
    for (var tool :
        List.of(
            "dirname",
            "readlink",
            "cat",
            "find",
            "head",
            "tail",
            "grep",
            "date",
            "sleep",
            "rm",
            "mv",
            "mkdir",
            "sha256sum",
            "touch")) {
      for (var place : List.of("/bin", "/usr/bin")) {
        var there = Path.of(place, tool);
        if (Files.exists(there) && Files.notExists(bin.resolve(tool))) {
          program(bin.resolve(tool), "exec " + there + " \"$@\"");
        }
      }
    }
    return bin;
  }

  private Ran run(Path script, Path from, Map<String, String> environment, String... args)
      throws Exception {
    var command = new ArrayList<String>();
    command.add(script.toString());
    command.addAll(List.of(args));
    var err = Files.createTempFile(folder, "err", null);
    var builder = new ProcessBuilder(command).directory(from.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools().toString());
    builder.environment().put("PORCHLIGHT_JDK_FOLDERS", jdks.toString());
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), out, Files.readString(err));
  }

  @Test
  void without_a_JDK_25_one_sentence_says_what_to_install() throws Exception {
    built();
    jdk("jdk-21", "21.0.4");
    jdk("jdk-250", "250.1");
    var ran = run(checkout.resolve("porchlight"), folder, Map.of(), "version");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().strip().lines()).hasSize(1);
    assertThat(ran.err()).contains("needs a JDK 25: install one");
  }

  @Test
  void the_JDK_25_among_others_is_found_and_arguments_arrive_as_they_were() throws Exception {
    built();
    jdk("jdk-21", "21.0.4");
    var right = jdk("jdk 25", "25.0.3");
    var ran =
        run(checkout.resolve("porchlight"), folder, Map.of(), "lead", "show", "a b  c", "", "$x*");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .startsWith("home " + right)
        .contains("<--enable-native-access=ALL-UNNAMED>")
        .contains("<" + checkout.toRealPath() + JAR + ">")
        .endsWith("<dev.porchlight.Porchlight>\n<lead>\n<show>\n<a b  c>\n<>\n<$x*>\n");
  }

  @Test
  void JAVA_HOME_is_taken_when_it_is_25_and_passed_by_when_it_is_not() throws Exception {
    built();
    var found = jdk("found", "25");
    var wanted = jdk("wanted", "25.0.1");
    var old = jdk("old", "17.0.2");
    var script = checkout.resolve("porchlight");
    assertThat(run(script, folder, Map.of("JAVA_HOME", wanted.toString())).out())
        .startsWith("home " + wanted);
    assertThat(run(script, folder, Map.of("JAVA_HOME", old.toString())).out())
        .startsWith("home " + found);
    assertThat(run(script, folder, Map.of("PORCHLIGHT_JAVA_HOME", wanted.toString())).out())
        .startsWith("home " + wanted);
    var wrong = run(script, folder, Map.of("PORCHLIGHT_JAVA_HOME", old.toString()));
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("is not the home of a JDK 25");
  }

  @Test
  void it_runs_through_links_and_from_anywhere() throws Exception {
    built();
    jdk("jdk-25", "25.0.3");
    var elsewhere = Files.createDirectories(folder.resolve("else where"));
    var first = Files.createSymbolicLink(folder.resolve("first"), checkout.resolve("porchlight"));
    var second = Files.createSymbolicLink(elsewhere.resolve("second"), Path.of("..", "first"));
    assertThat(first).isSymbolicLink();
    var ran = run(second, elsewhere, Map.of(), "version");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("<" + checkout.toRealPath() + JAR + ">");
  }

  @Test
  void what_is_to_be_built_without_Maven_says_so() throws Exception {
    jdk("jdk-25", "25.0.3");
    var ran = run(checkout.resolve("porchlight"), folder, Map.of(), "version");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("Maven is needed to build Porchlight: install Maven");
  }

  @Test
  void it_builds_once_and_again_when_a_source_is_newer() throws Exception {
    jdk("jdk-25", "25.0.3");
    program(
        tools().resolve("mvn"),
        "echo '[INFO] --- maven-compiler-plugin:1:compile (default) @ server ---'\n"
            + "echo x >>builds\n"
            + MAKES_A_JAR);
    var script = checkout.resolve("porchlight");
    var first = run(script, folder, Map.of(), "version");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("Nothing is built yet", "Built in");
    assertThat(first.out()).startsWith("home ");
    assertThat(run(script, folder, Map.of(), "version").err()).isEmpty();
    var source = Files.writeString(checkout.resolve("server/src/main/New.java"), "");
    source.toFile().setLastModified(System.currentTimeMillis() + 60_000);
    assertThat(run(script, folder, Map.of(), "version").err()).contains("have changed");
    assertThat(Files.readAllLines(checkout.resolve("builds"))).hasSize(2);
  }

  @Test
  void a_hub_that_runs_keeps_its_jars_while_another_start_builds_and_when_that_fails()
      throws Exception {
    jdk("jdk-25", "25.0.3");
    var jar = checkout.resolve("server/target/app/lib/porchlight-server-0.1.0.jar");
    built();
    var source = Files.writeString(checkout.resolve("server/src/main/New.java"), "");
    source.toFile().setLastModified(System.currentTimeMillis() + 60_000);
    program(tools().resolve("mvn"), "[ -f '" + jar + "' ] && echo kept >>seen; exit 1");
    assertThat(run(checkout.resolve("porchlight"), folder, Map.of(), "version").code())
        .isEqualTo(1);
    assertThat(checkout.resolve("seen")).hasContent("kept");
    assertThat(jar).exists();
    try (var files = Files.list(checkout.resolve("server/target"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("app", "build.log");
    }
  }

  @Test
  void two_first_starts_at_once_build_once_and_the_second_says_what_it_waits_for()
      throws Exception {
    jdk("jdk-25", "25.0.3");
    var goOn = folder.resolve("go on");
    program(
        tools().resolve("mvn"),
        "echo x >>builds\nwhile [ ! -e '" + goOn + "' ]; do sleep 0.1; done\n" + MAKES_A_JAR);
    var script = checkout.resolve("porchlight");
    try (var starts = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = starts.submit(() -> run(script, folder, Map.of(), "version"));
      try {
        await().until(() -> Files.exists(checkout.resolve("builds")));
        var second = starts.submit(() -> run(script, folder, Map.of(), "version"));
        await().until(() -> anyErr("is being built already"));
        Files.writeString(goOn, "");
        assertThat(first.get().code()).isZero();
        assertThat(second.get().code()).as(second.get().err()).isZero();
        assertThat(second.get().out()).startsWith("home ");
        assertThat(second.get().err()).contains("delete ").doesNotContain("Built in");
      } finally {
        Files.writeString(goOn, "");
      }
    }
    assertThat(Files.readAllLines(checkout.resolve("builds"))).hasSize(1);
    assertThat(checkout.resolve("server/target/build.lock")).doesNotExist();
  }

  @Test
  void the_lock_of_a_start_that_was_killed_holds_nobody_up() throws Exception {
    jdk("jdk-25", "25.0.3");
    program(tools().resolve("mvn"), MAKES_A_JAR);
    var lock = Files.createDirectories(checkout.resolve("server/target/build.lock"));
    var gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.writeString(lock.resolve("process"), gone.pid() + "\n");
    var ran = run(checkout.resolve("porchlight"), folder, Map.of(), "version");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("Built in").doesNotContain("already");
    assertThat(lock).doesNotExist();
  }

  private boolean anyErr(String words) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "err*")) {
      for (var file : files) {
        if (Files.readString(file).contains(words)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void a_failed_build_shows_its_errors_and_ends_with_1() throws Exception {
    jdk("jdk-25", "25.0.3");
    program(tools().resolve("mvn"), "echo '[ERROR] it is broken'; exit 1");
    var ran = run(checkout.resolve("porchlight"), folder, Map.of(), "version");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("[ERROR] it is broken", "The build failed", "build.log");
  }

  /// A jar with a main class that says those words, its entries not compressed.
  private void jarThatSays(String words) throws Exception {
    var source = Files.createDirectories(folder.resolve("source")).resolve("Porchlight.java");
    Files.writeString(
        source,
        "package dev.porchlight; public class Porchlight { public static void main(String[] a)"
            + " { System.out.println(\""
            + words
            + "\"); } }");
    var classes = Files.createDirectories(folder.resolve("classes"));
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), source.toString()))
        .isZero();
    var code = Files.readAllBytes(classes.resolve("dev/porchlight/Porchlight.class"));
    var file = lib().resolve("porchlight-server-0.1.0.jar");
    try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
      jar.setMethod(ZipEntry.STORED);
      var entry = new ZipEntry("dev/porchlight/Porchlight.class");
      entry.setSize(code.length);
      var sum = new CRC32();
      sum.update(code);
      entry.setCrc(sum.getValue());
      entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
      jar.putNextEntry(entry);
      jar.write(code);
    }
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
  }

  private Path lib() throws IOException {
    return Files.createDirectories(checkout.toRealPath().resolve("server/target/app/lib"));
  }

  /// Makes the cache for what lies in the library folder, named as it should be.
  private Path cache() throws Exception {
    var jars = StartCache.jars(lib());
    var cache = lib().resolveSibling(StartCache.hash(jars) + ".aot");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(StartCache.FLAGS);
    command.add("-XX:AOTCacheOutput=" + cache);
    command.addAll(List.of("-cp", jars.getFirst().toString(), "dev.porchlight.Porchlight"));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("making").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(cache).exists();
    return cache;
  }

  @Test
  void a_cache_of_these_jars_is_used_and_one_of_other_jars_is_not() throws Exception {
    jarThatSays("the old words");
    // Newer than the sources beside it.
    Files.deleteIfExists(checkout.resolve("server/pom.xml"));
    var size = Files.size(lib().resolve("porchlight-server-0.1.0.jar"));
    var script = checkout.resolve("porchlight");
    var loaded = folder.resolve("loaded");
    var environment =
        Map.of(
            "PORCHLIGHT_JAVA_HOME",
            System.getProperty("java.home"),
            "PORCHLIGHT_JAVA_OPTS",
            "-Xlog:class+load:file=" + loaded);
    var cache = cache();
    var with = run(script, folder, environment, "serve");
    assertThat(with.out()).isEqualTo("the old words\n");
    assertThat(with.err()).isEmpty();
    assertThat(Files.readString(loaded))
        .contains("dev.porchlight.Porchlight source: shared objects file");

    // Java takes any collector's cache, or none; the hub says so, and stdout stays the program's.
    var other =
        run(
            script,
            folder,
            Map.of(
                "PORCHLIGHT_JAVA_HOME",
                System.getProperty("java.home"),
                "PORCHLIGHT_JAVA_OPTS",
                "-XX:+UseZGC -XX:-UseCompressedClassPointers"),
            "serve");
    assertThat(other.out()).isEqualTo("the old words\n");

    // The same name, size and time: java itself would run the old words.
    jarThatSays("the new words");
    assertThat(lib().resolve("porchlight-server-0.1.0.jar")).hasSize(size);
    var without = run(script, folder, environment, "serve");
    assertThat(without.out()).isEqualTo("the new words\n");
    assertThat(without.err())
        .isEqualTo("porchlight: The start cache is not of these jars; starting without it.\n");
    assertThat(cache).exists();
    assertThat(run(script, folder, environment, "version").err())
        .as("other commands have no use for it")
        .isEmpty();
  }

  @Test
  void where_no_cache_can_be_made_the_build_goes_on_and_no_old_one_is_left() throws Exception {
    jarThatSays("something else");
    var app = checkout.toRealPath().resolve("server/target/app");
    Files.writeString(app.resolve("0123.aot"), "old");
    Files.writeString(app.resolve("unfinished.aot.config"), "old");
    assertThat(StartCache.make(app))
        .startsWith("There is no start cache, so hubs start more slowly");
    try (var files = Files.list(app)) {
      assertThat(files).containsExactly(lib());
    }
  }

  @Test
  void the_cache_is_made_with_the_launchers_options() throws Exception {
    var script = Files.readString(Path.of("..", "porchlight"));
    for (var flag : StartCache.FLAGS) {
      assertThat(script).contains(flag);
    }
  }
}
