package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the key of the [SecretBox] comes from: the environment, else a file beside the data folder
/// that is made at the first start. Whoever copies the data folder alone has no secrets.
public final class KeyFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private KeyFile() {}

  /// A key, ready for use.
  ///
  /// @param created true when the file was made just now
  /// @param warnings sentences for the log, for example that others may read the file
  public record Loaded(SecretBox box, boolean created, List<String> warnings) {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /// Loads the key, or makes one where there is no store yet.
  ///
  /// @param environmentValue base64 of 32 bytes, or null or blank when the file holds the key
  /// @param file the key file; it is made with its folder where it is needed
  /// @param knownFingerprint [SecretBox#fingerprint] as the store kept it, or null when there is no
  ///   store yet
  /// @throws SealException when there is no usable key, or not the one the store was made with
  public static Loaded load(
      @Nullable String environmentValue, Path file, @Nullable String knownFingerprint) {
    if (environmentValue != null && !environmentValue.isBlank()) {
      var box = box(environmentValue, "The key from the environment");
      return checked(new Loaded(box, false, List.of()), "the environment", knownFingerprint);
    }
    try {
      if (Files.notExists(file)) {
        if (knownFingerprint != null) {
          throw new SealException(
              "The key file "
                  + file
                  + " is missing, and the stored secrets can't be opened without it. Put it back,"
                  + " or hand over the key in the environment.",
              null);
        }
        if (create(file)) {
          return new Loaded(read(file), true, List.of());
        }
      }
      return checked(
          new Loaded(read(file), false, warnings(file)), file.toString(), knownFingerprint);
    } catch (IOException e) {
      throw new SealException(
          "The key file " + file + " can't be read or made: " + e.getMessage(), e);
    }
  }

  private static Loaded checked(Loaded loaded, String from, @Nullable String knownFingerprint) {
    if (knownFingerprint != null && !knownFingerprint.equals(loaded.box().fingerprint())) {
      throw new SealException(
          "The key from "
              + from
              + " is not the one that the stored secrets were sealed with (this one is "
              + loaded.box().fingerprint()
              + ", the store wants "
              + knownFingerprint
              + ").",
          null);
    }
    return loaded;
  }

  private static SecretBox read(Path file) throws IOException {
    if (Files.size(file) > 1024) {
      throw new SealException("The key file " + file + " holds more than a key.", null);
    }
    return box(new String(Files.readAllBytes(file), US_ASCII), "The key in " + file);
  }

  private static SecretBox box(String base64, String whose) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw new SealException(whose + " is not base64.", e);
    }
    if (key.length != SecretBox.KEY_BYTES) {
      throw new SealException(
          whose + " must be the base64 of 32 bytes, not of " + key.length + ".", null);
    }
    return new SecretBox(key);
  }

  /// The file appears whole or not at all, and never over another: it is written and synced under
  /// another name first, then linked. False when someone else was quicker.
  private static boolean create(Path file) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("a key file needs a folder");
    }
    Files.createDirectories(folder);
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    var attributes =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    var draft = Files.createTempFile(folder, ".key", null, attributes);
    try {
      try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        var text = Base64.getEncoder().encodeToString(Secure.bytes(SecretBox.KEY_BYTES)) + "\n";
        var bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      try {
        Files.createLink(file, draft);
      } catch (UnsupportedOperationException e) {
        Files.move(draft, file);
      }
      if (posix) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static List<String> warnings(Path file) throws IOException {
    var warnings = new ArrayList<String>();
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      var permissions = Files.getPosixFilePermissions(file);
      if (permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.GROUP_READ)) {
        warnings.add(
            "Others than its owner may read the key file " + file + "; chmod 600 ends that.");
      }
    }
    return warnings;
  }
}
