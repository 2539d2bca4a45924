package dev.porchlight.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a handler answers.
public sealed interface Reply {
  int status();

  /// Extra headers, in order; `Content-Type` and `Content-Length` come from the body.
  List<Map.Entry<String, String>> headers();

  /// A whole reply.
  record Full(int status, List<Map.Entry<String, String>> headers, String contentType, byte[] body)
      implements Reply {
    public Full {
      headers = List.copyOf(headers);
    }

    /// A copy with one more header.
    public Full with(String name, String value) {
      var more = new ArrayList<>(headers);
      more.add(Map.entry(name, value));
      return new Full(status, more, contentType, body);
    }
  }

  /// A reply of unknown length, written part by part, so that it is never in memory as a whole.
  /// What goes wrong once it was begun breaks it off.
  record Parted(
      int status, List<Map.Entry<String, String>> headers, String contentType, Parts parts)
      implements Reply {
    public Parted {
      headers = List.copyOf(headers);
    }
  }

  /// Writes a reply part by part.
  interface Parts {
    /// @param out waits while the reader is slow; each write may go out at once
    void write(OutputStream out) throws IOException;
  }

  /// A live stream of server-sent events: the handler's thread stays in `events` until the reader
  /// goes or the server stops.
  record Stream(List<Map.Entry<String, String>> headers, Events events) implements Reply {
    public Stream {
      headers = List.copyOf(headers);
    }

    @Override
    public int status() {
      return 200;
    }
  }

  /// Writes the events of one stream.
  interface Events {
    void run(Sink sink) throws IOException, InterruptedException;
  }

  /// Where the events of a stream go.
  interface Sink {
    /// Sends one event; data may have several lines.
    ///
    /// @throws IOException when the reader is gone
    void send(String event, String data) throws IOException;

    /// The same, with the place in the stream that a reader names when it comes back
    /// (`Last-Event-ID`).
    ///
    /// @param event its type; empty for a plain message
    void send(String id, String event, String data) throws IOException;

    /// Tells the reader its place, with no event.
    void place(String id) throws IOException;

    /// Sends a comment, so that proxies and we notice a dead connection.
    void ping() throws IOException;

    /// False once the server is stopping or the reader is known to be gone.
    boolean isOpen();
  }

  static Full of(int status, String contentType, byte[] body) {
    return new Full(status, List.of(), contentType, body);
  }
}
