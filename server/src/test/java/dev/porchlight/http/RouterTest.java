package dev.porchlight.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.porchlight.web.Forms;
import dev.porchlight.web.Route;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
  private static Router router(String... routes) {
    return new Router(
        Arrays.stream(routes)
            .map(r -> r.split(" ", 2))
            .map(r -> new Route(r[0], r[1], _ -> Answers.text(200, ""), Answers.REFUSALS))
            .toList());
  }

  private static String found(Router router, String method, String path) {
    return switch (router.find(method, path)) {
      case Router.Match.Found(var route, var variables) ->
          route.method() + " " + route.template() + (variables.isEmpty() ? "" : " " + variables);
      case Router.Match.OtherMethods(_, var allowed) -> "405 " + allowed;
      case Router.Match.Nothing() -> "404";
    };
  }

  @Test
  void a_literal_beats_a_variable_and_a_dead_end_goes_back() {
    var router = router("GET /leads/{id}", "GET /leads/new", "GET /{any}/new/{x}");
    assertThat(found(router, "GET", "/leads/new")).isEqualTo("GET /leads/new");
    assertThat(found(router, "GET", "/leads/newer")).isEqualTo("GET /leads/{id} {id=newer}");
    assertThat(router.find("GET", "/leads/new/7"))
        .isInstanceOfSatisfying(
            Router.Match.Found.class,
            f -> assertThat(f.variables()).isEqualTo(Map.of("any", "leads", "x", "7")));
  }

  @Test
  void each_method_names_its_own_variables() {
    var router = router("GET /leads/{id}", "DELETE /leads/{lead}");
    assertThat(found(router, "DELETE", "/leads/7")).isEqualTo("DELETE /leads/{lead} {lead=7}");
  }

  @Test
  void head_is_served_by_get_and_other_methods_are_named() {
    var router = router("GET /a", "POST /a", "POST /b");
    assertThat(found(router, "HEAD", "/a")).isEqualTo("GET /a");
    assertThat(found(router, "PUT", "/a")).isEqualTo("405 [GET, HEAD, POST]");
    assertThat(found(router, "HEAD", "/b")).isEqualTo("405 [POST]");
    assertThat(found(router, "get", "/a")).isEqualTo("405 [GET, HEAD, POST]");
  }

  @Test
  void segments_are_compared_decoded_and_one_slash_at_the_end_is_ignored() {
    var router = router("GET /", "GET /leads/{id}");
    assertThat(found(router, "GET", "/")).isEqualTo("GET /");
    assertThat(found(router, "GET", "/l%65ads/a%20b+c/")).isEqualTo("GET /leads/{id} {id=a b+c}");
    assertThat(found(router, "GET", "/leads/x;y=1")).isEqualTo("GET /leads/{id} {id=x;y=1}");
    assertThat(found(router, "GET", "/leads/%C3%A9")).isEqualTo("GET /leads/{id} {id=é}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "leads/7",
        "//",
        "/leads//",
        "/leads//7",
        "/leads/%2F",
        "/leads/a%2fb",
        "/leads/..",
        "/leads/%2e%2e",
        "/leads/.",
        "/leads/%",
        "/leads/%4",
        "/leads/%zz",
        "/leads/%00",
        "/leads/%0d%0a",
        "/leads/%ff",
        "/leads/7/8",
        "/leads",
        "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"
      })
  void a_path_that_means_nothing_or_two_things_has_no_route(String path) {
    assertThat(found(router("GET /leads/{id}"), "GET", path)).isEqualTo("404");
  }

  @Test
  void a_last_variable_may_take_all_that_follows() {
    var router = router("GET /tags", "GET /tags/{tag...}", "GET /tags/mine", "GET /tags/{a}/x");
    assertThat(found(router, "GET", "/tags/")).isEqualTo("GET /tags");
    assertThat(found(router, "GET", "/tags/mine")).isEqualTo("GET /tags/mine");
    assertThat(found(router, "GET", "/tags/b/x")).isEqualTo("GET /tags/{a}/x {a=b}");
    assertThat(found(router, "GET", "/tags/b")).isEqualTo("GET /tags/{tag...} {tag=b}");
    assertThat(found(router, "GET", "/tags/b/c%20d/")).isEqualTo("GET /tags/{tag...} {tag=b/c d}");
    assertThat(found(router, "GET", "/tags/b%2fc")).isEqualTo("GET /tags/{tag...} {tag=b/c}");
    assertThat(found(router, "GET", "/tags/b%252fc")).isEqualTo("GET /tags/{tag...} {tag=b%2fc}");
    for (var none : List.of("/tags/b/../c", "/tags/b//c", "/tags/%2e%2e", "/tags/b/%00", "/b%2f")) {
      assertThat(found(router, "GET", none)).as(none).isEqualTo("404");
    }
  }

  @Test
  void templates_that_collide_or_are_malformed_are_refused() {
    for (var bad :
        List.of(
            "GET x",
            "GET /a//b",
            "GET /{a}/{a}",
            "GET /a{b}",
            "get /a",
            "GET /a/",
            "GET /{a...}/b",
            "GET /{a..}")) {
      assertThatIllegalArgumentException().isThrownBy(() -> router(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> router("GET /{a}", "GET /{b}"));
  }

  @Test
  void a_query_is_decoded_as_a_form_and_bad_escapes_stay() {
    assertThat(Forms.decoded(Forms.pairs("a=1&b=x+y%20z&a=2&&c&d=%zz%4&%C3%A9=%C3%A9&e==&f=%")))
        .isEqualTo(
            Map.of(
                "a", List.of("1", "2"),
                "b", List.of("x y z"),
                "c", List.of(""),
                "d", List.of("%zz%4"),
                "é", List.of("é"),
                "e", List.of("="),
                "f", List.of("%")));
    assertThat(Forms.decoded(Forms.pairs(""))).isEmpty();
  }
}
