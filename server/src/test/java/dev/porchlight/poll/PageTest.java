package dev.porchlight.poll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.value.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages cut into items.
class PageTest {
  private static List<String> items(String body) throws Page.Malformed {
    return Page.items(body.getBytes(UTF_8)).stream().map(b -> new String(b, UTF_8)).toList();
  }

  @Provide
  Arbitrary<Object> values() {
    Arbitrary<Object> plain =
        Arbitraries.oneOf(
            Arbitraries.strings()
                .withChars('"', '\\', '{', '}', '[', ']', ',', ':', 'é', '\u05d0', '\n', 'a')
                .ofMaxLength(12)
                .map(s -> (Object) s),
            Arbitraries.longs().map(n -> (Object) n),
            Arbitraries.of(true, false).map(b -> (Object) b));
    return Arbitraries.recursive(
        () -> plain,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(3).map(l -> (Object) l),
                Arbitraries.maps(Arbitraries.of("items", "data", "a\"b", "metadata"), inner)
                    .ofMaxSize(3)
                    .map(m -> (Object) m)),
        0,
        3);
  }

  @Property(tries = 300)
  void whatever_the_items_are_they_come_out_byte_for_byte(
      @ForAll("values") Object one,
      @ForAll("values") Object two,
      @ForAll("values") Object beside,
      @ForAll boolean pretty)
      throws Page.Malformed {
    var page = new java.util.LinkedHashMap<String, Object>();
    page.put("links", beside);
    page.put("items", List.of(one, two));
    page.put("data", beside);
    var text =
        pretty
            ? Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(page)
            : Json.write(page);
    var found = items(text);
    assertThat(found).hasSize(2).allMatch(text::contains);
    assertThat(Json.tree(found.get(0))).isEqualTo(Json.tree(Json.write(one)));
    assertThat(Json.tree(found.get(1))).isEqualTo(Json.tree(Json.write(two)));
  }

  @Property(tries = 300)
  void whatever_is_cut_off_is_no_page(@ForAll("values") Object one, @ForAll int at) {
    var text = Json.write(Map.of("items", List.of(one, one), "metadata", one));
    var bytes = text.getBytes(UTF_8);
    var cut = Arrays.copyOf(bytes, Math.floorMod(at, bytes.length));
    assertThatThrownBy(() -> Page.items(cut)).isInstanceOf(Page.Malformed.class);
  }

  @Test
  void an_item_may_be_as_odd_as_it_likes() throws Page.Malformed {
    var deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
    assertThat(items("\ufeff {\"items\": [" + deep + ", null, 7,\"x\" , {} ] } "))
        .containsExactly(deep, "null", "7", "\"x\"", "{}");
  }

  @Test
  void a_page_without_items_is_empty_and_the_guides_name_is_known() throws Page.Malformed {
    assertThat(items("{\"metadata\": {}, \"links\": {}}")).isEmpty();
    assertThat(items("{\"items\": []}")).isEmpty();
    assertThat(items("{\"pagination\": {}, \"data\": [1]}")).containsExactly("1");
    assertThat(items("{\"data\": [1], \"items\": [2]}")).containsExactly("2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"error\": {\"code\": \"X\"}}",
        "{\"items\": null}",
        "{\"items\": [1 2]}",
        "{\"items\": [{]}]}",
        "{\"items\": [1,]}",
        "{\"items\": [1]} x",
        "<html>",
        "{\"items\": [1]",
        "{\"items\" [1]}",
        "{items: [1]}",
        "{\"items\": [\"a]}"
      })
  void what_is_no_page_is_never_an_empty_one(String body) {
    assertThatThrownBy(() -> items(body)).isInstanceOf(Page.Malformed.class);
  }
}
