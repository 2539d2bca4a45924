package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract's table of roles, each cell.
class ContactRolesTest {
  @TempDir Path folder;

  /// Of each resource: the method, then what is answered to IDX, Public, VOW, Portal and Private: a
  /// status, and the code where it is refused.
  private static final String TABLE =
      """
      /v1/contacts              GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts              POST   | 201      | 405 1017 | 403 1500 | 403 1500 | 201
      /v1/contacts              PUT    | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts              DELETE | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts              PATCH  | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/unconnected  GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/unconnected  POST   | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/unconnected  PUT    | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/unconnected  DELETE | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}         GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}         POST   | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}         PUT    | 200      | 405 1017 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}         DELETE | 200      | 405 1017 | 403 1500 | 403 1500 | 200
      /v1/my/contact            GET    | 404 404  | 404 404  | 200      | 200      | 404 404
      /v1/my/contact            POST   | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/my/contact            PUT    | 404 404  | 404 404  | 200      | 200      | 404 404
      /v1/my/contact            DELETE | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/contacts/tags         GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/tags         POST   | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/tags/x       GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/tags/x       DELETE | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/export       GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/export       POST   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/export/all   GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/export/all   POST   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/comments GET   | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/comments POST  | 201      | 405 1017 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/comments PUT   | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/comments/1 GET | 404 404  | 404 404  | 403 1500 | 403 1500 | 404 404
      /v1/contacts/{id}/comments/1 PUT | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/comments/1 DELETE | 404 404 | 405 1017 | 403 1500 | 403 1500 | 404 404
      /v1/contacts/{id}/portal  GET    | 200      | 200      | 404 404  | 404 404  | 200
      /v1/contacts/{id}/portal  POST   | 409 1110 | 405 1017 | 405 1017 | 405 1017 | 409 1110
      /v1/contacts/{id}/portal  PUT    | 405 1018 | 405 1017 | 405 1017 | 405 1017 | 200
      /v1/contacts/{id}/portal  DELETE | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/portal                GET    | 200      | 200      | 200      | 200      | 200
      /v1/portal                PUT    | 405 1017 | 405 1017 | 405 1017 | 405 1017 | 404 404
      /v1/portal                POST   | 405 1017 | 405 1017 | 405 1017 | 405 1017 | 201
      /v1/portal                DELETE | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/savedsearches         GET    | 200      | 200      | 200      | 200      | 200
      /v1/savedsearches         POST   | 405 1017 | 405 1017 | 201      | 201      | 201
      /v1/savedsearches         PUT    | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/savedsearches         DELETE | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/savedsearches/1       GET    | 404 404  | 404 404  | 404 404  | 404 404  | 404 404
      /v1/savedsearches/1       PUT    | 405 1017 | 405 1017 | 404 404  | 404 404  | 404 404
      /v1/savedsearches/1       DELETE | 405 1017 | 405 1017 | 404 404  | 404 404  | 404 404
      /v1/savedsearches/1       POST   | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/savedsearches/1/contacts/2 PUT | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 404 404
      /v1/savedsearches/tags    GET    | 200      | 200      | 200      | 200      | 200
      /v1/provided/savedsearches GET   | 200      | 200      | 200      | 200      | 200
      /v1/contacts/{id}/savedsearches GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/savedsearches POST | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/savedsearches PUT | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/provided/savedsearches GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/listingcarts          GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts          POST   | 403 1500 | 403 1500 | 201      | 201      | 201
      /v1/listingcarts          DELETE | 403 1500 | 403 1500 | 405 405  | 405 405  | 405 405
      /v1/listingcarts/1        GET    | 403 1500 | 403 1500 | 404 404  | 404 404  | 404 404
      /v1/listingcarts/1        PUT    | 403 1500 | 403 1500 | 404 404  | 404 404  | 404 404
      /v1/listingcarts/1        DELETE | 403 1500 | 403 1500 | 404 404  | 404 404  | 404 404
      /v1/my/listingcarts       GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/for/1    GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/portal   GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/portal/favorites GET | 403 1500 | 403 1500 | 200 | 200      | 403 1500
      /v1/contacts/{id}/listingcarts GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/listingcarts POST | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/newsfeeds             GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds             PUT    | 403 1500 | 403 1500 | 405 405  | 405 405  | 405 405
      /v1/newsfeeds/1           GET    | 403 1500 | 404 404  | 404 404  | 404 404  | 404 404
      /v1/newsfeeds/1           PUT    | 403 1500 | 405 1017 | 404 404  | 404 404  | 404 404
      /v1/newsfeeds/1           DELETE | 403 1500 | 405 1017 | 404 404  | 404 404  | 404 404
      /v1/newsfeeds/events      GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds/schedule    GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/contacts/{id}/newsfeeds GET  | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity GET   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity POST  | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/activity PUT   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/activity DELETE | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/activity/listings/viewed GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity/listings/viewed PUT | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/{id}/activity/listings/shared GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity/listings/shared POST | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/export       PUT    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/export/all   DELETE | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 405 405
      /v1/contacts/tags         PUT    | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/contacts/tags/x       PUT    | 405 405  | 405 405  | 403 1500 | 403 1500 | 405 405
      /v1/consumers/me          GET    | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/consumers/me/agents   GET    | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/consumers/me/agents   POST   | 403 1500 | 403 1500 | 405 405  | 405 405  | 403 1500
      /v1/my/account            GET    | 200      | 200      | 200      | 200      | 200
      /v1/my/account            POST   | 405 405  | 405 405  | 405 405  | 405 405  | 405 405
      /v1/accounts/1            GET    | 404 404  | 404 404  | 404 404  | 404 404  | 404 404
      /v1/messages              GET    | 405 1018 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/messages              DELETE | 405 405  | 403 1500 | 403 1500 | 403 1500 | 405 405
      """;

  private static final String[] ROLES = {"idx", "public", "vow", "portal", "private"};

  @Test
  void each_cell_is_as_the_table_says() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      var own = ContactsTest.make(world, agent, "A Consumer", "consumer@example.org");
      var keys = new ArrayList<SparkWorld.Key>();
      for (var role : ROLES) {
        boolean consumer = role.equals("vow") || role.equals("portal");
        keys.add(
            world.key(
                role,
                b -> {
                  if (consumer) {
                    b.put("contact", own);
                  }
                }));
      }
      int n = 0;
      for (var line : TABLE.lines().toList()) {
        var cells = line.split("\\|");
        var what = cells[0].strip().split(" +");
        for (int i = 0; i < ROLES.length; i++) {
          n++;
          var wanted = cells[i + 1].strip();
          var path = what[0];
          if (path.contains("{id}")) {
            var id = ContactsTest.make(world, agent, "Contact " + n, "c" + n + "@example.org");
            path = path.replace("{id}", id);
          }
          var body =
              switch (what[1]) {
                case "POST" ->
                    path.endsWith("/comments")
                        ? "{\"D\":{\"Comment\":\"x\"}}"
                        : path.endsWith("/savedsearches") || path.endsWith("/listingcarts")
                            ? "{\"D\":{\"Name\":\"N" + n + "\",\"Filter\":\"City Eq 'x'\"}}"
                            : ContactsTest.contact("New " + n, "new" + n + "@example.org");
                case "PUT" ->
                    path.startsWith("/v1/contacts")
                        ? "{\"D\":{\"MiddleName\":\"M" + n + "\"}}"
                        : "{\"D\":{\"MiddleName\":\"M" + n + "\",\"Name\":\"N" + n + "\"}}";
                default -> "";
              };
          var reply = world.as(keys.get(i), what[1], path, body);
          var got =
              reply.status()
                  + (reply.d().has("Code") ? " " + reply.d().path("Code").intValue() : "");
          assertThat(got).as("%s as %s: %s", cells[0].strip(), ROLES[i], reply).isEqualTo(wanted);
          if (reply.status() == 405) {
            assertThat(reply.header("Allow")).doesNotContain(what[1]).isNotEmpty();
          }
        }
        // And nobody at all: 401 first.
        var path = what[0].replace("{id}", own);
        world.send(what[1], path, new byte[0], Map.of()).failed(401, 1020);
      }
    }
  }
}
