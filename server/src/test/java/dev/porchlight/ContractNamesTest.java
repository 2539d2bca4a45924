package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;
import dev.porchlight.connector.Connector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The contracts that the hub has are those that its documents and its help name.
class ContractNamesTest {
  private static String help(String... args) {
    var out = new ByteArrayOutputStream();
    CommandLineProgram.run(
        args,
        new ThisProcess(),
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, UTF_8),
            new PrintStream(out, true, UTF_8),
            false,
            _ -> null));
    return out.toString(UTF_8).replaceAll("\\s+", " ");
  }

  private static JsonNode openapi() throws Exception {
    try (var in =
        Objects.requireNonNull(Hub.class.getResourceAsStream("/contracts/openapi.yaml"))) {
      return new YAMLMapper().readTree(in);
    }
  }

  @Test
  void of_sources() throws Exception {
    var named =
        openapi()
            .at(
                "/paths/~1api~1v1~1sources/post/requestBody/content/application~1json/schema"
                    + "/properties/contract/enum");
    var all =
        Contracts.ofThisRelease().values().stream()
            .filter(Connector::reads)
            .map(Connector::contract)
            .toList();
    assertThat(named.valueStream().map(JsonNode::asString))
        .containsExactlyInAnyOrderElementsOf(all);
    assertThat(help("source", "add", "--help")).contains(all);
  }

  @Test
  void of_endpoints() throws Exception {
    var told =
        openapi()
            .at("/components/schemas/EndpointSettings/properties/contract/description")
            .asString();
    var help = help("endpoint", "add", "--help");
    for (var contract : Contracts.ofThisRelease().values()) {
      if (contract.writes()) {
        assertThat(told).contains("`" + contract.contract() + "`");
        assertThat(help).contains(contract.contract());
      }
    }
  }
}
