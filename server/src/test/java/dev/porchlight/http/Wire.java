package dev.porchlight.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A raw connection to a server under test; reads give up after ten seconds.
final class Wire implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// One answer as it looked.
  record Answer(String head, String body) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    Optional<String> header(String name) {
      return Arrays.stream(head.split("\r\n"))
          .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(l -> l.substring(name.length() + 1).strip())
          .findFirst();
    }
  }

  /// Sends text as it stands; in the text blocks of the tests `\n` is written as CR LF.
  Wire send(String text) throws IOException {
    return raw(text.replace("\n", "\r\n"));
  }

  Wire raw(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  Wire endOfInput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  Answer answer() throws IOException {
    return answer(false);
  }

  Answer answer(boolean toHead) throws IOException {
    var head = head();
    var answer = new Answer(head, "");
    if (toHead) {
      return answer;
    }
    var length = answer.header("Content-Length");
    var body = in.readNBytes(length.map(Integer::parseInt).orElse(0));
    return new Answer(head, new String(body, ISO_8859_1));
  }

  /// Reads up to the empty line.
  String head() throws IOException {
    var head = new StringBuilder();
    for (var line = line(); !line.isEmpty(); line = line()) {
      head.append(line).append("\r\n");
    }
    return head.toString();
  }

  String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (var b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("The connection ended after " + line.toString(ISO_8859_1));
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  /// What is still to come until the server ends the connection.
  String rest() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
