package dev.porchlight.connector.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.EventContract;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How topics and recipients are read that are written otherwise than the contract says.
class EnvelopeReadingTest {
  private static final String OWNER = "https://owner.example.org/profile/card#me";

  private static EventContract.Reading read(String topic, String recipient) {
    var body =
        "{\"topic\": \""
            + topic
            + "\", \"recipient\": "
            + recipient
            + ", \"data\": {\"type\": \"X\"}}";
    return new RealEstateEvents().read(body.getBytes(StandardCharsets.UTF_8));
  }

  private static EventContract.Event event(String topic, String recipient) {
    assertThat(read(topic, recipient)).isInstanceOf(EventContract.Event.class);
    return (EventContract.Event) read(topic, recipient);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topic:realestate/calendar#eventcreate",
        "realestate/calendar#eventcreate",
        "https://realestate/calendar#eventcreate",
        "https://old.example.org/docs/realestate/calendar#eventcreate"
      })
  void a_topic_is_found_behind_a_prefix_and_in_an_old_style_url(String written) {
    var event = event(written, "\"" + OWNER + "\"");
    assertThat(event.topic().text()).isEqualTo("realestate/calendar#eventcreate");
    assertThat(event.violations().isEmpty()).isEqualTo(written.startsWith("realestate/"));
  }

  @Test
  void a_recipient_written_as_an_object_is_its_id_and_one_that_is_none_is_nobody_else() {
    assertThat(event("realestate/x#y", "{\"@id\": \"" + OWNER + "\"}").recipients())
        .containsExactly(OWNER);
    assertThat(event("realestate/x#y", "[{\"id\": \"" + OWNER + "\"}]").recipients())
        .containsExactly(OWNER);
    for (var none : new String[] {"null", "\"\"", "[]"}) {
      assertThat(event("realestate/x#y", none).recipients()).as(none).isEmpty();
    }
    for (var bad : new String[] {"7", "{}", "[7]", "[{\"name\": \"x\"}]", "true"}) {
      assertThat(read("realestate/x#y", bad)).as(bad).isInstanceOf(EventContract.Refused.class);
    }
  }
}
