package dev.porchlight.door.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A mail server that brings mails, line by line.
final class Smtp implements AutoCloseable {
  private Socket socket;
  private BufferedReader in;

  Smtp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    in = reader();
  }

  private BufferedReader reader() throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  /// The next reply, its lines joined by LF; empty at the end.
  String reply() throws IOException {
    var all = new StringBuilder();
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      all.append(line).append('\n');
      if (line.length() < 4 || line.charAt(3) != '-') {
        break;
      }
    }
    return all.toString().strip();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  String say(String line) throws IOException {
    send((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    return reply();
  }

  /// Greets and announces a mail up to `DATA`; gives the last reply.
  String announce(String to) throws IOException {
    reply();
    say("EHLO mail.example.com");
    say("MAIL FROM:<portal@example.com>");
    var reply = say("RCPT TO:<" + to + ">");
    return reply.startsWith("250") ? say("DATA") : reply;
  }

  /// Sends a mail as it is and gives the reply to it.
  String deliver(byte[] mail) throws IOException {
    var text = new String(mail, StandardCharsets.ISO_8859_1).replace("\r\n.", "\r\n..");
    text = text.startsWith(".") ? "." + text : text;
    send(
        (text + (text.endsWith("\r\n") ? "" : "\r\n") + ".\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    return reply();
  }

  /// Goes on in secret.
  void startTls(SSLContext context) throws IOException {
    var layered =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    layered.startHandshake();
    socket = layered;
    in = reader();
  }

  /// Brings one mail.
  static String bring(int port, String to, String mail) throws IOException {
    return bring(port, to, mail.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  static String bring(int port, String to, byte[] mail) throws IOException {
    try (var smtp = new Smtp(port)) {
      var go = smtp.announce(to);
      return go.startsWith("354") ? smtp.deliver(mail) : go;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
