package dev.porchlight.door.mail;

import java.io.FilterInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What a peer sends as long as it has time: so long for each piece, and until a moment for all of
/// it, however small the pieces are.
final class TimedInput extends FilterInputStream {
  private final Socket socket;
  private final Duration piece;
  private final long until;

  /// @param until by [System#nanoTime()]
  TimedInput(Socket socket, Duration piece, long until) throws IOException {
    super(socket.getInputStream());
    this.socket = socket;
    this.piece = piece;
    this.until = until;
  }

  @Override
  public int read() throws IOException {
    limit();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    limit();
    return super.read(bytes, offset, length);
  }

  private void limit() throws IOException {
    long rest = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
    if (rest <= 0) {
      throw new SocketTimeoutException("All of it took too long");
    }
    socket.setSoTimeout((int) Math.min(piece.toMillis(), rest));
  }
}
