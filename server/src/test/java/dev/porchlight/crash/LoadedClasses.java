package dev.porchlight.crash;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A cache of the classes that a hub loads when it starts, read and linked: a process that is to be
/// killed a second later need not spend that second, and another one, on them. All test JVMs of a
/// build share it; it lies in `target`, and is made again once a class has changed.
///
/// A JVM keeps classes of jars only, so those of our own folders are put into some first. Where no
/// cache can be made, hubs start without.
public final class LoadedClasses {
  private static final Path FOLDER = Path.of("target", "loaded-classes").toAbsolutePath();
  private static final List<String> ARGUMENTS = arguments();

  private LoadedClasses() {}

  /// How a command begins that runs a class of ours in a JVM of its own, which lives for seconds.
  public static List<String> java() {
    var command = new ArrayList<>(HubProcess.JAVA);
    command.addAll(ARGUMENTS);
    return command;
  }

  private static List<String> arguments() {
    try {
      Files.createDirectories(FOLDER);
      try (var channel =
              FileChannel.open(
                  FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        return made();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<String> made() throws IOException, InterruptedException {
    var path = new ArrayList<String>();
    var sum = new CRC32();
    var folders = new ArrayList<Path>();
    for (var part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(part))) {
        folders.add(Path.of(part));
        path.add(FOLDER.resolve(folders.size() + ".jar").toString());
      } else {
        path.add(part);
      }
    }
    sum.update(path.toString().getBytes(StandardCharsets.UTF_8));
    for (var folder : folders) {
      for (var file : filesIn(folder)) {
        sum.update(
            (file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file))
                .getBytes(StandardCharsets.UTF_8));
      }
    }
    var archive = FOLDER.resolve(Long.toHexString(sum.getValue()) + ".aot");
    var classPath = String.join(File.pathSeparator, path);
    if (Files.notExists(archive)) {
      try (var old = Files.newDirectoryStream(FOLDER, "*.{aot,aot.config,jsa}")) {
        for (var file : old) {
          Files.delete(file);
        }
      }
      for (int i = 0; i < folders.size(); i++) {
        pack(folders.get(i), FOLDER.resolve((i + 1) + ".jar"));
      }
      record(classPath, archive);
    }
    return List.of("-XX:AOTCache=" + archive, "-Xlog:aot=off,cds=off", "-cp", classPath);
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /// Folders are entries too: migrations are looked for in them.
  private static void pack(Path folder, Path jar) throws IOException {
    try (var out = new ZipOutputStream(Files.newOutputStream(jar));
        var all = Files.walk(folder)) {
      out.setLevel(1);
      for (var file : all.skip(1).sorted().toList()) {
        var name = folder.relativize(file).toString().replace(File.separatorChar, '/');
        boolean isFolder = Files.isDirectory(file);
        out.putNextEntry(new ZipEntry(isFolder ? name + "/" : name));
        if (!isFolder) {
          Files.copy(file, out);
        }
        out.closeEntry();
      }
    }
  }

  /// Has a hub start and end at once.
  private static void record(String classPath, Path archive)
      throws IOException, InterruptedException {
    var data = Files.createTempDirectory(FOLDER, "data");
    var command = new ArrayList<>(HubProcess.JAVA);
    command.addAll(
        List.of(
            "-XX:AOTCacheOutput=" + archive,
            "-Xlog:aot=off,cds=off",
            "-cp",
            classPath,
            CrashHub.class.getName()));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(FOLDER.resolve("log").toFile());
    builder.environment().put("PORCHLIGHT_DATA", data.resolve("hub").toString());
    builder.environment().put("PORCHLIGHT_PORT", "0");
    builder.environment().put("PORCHLIGHT_ADMIN_TOKEN", HubProcess.TOKEN);
    var process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    try (var files = Files.walk(data)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
