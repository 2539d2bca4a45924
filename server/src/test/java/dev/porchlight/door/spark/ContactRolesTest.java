package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.web.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract's table of roles, each cell.
class ContactRolesTest {
  @TempDir Path folder;

  static final List<String> ROLES = List.of("idx", "public", "vow", "portal", "private");

  private static final String NOT_YOURS = "403 1500";

  /// Of each resource: the method, then what is answered to IDX, Public, VOW, Portal and Private: a
  /// status, and the code where it is refused. A method that a resource has no line of is 405 to
  /// all who reach the resource by another.
  ///
  /// `{own}` is the consumer's contact, and for others one of their agent's; `{id}` is always
  /// another; `{lead}` came with a lead. What else is in braces is the caller's, or their agent's
  /// where they only read.
  private static final String TABLE =
      """
      /v1/contacts                  GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts                  POST   | 201      | 405 1017 | 403 1500 | 403 1500 | 201
      /v1/contacts/unconnected      GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}             GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}             PUT    | 200      | 405 1017 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}             DELETE | 200      | 405 1017 | 403 1500 | 403 1500 | 200
      /v1/my/contact                GET    | 404 404  | 404 404  | 200      | 200      | 404 404
      /v1/my/contact                PUT    | 404 404  | 404 404  | 200      | 200      | 404 404
      /v1/contacts/tags             GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/tags/{tag}       GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/export           GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/export/all       GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity    GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity/listings/viewed GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/activity/listings/shared GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/comments    GET    | 200      | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/comments    POST   | 201      | 405 1017 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/comments/{comment} GET    | 200 | 200      | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/comments/{comment} DELETE | 200 | 405 1017 | 403 1500 | 403 1500 | 200

      /v1/contacts/{own}/portal     GET    | 200      | 200      | 200      | 200      | 200
      /v1/contacts/{id}/portal      GET    | 200      | 200      | 404 404  | 404 404  | 200
      /v1/contacts/{lead}/portal    POST   | 201      | 405 1017 | 405 1017 | 405 1017 | 201
      /v1/contacts/{own}/portal     PUT    | 405 1018 | 405 1017 | 405 1017 | 405 1017 | 200
      /v1/portal                    POST   | 405 1017 | 405 1017 | 405 1017 | 405 1017 | 201
      /v1/portal                    GET    | 200      | 200      | 200      | 200      | 200
      /v1/portal                    PUT    | 405 1017 | 405 1017 | 405 1017 | 405 1017 | 200
      /v1/portal/{portal}           GET    | 200      | 200      | 200      | 200      | 200
      /v1/portal/{portal}           PUT    | 405 1017 | 405 1017 | 405 1017 | 405 1017 | 200

      /v1/savedsearches             GET    | 200      | 200      | 200      | 200      | 200
      /v1/savedsearches             POST   | 405 1017 | 405 1017 | 201      | 201      | 201
      /v1/savedsearches/{search}    GET    | 200      | 200      | 200      | 200      | 200
      /v1/savedsearches/{search}    PUT    | 405 1017 | 405 1017 | 200      | 200      | 200
      /v1/savedsearches/{search}    DELETE | 405 1017 | 405 1017 | 200      | 200      | 200
      /v1/savedsearches/tags        GET    | 200      | 200      | 200      | 200      | 200
      /v1/savedsearches/tags/{tag}  GET    | 200      | 200      | 200      | 200      | 200
      /v1/provided/savedsearches    GET    | 200      | 200      | 200      | 200      | 200
      /v1/savedsearches/{search}/contacts/{id} PUT    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/savedsearches/{search}/contacts/{id} DELETE | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/savedsearches GET  | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/savedsearches POST | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/provided/savedsearches GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200

      /v1/listingcarts              GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts              POST   | 403 1500 | 403 1500 | 201      | 201      | 201
      /v1/listingcarts/{cart}       GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/{cart}       PUT    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/{cart}       POST   | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/{cart}       DELETE | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/{cart}/listings/{listing} DELETE | 403 1500 | 403 1500 | 200 | 200 | 200
      /v1/listingcarts/for/{listing} GET   | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/my/listingcarts           GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/portal       GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/listingcarts/portal/{type} GET   | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/listingcarts/portal/{type} POST  | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/listingcarts/portal/{type} DELETE | 403 1500 | 403 1500 | 200     | 200      | 403 1500
      /v1/contacts/{id}/listingcarts GET   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/listingcarts POST  | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/listingcarts/portal GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/listingcarts/portal/{type} GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/listingcarts/portal/{type} POST   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/listingcarts/portal/{type} DELETE | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200

      /v1/newsfeeds                 GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds                 POST   | 403 1500 | 403 1500 | 201      | 201      | 201
      /v1/newsfeeds/{feed}          GET    | 403 1500 | 200      | 200      | 200      | 200
      /v1/newsfeeds/{feed}          PUT    | 403 1500 | 405 1017 | 200      | 200      | 200
      /v1/newsfeeds/{feed}          DELETE | 403 1500 | 405 1017 | 200      | 200      | 200
      /v1/newsfeeds/events          GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds/events/approved GET | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds/events/unapproved GET | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds/events/unviewed GET | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds/events/{event}  GET    | 403 1500 | 403 1500 | 404 404  | 404 404  | 404 404
      /v1/newsfeeds/events/{event}  PUT    | 403 1500 | 403 1500 | 404 404  | 404 404  | 404 404
      /v1/newsfeeds/schedule        GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/newsfeeds/schedule        POST   | 403 1500 | 403 1500 | 201      | 201      | 201
      /v1/newsfeeds/schedule        DELETE | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/contacts/{id}/newsfeeds   GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/newsfeeds   POST   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/newsfeeds/events GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/newsfeeds/events/approved GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/newsfeeds/events/unapproved GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/newsfeeds/events/unviewed GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/newsfeeds/events/{event} GET | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 404 404
      /v1/contacts/{id}/newsfeeds/events/{event} PUT | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 404 404
      /v1/contacts/{id}/newsfeeds/schedule GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/contacts/{id}/newsfeeds/schedule POST   | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/contacts/{id}/newsfeeds/schedule DELETE | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/developers/newsfeeds/webhooks GET | 403 1500 | 200 | 403 1500 | 403 1500 | 200
      /v1/developers/newsfeeds/webhooks POST | 403 1500 | 405 1017 | 403 1500 | 403 1500 | 201
      /v1/developers/newsfeeds/webhooks/{webhook} GET | 403 1500 | 200 | 403 1500 | 403 1500 | 200
      /v1/developers/newsfeeds/webhooks/{webhook} PUT | 403 1500 | 405 1017 | 403 1500 | 403 1500 | 200
      /v1/developers/newsfeeds/webhooks/{webhook} DELETE | 403 1500 | 405 1017 | 403 1500 | 403 1500 | 200

      /v1/consumers/me              GET    | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/consumers/me/agents       GET    | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/consumers/me/agents/current GET  | 403 1500 | 403 1500 | 200      | 200      | 403 1500
      /v1/consumers/{own}           GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/consumers/{own}/agents    GET    | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/consumers/{own}/agents/{owner} GET   | 403 1500 | 403 1500 | 200      | 200      | 200
      /v1/consumers/{own}/agents/{agent} PUT   | 403 1500 | 403 1500 | 200      | 200      | 405 1017
      /v1/consumers/{own}/agents/{agent} DELETE | 403 1500 | 403 1500 | 200     | 200      | 405 1017
      /v1/consumers/{own}/agents/{owner}/contacts GET | 403 1500 | 403 1500 | 200 | 200 | 200
      /v1/my/account                GET    | 200      | 200      | 200      | 200      | 200
      /v1/accounts/{owner}          GET    | 200      | 200      | 200      | 200      | 200
      /v1/messages                  GET    | 405 1018 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/messages                  POST   | 201      | 403 1500 | 403 1500 | 403 1500 | 201
      /v1/messages/{message}        GET    | 403 1500 | 403 1500 | 403 1500 | 403 1500 | 200
      /v1/session/{session}         DELETE | 404 404  | 404 404  | 404 404  | 404 404  | 404 404
      """;

  /// What the roles see of a contact; consumers at `/v1/my/contact`, which is where they see it.
  private static final String EXPANSIONS =
      """
      Activity                    | -   | -   | -   | -   | yes
      Portal                      | -   | -   | yes | yes | yes
      NewsFeedSummary             | yes | yes | yes | yes | yes
      NewsFeedNotificationSummary | yes | yes | yes | yes | yes
      Notes                       | yes | yes | yes | yes | yes
      VowActive                   | yes | yes | yes | yes | yes
      VowEnabled                  | yes | yes | yes | yes | yes
      UniquePrimaryEmail          | yes | yes | yes | yes | yes
      """;

  /// One line: a method of a resource, and what it answers to each role.
  record Line(String path, String method, List<String> cells) {
    static List<Line> all() {
      return TABLE
          .lines()
          .filter(l -> !l.isBlank())
          .map(l -> {
            var cells = new ArrayList<>(List.of(l.split("\\|")));
            var what = cells.removeFirst().strip().split(" +");
            return new Line(what[0], what[1], cells.stream().map(String::strip).toList());
          })
          .toList();
    }

    /// The resource, whatever stands for what.
    String resource() {
      return path.replaceAll("\\{[a-z]+}", "{}");
    }
  }

  /// Those who ask, and what they ask for.
  static final class Cast implements AutoCloseable {
    final SparkWorld world;
    final SparkWorld.Key agent;
    private final Map<String, SparkWorld.Key> keys = new TreeMap<>();
    private final Map<String, String> own = new TreeMap<>();
    final String owner;
    final String colleague;
    private int made;

    Cast(SparkWorld world) {
      this.world = world;
      agent = world.key("private");
      owner = world.get(agent, "/v1/my/account").result().path("Id").asString();
      colleague = world.member("Ruth Okafor");
      var portal = world.hub.addSource("portal", "connections-plus");
      for (var role : ROLES) {
        var contact = contact();
        own.put(role, contact);
        keys.put(
            role,
            world.key(
                role,
                b -> {
                  if (isConsumer(role)) {
                    b.put("contact", contact);
                  }
                }));
        portal.post(
            LeadBodies.buyer("L-" + role, new InventedPerson("A", role, role + "@example", null)));
      }
    }

    @Override
    public void close() {
      world.close();
    }

    static boolean isConsumer(String role) {
      return role.equals("vow") || role.equals("portal");
    }

    SparkWorld.Key key(String role) {
      return Objects.requireNonNull(keys.get(role), role);
    }

    /// The contact of a role's own.
    String own(String role) {
      return Objects.requireNonNull(own.get(role), role);
    }

    /// Who makes what a role asks for.
    private SparkWorld.Key holder(String role) {
      return isConsumer(role) ? key(role) : agent;
    }

    private String contact() {
      made++;
      return ContactsTest.make(world, agent, "Contact " + made, "c" + made + "@example.org");
    }

    private String made(SparkWorld.Key by, String path, String d) {
      return world
          .as(by, "POST", path, "{\"D\":" + d + "}")
          .succeeded(201)
          .result()
          .path("Id")
          .asString();
    }

    private String search(String role) {
      return made(
          holder(role),
          "/v1/savedsearches",
          "{\"Name\":\"S\",\"AutoName\":true,\"Filter\":\"City Eq 'x'\"}");
    }

    private String subscription(String role) {
      return "{\"Subscription\":{\"Id\":\"" + search(role) + "\"}}";
    }

    /// What stands for a name in braces.
    private String thing(String name, String role, String before) {
      return switch (name) {
        case "id" -> contact();
        case "own" -> own(role);
        case "lead" -> world.hub.story("L-" + role).path("contact_id").asString();
        case "comment" -> made(agent, before.replaceAll("/$", ""), "{\"Comment\":\"x\"}");
        case "search" -> search(role);
        // What happens in feeds is in [WatchingTest].
        case "event" -> "none";
        case "cart" ->
            made(
                holder(role),
                "/v1/listingcarts",
                "{\"Name\":\"C" + ++made + "\",\"ListingIds\":[\"L1\"]}");
        case "feed" -> made(holder(role), "/v1/newsfeeds", subscription(role));
        case "webhook" ->
            made(
                agent,
                "/v1/developers/newsfeeds/webhooks",
                "{\"Uri\":\"https://crm.example.org/feeds\"}");
        case "message" -> made(agent, "/v1/messages", "{\"Subject\":\"s\",\"Body\":\"b\"}");
        case "portal" -> world.get(agent, "/v1/portal").result().path("Id").asString();
        case "owner" -> owner;
        case "agent" -> colleague;
        case "listing" -> "L1";
        case "type" -> "favorites";
        case "tag" -> "x";
        case "session" -> "0".repeat(32);
        default -> throw new IllegalArgumentException(name);
      };
    }

    SparkWorld.Reply ask(Line line, String role) {
      return world.as(key(role), line.method(), path(line, role), body(line, role));
    }

    /// Where a role finds what a line is about.
    String path(Line line, String role) {
      var path = new StringBuilder();
      var pattern = Pattern.compile("\\{([a-z]+)}");
      int end = 0;
      for (MatchResult name : pattern.matcher(line.path()).results().toList()) {
        path.append(line.path(), end, name.start());
        path.append(thing(name.group(1), role, path.toString()));
        end = name.end();
      }
      path.append(line.path().substring(end));
      if (line.method().equals("DELETE")) {
        if (line.path().contains("{id}")) {
          prepare(line.path(), path.toString());
        }
        if (line.path().endsWith("{type}")) {
          path.append("?ListingIds=L1");
        }
      }
      return path.toString();
    }

    /// Gives a contact what is then taken from it.
    private void prepare(String template, String path) {
      if (template.endsWith("/schedule")) {
        world.as(agent, "POST", path, "{\"D\":{\"Frequency\":\"Instant\"}}").succeeded(201);
      } else if (template.endsWith("{type}")) {
        world.as(agent, "POST", path, "{\"D\":{\"ListingIds\":[\"L1\"]}}").succeeded(200);
      } else if (template.startsWith("/v1/savedsearches/")) {
        // A consumer's own search is not the agent's to give.
        world.as(agent, "PUT", path, "");
      }
    }

    /// What a role sends there; empty for no body.
    String body(Line line, String role) {
      made++;
      var last = line.path().substring(line.path().lastIndexOf('/') + 1);
      var d =
          switch (line.method() + " " + last) {
            case "POST contacts" ->
                "{\"DisplayName\":\"N\",\"PrimaryEmail\":\"n" + made + "@example.org\"}";
            case "PUT {id}" -> line.path().endsWith("contacts/{id}") ? middleName(line) : "";
            case "PUT contact" -> "{\"MiddleName\":\"M\"}";
            case "POST comments" -> "{\"Comment\":\"x\"}";
            case "POST portal" -> line.path().equals("/v1/portal") ? "{\"DisplayName\":\"P\"}" : "";
            case "PUT portal", "PUT {portal}" -> "{\"Enabled\":true}";
            case "POST savedsearches" -> "{\"Name\":\"S" + made + "\",\"Filter\":\"City Eq 'x'\"}";
            case "POST listingcarts", "PUT {search}", "PUT {cart}" ->
                "{\"Name\":\"X" + made + "\"}";
            case "POST {cart}", "POST {type}" -> "{\"ListingIds\":[\"L1\",\"L2\"]}";
            case "POST newsfeeds" -> subscription(role);
            case "PUT {feed}", "PUT {webhook}" -> "{\"Active\":false}";
            case "POST webhooks" -> "{\"Uri\":\"https://crm.example.org/feeds\"}";
            case "POST schedule" -> "{\"Frequency\":\"Instant\"}";
            case "POST messages" -> "{\"Subject\":\"s\",\"Body\":\"b\"}";
            default -> "";
          };
      return d.isEmpty() ? "" : "{\"D\":" + d + "}";
    }

    private static String middleName(Line line) {
      return line.path().startsWith("/v1/savedsearches/") ? "" : "{\"MiddleName\":\"M\"}";
    }
  }

  private static String told(SparkWorld.Reply reply) {
    return reply.status() + (reply.d().has("Code") ? " " + reply.d().path("Code").intValue() : "");
  }

  @Test
  void each_cell_is_as_the_table_says() {
    try (var cast = new Cast(new SparkWorld(folder))) {
      for (var line : Line.all()) {
        for (int i = 0; i < ROLES.size(); i++) {
          var reply = cast.ask(line, ROLES.get(i));
          assertThat(told(reply))
              .as("%s %s as %s: %s", line.method(), line.path(), ROLES.get(i), reply)
              .isEqualTo(line.cells().get(i));
          if (reply.status() == 405) {
            assertThat(reply.header("Allow")).doesNotContain(line.method()).isNotEmpty();
          }
        }
        // And nobody at all: 401 first.
        var path = line.path().replaceAll("[{}]", "");
        cast.world.send(line.method(), path, new byte[0], Map.of()).failed(401, 1020);
      }
    }
  }

  @Test
  void the_table_has_every_resource_and_all_other_methods_are_405() {
    var lines = Line.all();
    try (var cast = new Cast(new SparkWorld(folder))) {
      var open = List.of("/v1/session", "/v1/oauth2/grant");
      assertThat(new TreeSet<>(lines.stream().map(Line::resource).toList()))
          .isEqualTo(
              new TreeSet<>(
                  cast.world.hub.hub().routes().stream()
                      .map(Route::template)
                      .filter(t -> t.startsWith("/v1/") && !open.contains(t))
                      .map(t -> t.replaceAll("\\{[a-z.]+}", "{}"))
                      .toList()));
      var resources = new TreeMap<String, List<Line>>();
      lines.forEach(l -> resources.computeIfAbsent(l.resource(), _ -> new ArrayList<>()).add(l));
      resources.forEach((resource, methods) -> {
        var other = new ArrayList<>(List.of("GET", "POST", "PUT", "DELETE", "PATCH"));
        other.removeAll(methods.stream().map(Line::method).toList());
        for (var method : other) {
          for (int i = 0; i < ROLES.size(); i++) {
            int role = i;
            boolean reached =
                methods.stream().anyMatch(m -> !m.cells().get(role).equals(NOT_YOURS));
            var reply =
                cast.world.as(
                    cast.key(ROLES.get(i)), method, resource.replace("{}", "1"), "no JSON");
            assertThat(told(reply))
                .as("%s %s as %s: %s", method, resource, ROLES.get(i), reply)
                .isEqualTo(reached ? "405 405" : NOT_YOURS);
            if (reached) {
              assertThat(reply.header("Allow")).doesNotContain(method).isNotEmpty();
            }
          }
        }
      });
    }
  }

  @Test
  void each_expansion_is_shown_to_whom_the_table_says() {
    try (var cast = new Cast(new SparkWorld(folder))) {
      for (var line : EXPANSIONS.lines().toList()) {
        var cells = line.split("\\|");
        var name = cells[0].strip();
        for (int i = 0; i < ROLES.size(); i++) {
          var role = ROLES.get(i);
          var path = Cast.isConsumer(role) ? "/v1/my/contact" : "/v1/contacts/" + cast.own(role);
          var contact = cast.world.get(cast.key(role), path + "?_expand=" + name).result();
          assertThat(contact.has(name))
              .as("%s as %s: %s", name, role, contact)
              .isEqualTo(cells[i + 1].strip().equals("yes"));
        }
      }
    }
  }
}
