package dev.porchlight.demo;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.sign.Tokens;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub on a store in a temporary folder, an office with three agents, two sources, two CRMs in
/// this process, and people who enquire. Each lead is shown on its way, and what becomes of a home
/// that one of them waits for.
public final class Demo implements AutoCloseable {
  private static final int ROUND = 4;
  private static final Duration PACE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Starts a hub for the demo.
  @FunctionalInterface
  public interface Launch {
    /// @param data the data folder, not there yet
    /// @param adminToken to be an administrator's
    Running start(Path data, String adminToken);
  }

  /// A hub that runs.
  public interface Running extends AutoCloseable {
    /// For example `http://127.0.0.1:8080`.
    URI address();

    @Override
    void close();
  }

  private record Source(String name, String url, String key) {}

  private final PrintStream out;
  private final boolean colours;
  private final Path folder;
  private final Running running;
  private final HubClient hub;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String token;
  private final List<Crm> crms = new ArrayList<>();
  private final LinkedBlockingQueue<Crm.Arrival> arrivals = new LinkedBlockingQueue<>();
  private final People people = new People();
  private final List<Long> delivered = new ArrayList<>();
  private final String office;
  private String dana = "";
  private final Source connectionsPlus;
  private final Source leadDelivery;
  private final String sparkToken;
  private @Nullable String newest;
  private @Nullable String feed;
  private volatile boolean closing;

  /// Starts all of it.
  ///
  /// @param colours whether a person looks on at a terminal
  /// @throws IllegalStateException with a sentence
  public static Demo start(Launch launch, PrintStream out, boolean colours) {
    try {
      return new Demo(launch, out, colours);
    } catch (IOException e) {
      throw new UncheckedIOException("The demo can't have a port or a folder", e);
    } catch (HubException e) {
      throw new IllegalStateException("The demo can't set up its hub: " + e.sentence(), e);
    }
  }

  private Demo(Launch launch, PrintStream out, boolean colours) throws IOException, HubException {
    this.out = out;
    this.colours = colours;
    folder = Files.createTempDirectory("porchlight-demo");
    token = Tokens.create(Tokens.TOKEN);
    running = launch.start(folder.resolve("data"), token);
    hub = new HubClient(running.address().toString(), token);
    try {
      office = makeOffice();
      connectionsPlus = makeSource("portal-connections", "connections-plus", office);
      leadDelivery = makeSource("portal-leads", "lead-delivery", office);
      makeCrm("Harbor CRM", "lead-delivery", office);
      makeCrm("Lantern CRM", "porchlight", office);
      sparkToken = makeSparkKey(office);
      head(signInLink());
    } catch (IOException | HubException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private String makeOffice() throws HubException {
    var company = "";
    for (var node : hub.get("/nodes", HubClient.query("limit", "200")).path("items")) {
      if (node.path("kind").asString("").equals("company")) {
        company = node.path("id").asString("");
      }
    }
    var office = makeNode("office", "Alder Street Realty", company);
    for (var agent : List.of("Omar Reyes", "June Park")) {
      makeNode("member", agent, office);
    }
    dana = makeNode("member", "Dana Fields", office);
    hub.put("/nodes/" + dana + "/role", Json.object().put("role", "administrator"));
    return office;
  }

  private String makeNode(String kind, String name, String parent) throws HubException {
    var body = Json.object();
    body.put("kind", kind);
    body.put("name", name);
    body.put("parent", parent);
    return hub.post("/nodes", body).path("id").asString("");
  }

  private String makeSparkKey(String office) throws HubException {
    var body = Json.object();
    body.put("name", "a Spark client");
    body.put("member", office);
    return hub.post("/spark-keys", body).path("token").asString("");
  }

  private Source makeSource(String name, String contract, String office) throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("contract", contract);
    body.put("node", office);
    var made = hub.post("/sources", body);
    return new Source(name, made.path("url").asString(""), made.path("api_key").asString(""));
  }

  private void makeCrm(String name, String contract, String office)
      throws IOException, HubException {
    var crm = new Crm(name, arrivals::add);
    crms.add(crm);
    var body = Json.object();
    body.put("name", name);
    body.put("contract", contract);
    body.put("url", crm.url().toString());
    body.put("node", office);
    crm.trust(hub.post("/endpoints", body).path("secret").asString(""));
  }

  /// By which one signs in at the console as Dana Fields, once.
  private String signInLink() throws HubException {
    return hub.post("/nodes/" + dana + "/sign-in-link", Json.object()).path("url").asString("");
  }

  private void head(String signIn) {
    out.println(bold("Porchlight listens at " + running.address()));
    out.println(
        "Alder Street Realty has three agents and a front desk; two portals send leads, and two");
    out.println("CRMs take them: Harbor CRM (lead-delivery) and Lantern CRM (porchlight).");
    out.println();
    out.println("Watch it in the console, as Dana Fields (the link works once):");
    out.println("  " + signIn);
    out.println();
    out.flush();
  }

  /// One round: a lead of each message; then a summary.
  ///
  /// @return whether every lead became a contact's and reached every CRM
  public boolean once() {
    try {
      boolean complete = true;
      for (int i = 0; i < ROUND; i++) {
        complete &= show(people.next());
      }
      complete &= settled();
      out.println();
      complete &= summary();
      complete &= found();
      out.println();
      complete &= seeker();
      complete &= listing();
      out.flush();
      return complete;
    } catch (HubException | IOException e) {
      out.println();
      out.println("The demo broke off: " + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Rounds at a human pace until the demo is closed.
  public void forever() {
    try {
      for (int n = 1; !closing; n++) {
        show(people.next());
        if (n == ROUND) {
          seeker();
          listing();
        }
        if (n == 1 || n % ROUND == 0) {
          out.println();
          foot();
          if (n == 1) {
            out.println("Ctrl-C ends the demo; its store is deleted then.");
          }
          out.println();
          out.flush();
        }
        pause();
      }
    } catch (HubException | IOException e) {
      if (!closing) {
        out.println();
        out.println("The demo broke off: " + e.getMessage());
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for the next lead's turn; what others send meanwhile is shown as it arrives.
  private void pause() throws InterruptedException {
    long until = System.nanoTime() + PACE.toNanos();
    for (long left = PACE.toNanos(); left > 0; left = until - System.nanoTime()) {
      var arrival = arrivals.poll(left, TimeUnit.NANOSECONDS);
      if (arrival != null) {
        visitor(arrival);
      }
    }
  }

  private void visitor(Crm.Arrival arrival) {
    out.println(
        dim("            ")
            + pad(arrival.leadId(), 18)
            + outcome(arrival.authentic(), arrival.crm() + " took it"));
    out.flush();
  }

  /// Sends a lead and shows it on its way, on one line that grows.
  private boolean show(People.Enquiry enquiry)
      throws HubException, IOException, InterruptedException {
    out.print(bold(pad(enquiry.message(), 14)) + pad(enquiry.name(), 16));
    out.flush();
    var source = enquiry.connectionsPlus() ? connectionsPlus : leadDelivery;
    long began = System.nanoTime();
    int status = send(source, enquiry.body());
    if (status != 200) {
      out.println(outcome(false, "the hub answered " + status));
      return false;
    }
    out.print(outcome(true, "received " + millis(System.nanoTime() - began)));
    out.flush();
    boolean known = contact(enquiry);
    return arrived(enquiry, began) && known;
  }

  private int send(Source source, ObjectNode body) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(source.url()))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("X-API-Key", source.key())
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private boolean contact(People.Enquiry enquiry) throws HubException {
    var found = hub.get("/leads", HubClient.query("lead_id", enquiry.leadId())).path("items");
    if (found.isEmpty()) {
      out.print("  " + outcome(false, "no lead"));
      return false;
    }
    newest = found.path(0).path("id").asString("");
    var lead = hub.get("/leads/" + newest);
    var contact = lead.path("contact");
    var member = lead.path("answers").path("member_name").asString("nobody");
    out.print(
        "  "
            + outcome(
                !contact.isMissingNode(),
                "contact "
                    + contact.path("id").asString("missing").replaceFirst("^\\d{20}(?=\\d)", "…")
                    + ", "
                    + member
                    + " answers"));
    out.flush();
    return !contact.isMissingNode();
  }

  /// Waits until every CRM has it.
  private boolean arrived(People.Enquiry enquiry, long began) throws InterruptedException {
    var missing = new ArrayList<>(crms.stream().map(Crm::name).toList());
    boolean authentic = true;
    long until = System.nanoTime() + PATIENCE.toNanos();
    var others = new ArrayList<Crm.Arrival>();
    while (!missing.isEmpty()) {
      var arrival = arrivals.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (arrival == null) {
        break;
      }
      if (!arrival.leadId().equals(enquiry.leadId())) {
        others.add(arrival);
        continue;
      }
      if (!arrival.authentic()) {
        authentic = false;
      } else if (missing.remove(arrival.crm())) {
        delivered.add(arrival.nanos() - began);
        out.print("  " + outcome(true, arrival.crm() + " " + millis(arrival.nanos() - began)));
        out.flush();
      }
    }
    if (!authentic) {
      out.print("  " + outcome(false, "a signature did not fit"));
    }
    for (var crm : missing) {
      out.print("  " + outcome(false, "not at " + crm));
    }
    out.println();
    out.flush();
    others.forEach(this::visitor);
    return missing.isEmpty() && authentic;
  }

  /// Waits until the hub has recorded every delivery; a CRM knows of it a moment earlier.
  private boolean settled() throws HubException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until) {
      if (hub.get("/deliveries", HubClient.query("state", "pending", "limit", "1"))
          .path("items")
          .isEmpty()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return false;
  }

  private boolean summary() throws HubException {
    var leads = items("/leads");
    long persons = leads.stream().map(l -> l.path("person_id").asString("")).distinct().count();
    int contacts = items("/contacts").size();
    var deliveries = items("/deliveries");
    long done =
        deliveries.stream().filter(d -> d.path("state").asString("").equals("delivered")).count();
    var sorted = delivered.stream().sorted().toList();
    long median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    int expected = ROUND * crms.size();
    boolean complete = leads.size() == ROUND && persons > 0 && contacts > 0 && done == expected;
    out.println(
        bold(
            leads.size()
                + " leads, "
                + persons
                + " persons, "
                + contacts
                + " contacts, "
                + done
                + " of "
                + expected
                + " deliveries, each signed; median "
                + millis(median)
                + " from the portal to the CRM"));
    if (!complete) {
      out.println(outcome(false, "Something is missing."));
      for (var delivery : deliveries) {
        if (!delivery.path("state").asString("").equals("delivered")) {
          out.println(
              "  "
                  + delivery.path("endpoint_name").asString("")
                  + ": "
                  + delivery.path("state").asString("")
                  + " "
                  + delivery.path("reason").asString(""));
        }
      }
    }
    return complete;
  }

  /// Asks the Spark door for the contacts that the Realtor.com source has made.
  private boolean found() throws IOException, InterruptedException {
    var query =
        "?_pagination=1&_filter=" + URLEncoder.encode(sparkFilter(), StandardCharsets.UTF_8);
    var reply =
        http.send(
            HttpRequest.newBuilder(running.address().resolve("/v1/contacts" + query))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + sparkToken)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    int rows = Json.tree(reply.body()).path("D").path("Pagination").path("TotalRows").asInt(0);
    out.println(outcome(rows > 0, rows + " contacts found at the Spark door by " + sparkFilter()));
    out.println("spark  " + sparkCurl());
    return rows > 0;
  }

  private String sparkFilter() {
    return "Tags Eq '" + connectionsPlus.name() + "'";
  }

  private String sparkCurl() {
    return "curl -sSG "
        + running.address()
        + "/v1/contacts -H 'Authorization: Bearer "
        + sparkToken
        + "' --data-urlencode \"_filter="
        + sparkFilter()
        + "\"";
  }

  private List<JsonNode> items(String path) throws HubException {
    return hub.get(path, HubClient.query("limit", "200")).path("items").valueStream().toList();
  }

  /// Puts a lead in by the Seeker Leads API, and reads it and one that came from a portal back from
  /// there.
  private boolean seeker() throws HubException, IOException, InterruptedException {
    var client = Json.object();
    client.put("name", "Seeker Leads demo");
    client.put("contract", "seeker-leads");
    client.putArray("nodes").add(office);
    var made = hub.post("/clients", client);
    var bearer = "Bearer " + made.path("token").asString("");
    var leads = running.address() + "/seeker-leads/v1/leads";
    out.print(bold(pad("Seeker Leads", 14)) + pad("Camille Martin", 16));
    out.flush();
    long began = System.nanoTime();
    var put =
        http.send(
            HttpRequest.newBuilder(URI.create(leads))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Authorization", bearer)
                .POST(HttpRequest.BodyPublishers.ofString(People.seeker().toString()))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    if (put.statusCode() != 200) {
      out.println(outcome(false, "the hub answered " + put.statusCode()));
      return false;
    }
    out.print(outcome(true, "received " + millis(System.nanoTime() - began)));
    long now = Instant.now().getEpochSecond();
    var page =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(leads + "?minDate=" + (now - 86_400) + "&maxDate=" + (now + 1)))
                .timeout(PATIENCE)
                .header("Authorization", bearer)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    var items =
        page.statusCode() == 200
            ? Json.tree(page.body()).path("items").valueStream().toList()
            : List.<JsonNode>of();
    boolean own = items.stream().anyMatch(l -> l.path("property").has("classifiedId"));
    var other = items.stream().filter(l -> !l.path("property").has("classifiedId")).findFirst();
    out.println(
        "  "
            + outcome(own, "read back from GET /leads")
            + "  "
            + outcome(
                other.isPresent(),
                other
                    .map(l -> "with " + seekerName(l) + "'s from Realtor.com, " + items.size())
                    .orElse("without the portal's leads, " + items.size()))
            + " in all");
    out.flush();
    return own && other.isPresent();
  }

  private static String seekerName(JsonNode lead) {
    var contact = lead.path("contactRequest");
    return (contact.path("firstName").asString("") + " " + contact.path("lastName").asString(""))
        .strip();
  }

  /// Publishes a home and then a lower price of it; somebody whom a Realtor.com lead made a contact
  /// waits for such a home, and finds both in their feed.
  private boolean listing() throws HubException, IOException, InterruptedException {
    var search =
        new HomeSearch(hub, running.address(), http, sparkToken, connectionsPlus.name(), office);
    feed = search.path();
    out.println(
        bold(pad("Home search", 14))
            + pad(search.name(), 16)
            + "waits for: "
            + HomeSearch.filter());
    boolean both = changed(search, 469_000, "New") & changed(search, 449_000, "PriceChange");
    out.println("feed   " + feedCurl(search.path()));
    out.flush();
    return both;
  }

  private boolean changed(HomeSearch search, int price, String event)
      throws IOException, InterruptedException {
    var street = "5 Lark Street";
    out.print(bold(pad("Listing", 14)) + pad(street, 16));
    out.flush();
    long began = System.nanoTime();
    if (!search.publish("D-1", street, price)) {
      out.println(outcome(false, "the hub did not take it"));
      return false;
    }
    out.print(outcome(true, "published " + millis(System.nanoTime() - began)));
    out.flush();
    var found = search.await(event);
    out.println(
        "  "
            + outcome(
                found.isPresent(),
                found
                    .map(f ->
                        event
                            + " in the feed at "
                            + dollars(f.listing().path("ListPrice"))
                            + (f.listing().has("PreviousListPrice")
                                ? ", was " + dollars(f.listing().path("PreviousListPrice"))
                                : "")
                            + " "
                            + millis(System.nanoTime() - began))
                    .orElse("nothing in the feed")));
    out.flush();
    return found.isPresent();
  }

  private static String dollars(JsonNode price) {
    return String.format(Locale.US, "$%,d", price.asInt(0));
  }

  /// Where to look, and how to send one more.
  private void foot() throws HubException {
    out.println("hub    " + running.address() + "   (token " + token + ")");
    if (newest != null) {
      var link = hub.post("/leads/" + newest + "/link", Json.object());
      out.println("page   " + link.path("url").asString(""));
    }
    out.println("send   " + curl());
    out.println("spark  " + sparkCurl());
    if (feed != null) {
      out.println("feed   " + feedCurl(feed));
    }
    out.flush();
  }

  private String feedCurl(String path) {
    return "curl -sS "
        + running.address()
        + path
        + " -H 'Authorization: Bearer "
        + sparkToken
        + "'";
  }

  private String curl() {
    return "curl -sS "
        + connectionsPlus.url()
        + " -H 'X-API-Key: "
        + connectionsPlus.key()
        + "' -H 'Content-Type: application/json' -d '{\"lead_id\":\"mine-'$(date +%s)'\","
        + "\"role\":\"buyer\",\"contact\":{\"first_name\":\"Yours\",\"last_name\":\"Truly\","
        + "\"email\":\"yours.truly@example.com\"},\"timestamp\":\"'$(date -u"
        + " +%Y-%m-%dT%H:%M:%SZ)'\",\"message\":\"Hello from curl\"}'";
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%d ms", Math.round(nanos / 1e6));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private String outcome(boolean good, String text) {
    return good ? colour("32", "✓ ") + text : colour("31", "✗ " + text);
  }

  private String bold(String text) {
    return colour("1", text);
  }

  private String dim(String text) {
    return colour("2", text);
  }

  private String colour(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /// Stops all of it and deletes the store.
  @Override
  public void close() {
    closing = true;
    running.close();
    crms.forEach(Crm::close);
    hub.close();
    http.shutdownNow();
    try (var files = Files.walk(folder)) {
      for (var path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      out.println("The folder " + folder + " was not deleted: " + e.getMessage());
    }
  }
}
