package dev.porchlight.poll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void a_secret_is_left_out_and_an_empty_one_hides_nothing() {
    assertThat(of("{\"message\": \"No such key: s3cret.\"}", "s3cret", ""))
        .isEqualTo(": No such key: …");
  }

  private static String of(String body, String... secrets) {
    return Words.of(body.getBytes(UTF_8), List.of(secrets));
  }
}
