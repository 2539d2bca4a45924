package dev.porchlight.http;

import dev.porchlight.sign.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// TLS at a port of its own: what is shown, and how it is renewed.
///
/// Files are looked at every two seconds; when they have changed and fit together, connections that
/// begin from then on get the new certificate, and those that are open go on. While they don't fit
/// (one of the two is replaced first) the old one stays, and it is logged once.
public final class Tls implements AutoCloseable {
  private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(2);

  private final int port;
  private final SslContextFactory.Server context = new SslContextFactory.Server();
  private volatile Certificate certificate;
  private final Optional<PemFiles> files;
  private final List<String> marksAtStart;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile String trouble = "";

  private record PemFiles(Path certificate, Path key) {}

  private Tls(
      int port, Certificate certificate, Optional<PemFiles> files, List<String> marksAtStart) {
    this.port = port;
    this.marksAtStart = marksAtStart;
    this.certificate = certificate;
    this.files = files;
    context.setSniRequired(false);
    context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
    context.setKeyStorePassword("");
    context.setKeyStore(certificate.keyStore());
  }

  /// With PEM files.
  ///
  /// @throws IllegalStateException with a sentence for the user, when they can't be used
  public static Tls of(int port, Path certificate, Path key) {
    var files = new PemFiles(certificate, key);
    // Before the files are read, so that no change is missed.
    var marks = marks(files);
    return new Tls(port, Certificate.read(certificate, key), Optional.of(files), marks);
  }

  /// With a certificate that is there already.
  public static Tls of(int port, Certificate certificate) {
    return new Tls(port, certificate, Optional.empty(), List.of());
  }

  int port() {
    return port;
  }

  SslContextFactory.Server context() {
    return context;
  }

  /// What other servers than this one show, as it is now.
  public SSLContext sslContext() {
    return context.getSslContext();
  }

  /// What is shown now.
  public Certificate certificate() {
    return certificate;
  }

  /// Why the files as they lie there are not what is shown; empty when they are.
  public String trouble() {
    return trouble;
  }

  /// Starts to look after the files.
  void watch() {
    files.ifPresent(f -> Thread.ofVirtual().name("tls-files").start(() -> watch(f)));
  }

  private void watch(PemFiles known) {
    var shown = marksAtStart;
    try {
      while (!closed.await(LOOKED_AT_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        var now = marks(known);
        if (!now.equals(shown)) {
          reload(known);
          shown = now;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The content decides: a copy may keep its time.
  private static List<String> marks(PemFiles known) {
    return List.of(mark(known.certificate()), mark(known.key()));
  }

  private static String mark(Path file) {
    try {
      return Tokens.hash(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return "";
    }
  }

  private void reload(PemFiles known) {
    try {
      var fresh = Certificate.read(known.certificate(), known.key());
      context.reload(c -> ((SslContextFactory.Server) c).setKeyStore(fresh.keyStore()));
      certificate = fresh;
      trouble = "";
      Dispatcher.LOG.info("TLS shows a new certificate, valid until {}", fresh.validUntil());
    } catch (Exception e) {
      trouble = String.valueOf(e.getMessage());
      Dispatcher.LOG.warn("TLS goes on with the certificate it has: {}", trouble);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
