package dev.porchlight.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads the spans of an OTLP request over HTTP, as far as tests look at them: protocol buffers by
/// hand, since nothing else here speaks them.
final class OtlpSpans {
  /// One span.
  ///
  /// @param attributes as text, those of what sent it among them
  record Sent(
      String trace,
      String id,
      String parent,
      String name,
      long start,
      long end,
      boolean failed,
      Map<String, String> attributes) {}

  private OtlpSpans() {}

  /// A field of a message: its number, and its bytes or its number.
  private record Field(int number, byte[] bytes, long value) {}

  private static List<Field> fields(byte[] message) {
    var all = new ArrayList<Field>();
    var in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long tag = varint(in);
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> all.add(new Field(number, new byte[0], varint(in)));
        case 1 -> all.add(new Field(number, new byte[0], in.getLong()));
        case 2 -> {
          var bytes = new byte[(int) varint(in)];
          in.get(bytes);
          all.add(new Field(number, bytes, 0));
        }
        case 5 -> all.add(new Field(number, new byte[0], in.getInt()));
        default -> throw new IllegalArgumentException("no protocol buffer");
      }
    }
    return all;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private static List<byte[]> parts(byte[] message, int number) {
    return fields(message).stream().filter(f -> f.number() == number).map(Field::bytes).toList();
  }

  static List<Sent> read(byte[] request) {
    var all = new ArrayList<Sent>();
    for (var resource : parts(request, 1)) {
      var shared = new TreeMap<String, String>();
      parts(resource, 1).forEach(r -> parts(r, 1).forEach(a -> attribute(a, shared)));
      for (var scope : parts(resource, 2)) {
        parts(scope, 2).forEach(span -> all.add(span(span, shared)));
      }
    }
    return all;
  }

  private static Sent span(byte[] span, Map<String, String> shared) {
    var attributes = new TreeMap<>(shared);
    String[] ids = {"", "", "", ""};
    long[] times = new long[2];
    boolean failed = false;
    for (var field : fields(span)) {
      switch (field.number()) {
        case 1 -> ids[0] = HexFormat.of().formatHex(field.bytes());
        case 2 -> ids[1] = HexFormat.of().formatHex(field.bytes());
        case 4 -> ids[2] = HexFormat.of().formatHex(field.bytes());
        case 5 -> ids[3] = new String(field.bytes(), StandardCharsets.UTF_8);
        case 7 -> times[0] = field.value();
        case 8 -> times[1] = field.value();
        case 9 -> attribute(field.bytes(), attributes);
        case 15 ->
            failed =
                fields(field.bytes()).stream().anyMatch(f -> f.number() == 3 && f.value() == 2);
        default -> {}
      }
    }
    return new Sent(ids[0], ids[1], ids[2], ids[3], times[0], times[1], failed, attributes);
  }

  private static void attribute(byte[] pair, Map<String, String> into) {
    var key = new String(parts(pair, 1).getFirst(), StandardCharsets.UTF_8);
    for (var value : fields(parts(pair, 2).getFirst())) {
      into.put(
          key,
          value.number() == 1
              ? new String(value.bytes(), StandardCharsets.UTF_8)
              : Long.toString(value.value()));
    }
  }
}
