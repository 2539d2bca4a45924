package dev.porchlight.desk;

import dev.porchlight.store.Row;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jdbi.v3.core.Handle;

/// A body as received, made small for keeping.
///
/// @param codec 0 as it is, 1 deflated
public record RawBody(String receiptId, int codec, byte[] body) {
  private static final int WORTH_IT = 512;
  private static final int FAST = 1;
  private static final int KEPT = 8;

  /// Making one takes longer than a small body's deflation: each is a quarter of a megabyte of
  /// memory that the system must find and clear.
  private static final BlockingQueue<Deflater> DEFLATERS = new ArrayBlockingQueue<>(KEPT);

  public static RawBody of(String receiptId, byte[] bytes) {
    if (bytes.length < WORTH_IT) {
      return new RawBody(receiptId, 0, bytes);
    }
    var kept = DEFLATERS.poll();
    var deflater = kept == null ? new Deflater(FAST, true) : kept;
    try {
      deflater.setInput(bytes);
      deflater.finish();
      var small = new byte[bytes.length];
      int length = deflater.deflate(small);
      return deflater.finished()
          ? new RawBody(receiptId, 1, Arrays.copyOf(small, length))
          : new RawBody(receiptId, 0, bytes);
    } finally {
      deflater.reset();
      if (!DEFLATERS.offer(deflater)) {
        deflater.end();
      }
    }
  }

  public byte[] bytes() {
    if (codec == 0) {
      return body;
    }
    try (var inflater = new Inflater(true)) {
      inflater.setInput(body);
      var out = new ByteArrayOutputStream(body.length * 4);
      var buffer = new byte[8192];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0 && inflater.needsInput()) {
          throw new IllegalStateException("the raw body of " + receiptId + " is cut short");
        }
        out.write(buffer, 0, n);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IllegalStateException("the raw body of " + receiptId + " is damaged", e);
    }
  }

  /// What a receipt came with, while it is kept.
  public static Optional<byte[]> ofReceipt(Handle h, String receipt) {
    return h.createQuery(
            "SELECT " + Tables.RAW.columnList() + " FROM receipt_raw WHERE receipt_id = :r")
        .bind("r", receipt)
        .map((r, _) -> Tables.RAW.read(new Row(r)))
        .findOne()
        .map(RawBody::bytes);
  }
}
