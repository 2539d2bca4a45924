package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RawBodyTest {
  private static byte[] body(int length, boolean compressible, long seed) {
    var random = new Random(seed);
    var bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (compressible ? "abcd".charAt(random.nextInt(4)) : random.nextInt(256));
    }
    return bytes;
  }

  @Test
  void bodies_of_all_kinds_come_back_as_they_were_many_at_once() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var runs = new ArrayList<Future<?>>();
      for (int i = 0; i < 2000; i++) {
        int n = i;
        runs.add(
            threads.submit(() -> {
              // What can't be made smaller leaves a deflater amid its work.
              var bytes = body(n % 3000, n % 3 != 0, n);
              var raw = RawBody.of("r", bytes);
              assertThat(raw.bytes()).isEqualTo(bytes);
              assertThat(raw.body().length).isLessThanOrEqualTo(bytes.length);
              return n;
            }));
      }
      for (var run : runs) {
        run.get();
      }
    }
  }

  @Test
  void what_grows_is_kept_as_it_is_and_the_next_one_is_made_small() {
    assertThat(RawBody.of("r", body(2000, false, 1)).codec()).isZero();
    assertThat(RawBody.of("r", body(2000, true, 1)).codec()).isEqualTo(1);
  }
}
