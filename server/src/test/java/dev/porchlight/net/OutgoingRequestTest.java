package dev.porchlight.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingRequestTest {
  private static OutgoingRequest with(String name, String value) {
    return OutgoingRequest.get("https://example.org/", List.of(Map.entry(name, value)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "CONTENT-LENGTH",
        "transfer-encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "proxy-",
        "",
        "X Y",
        "X:",
        "X\r\nY",
        "Größe",
        "X\u0000"
      })
  void headers_of_the_connection_and_what_is_no_name_are_refused(String name) {
    assertThatThrownBy(() -> with(name, "1")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Y", "webhook-id", "Hostess", "te2", "a!#$%&'*+.^_`|~-Z09"})
  void others_are_taken(String name) {
    assertThat(with(name, "1").headers()).containsExactly(Map.entry(name, "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\nb", "\u0000", "\u007f", "\u0100"})
  void values_that_end_the_header_or_are_not_bytes_are_refused(String value) {
    assertThatThrownBy(() -> with("X", value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tabs_and_bytes_beyond_ascii_are_taken() {
    assertThat(with("X", "a\tb\u00e9").headers()).hasSize(1);
  }
}
