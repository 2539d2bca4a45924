package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.delivery.Deliveries;
import dev.porchlight.value.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeliveryPageTest {
  @Test
  void a_page_without_any_goes_on_where_the_search_does() {
    var page =
        EndpointResources.page(
            new Deliveries.Found(List.of(), Optional.of(new Deliveries.Place(7, "some-id"))),
            _ -> Json.object());
    assertThat(page.path("items")).isEmpty();
    assertThat(page.path("next_cursor").asString()).isEqualTo("7:some-id");
  }

  @Test
  void the_last_page_says_so() {
    var page =
        EndpointResources.page(
            new Deliveries.Found(List.of(), Optional.empty()), _ -> Json.object());
    assertThat(page.path("next_cursor").isNull()).isTrue();
  }
}
