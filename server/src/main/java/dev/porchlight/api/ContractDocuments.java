package dev.porchlight.api;

import dev.porchlight.web.Reply;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// The machine-readable contracts of this hub, for anybody: `/openapi.yaml` for what it answers,
/// `/asyncapi.yaml` for the messages it takes and sends, `/seeker-leads.openapi.yaml` for the API
/// of that contract, `/realestate-events.asyncapi.yaml` for the events of that one.
public final class ContractDocuments {
  private static final String YAML = "application/yaml";

  /// @param refusals words what goes wrong
  public List<Route> routes(Route.Refusals refusals) {
    return List.of(
        route("openapi.yaml", refusals),
        route("asyncapi.yaml", refusals),
        route("realestate-events.asyncapi.yaml", refusals),
        route("seeker-leads.openapi.yaml", refusals));
  }

  private static Route route(String name, Route.Refusals refusals) {
    var document = read(name);
    return new Route("GET", "/" + name, _ -> Reply.of(200, YAML, document), refusals);
  }

  private static byte[] read(String name) {
    try (var in = ContractDocuments.class.getResourceAsStream("/contracts/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " can't be read from this build", e);
    }
  }
}
