package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.porchlight.value.Json;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the documents say is run: each block marked `sh example` against a hub, and each link to a
/// file of the project is followed.
class DocumentsTest {
  private static final Path ROOT = root();
  private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```sh example\\n(.*?)^```$");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)(#[^)]*)?\\)");

  @TempDir Path folder;
  private Hub hub;

  @BeforeEach
  void start() throws Exception {
    hub = Hub.start(HubConfig.local(folder.resolve("data"), "an-administrators-token"));
    addSource("realtor", "connections-plus", "connections-plus-key");
    addSource("realtor-leads", "lead-delivery", "lead-delivery-key");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private void addSource(String name, String contract, String key) throws Exception {
    var body = Json.object();
    body.put("name", name);
    body.put("contract", contract);
    body.put("api_key", key);
    try (var client = HttpClient.newHttpClient()) {
      var reply =
          client.send(
              HttpRequest.newBuilder(hub.address().resolve("/api/v1/sources"))
                  .header("Authorization", "Bearer an-administrators-token")
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).as(reply.body()).isEqualTo(201);
    }
  }

  @Test
  void every_example_works_against_a_hub() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "curl"))),
        "skipped: install curl to run the documents' examples");
    int run = 0;
    for (var page : pages()) {
      var matcher = EXAMPLE.matcher(Files.readString(page));
      while (matcher.find()) {
        run++;
        var output = shell(matcher.group(1));
        assertThat(output).as(page + ": " + matcher.group(1)).startsWith("0 ");
        assertThat(output).as(page.toString()).doesNotContain("\"status_code\":4");
        assertThat(output).as(page.toString()).doesNotContain("urn:porchlight:problem");
        assertThat(output).as(page.toString()).doesNotContain("urn:porchlight:seeker-leads");
      }
    }
    assertThat(run).as("examples found").isGreaterThanOrEqualTo(3);
  }

  private String shell(String script) throws Exception {
    var builder = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true);
    var environment = builder.environment();
    environment.put("PORCHLIGHT_URL", trimmed(hub.address()));
    environment.put("PORCHLIGHT_TOKEN", "an-administrators-token");
    environment.put("SOURCE", "realtor");
    environment.put("KEY", "connections-plus-key");
    environment.put("LEAD_DELIVERY_SOURCE", "realtor-leads");
    environment.put("LEAD_DELIVERY_KEY", "lead-delivery-key");
    var process = builder.start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output;
  }

  private static String trimmed(URI address) {
    return address.toString().replaceAll("/$", "");
  }

  @Test
  void every_link_to_a_file_leads_somewhere() throws Exception {
    var dead = new ArrayList<String>();
    for (var page : pages()) {
      var matcher = LINK.matcher(Files.readString(page));
      while (matcher.find()) {
        var target = page.resolveSibling(matcher.group(1)).normalize();
        if (!Files.exists(target)) {
          dead.add(ROOT.relativize(page) + " -> " + matcher.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  private static List<Path> pages() throws Exception {
    try (var top = Files.list(ROOT);
        var docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs).filter(p -> p.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static Path root() {
    var here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("CONTRIBUTING.md")) ? here : here.resolve("..").normalize();
  }
}
