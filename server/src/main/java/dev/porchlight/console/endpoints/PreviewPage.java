package dev.porchlight.console.endpoints;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// `/console/endpoints/preview`: one lead as each contract would carry it, with what it would lose.
final class PreviewPage {
  private static final int MOST_LOOKS = 10;
  private static final int SHOWN = 8_000;
  private static final int SHOWN_OF_VALUE = 500;

  private final Leads leads;
  private final List<String> contracts;
  private final BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer;

  PreviewPage(
      Leads leads,
      List<String> contracts,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer) {
    this.leads = leads;
    this.contracts = contracts;
    this.renderer = renderer;
  }

  Reply answer(Visit visit) {
    var t = visit.texts();
    var wanted = visit.query("lead").orElse("");
    var found = wanted.isEmpty() ? newest(visit) : leads.find(visit.scope(), wanted);
    if (found.isEmpty()) {
      var view =
          new EndpointView.Preview(
              Clean.line(wanted), "", wanted.isEmpty() ? "" : t.of("preview.missing"), List.of());
      return wanted.isEmpty()
          ? visit.page("endpoints/preview.jte", view)
          : visit.missing("endpoints/preview.jte", view);
    }
    var lead = found.get();
    if (lead.erasedAt() != null) {
      return visit.page(
          "endpoints/preview.jte",
          new EndpointView.Preview(lead.id(), "", t.of("preview.erased"), List.of()));
    }
    visit.shows("/leads/{id}", lead.id());
    return visit.page(
        "endpoints/preview.jte",
        new EndpointView.Preview(
            lead.id(),
            t.of("preview.lead", Clean.line(lead.externalId()), lead.version()),
            "",
            contracts.stream().map(c -> written(t, visit, lead, c)).toList()));
  }

  /// The newest lead that they see. Of a member with many contacts it is looked for among the
  /// office's, a moment at a time.
  private Optional<LeadRecord> newest(Visit visit) {
    long before = Long.MAX_VALUE;
    for (int look = 0; look < MOST_LOOKS; look++) {
      var found = leads.search(visit.scope(), new Leads.Query(null, null, null, null, before, 1));
      if (!found.rows().isEmpty() || found.next().isEmpty()) {
        return found.rows().stream().findFirst();
      }
      before = found.next().get();
    }
    return Optional.empty();
  }

  /// All of what one contract would carry, as it would be sent.
  Reply whole(Visit visit) {
    var contract = visit.query("contract").filter(contracts::contains);
    var lead = visit.query("lead").flatMap(id -> leads.find(visit.scope(), id));
    if (contract.isEmpty() || lead.isEmpty() || lead.get().erasedAt() != null) {
      return visit.missing();
    }
    visit.shows("/leads/{id}", lead.get().id());
    return switch (rendered(visit, lead.get(), contract.get())) {
      // Never as what it claims to be: strangers' words are in it.
      case Renderer.Rendered.Ready ready ->
          Reply.of(200, "text/plain", ready.body())
              .with(
                  "Content-Disposition",
                  "attachment; filename=\"" + lead.get().id() + "-" + contract.get() + ".txt\"");
      case Renderer.Rendered.CannotWrite _ -> visit.missing();
    };
  }

  private Renderer.Rendered rendered(Visit visit, LeadRecord lead, String contract) {
    var endpoint =
        new Endpoint(
            "preview",
            "preview",
            lead.officeId(),
            contract.equals("mail") ? "mailto:preview@example.org" : "https://preview.invalid/",
            false,
            contract,
            "X-API-Key",
            Set.of(),
            Set.of(),
            true,
            null,
            null,
            true,
            null,
            false,
            false,
            Terms.USUAL,
            null);
    var delivery =
        new Delivery(
            lead.id(),
            lead.seq(),
            endpoint.id(),
            lead.contactId(),
            "evt_" + lead.id(),
            lead.version() == 1 ? "lead.created" : "lead.updated",
            lead.id(),
            lead.version(),
            lead.officeId(),
            visit.now(),
            "");
    return renderer.apply(delivery, endpoint);
  }

  private EndpointView.Written written(Texts t, Visit visit, LeadRecord lead, String contract) {
    var label = EndpointSection.label(t, contract);
    return switch (rendered(visit, lead, contract)) {
      case Renderer.Rendered.CannotWrite(var why) ->
          new EndpointView.Written(
              contract,
              label,
              new Badge(Tone.BAD, t.of("preview.cannot")),
              Clean.line(why),
              List.of(),
              "",
              0,
              "",
              "");
      case Renderer.Rendered.Ready ready -> {
        var lost = lost(ready.losses());
        yield new EndpointView.Written(
            contract,
            label,
            lost.isEmpty()
                ? new Badge(Tone.GOOD, t.of("preview.whole"))
                : new Badge(Tone.WAITING, t.of("preview.losses", lost.size())),
            "",
            lost,
            Clean.line(ready.contentType()),
            ready.body().length,
            body(ready),
            "/console/endpoints/preview/whole?lead=" + lead.id() + "&contract=" + contract);
      }
    };
  }

  private static List<EndpointView.Lost> lost(String json) {
    var all = new ArrayList<EndpointView.Lost>();
    for (var loss : Json.tree(json)) {
      all.add(
          new EndpointView.Lost(
              Clean.line(loss.path("field").asString("")),
              Clean.line(loss.path("reason").asString(""))));
    }
    return all;
  }

  /// JSON laid out, what is long in it cut; anything else as it is. There is a link to the whole.
  private static String body(Renderer.Rendered.Ready ready) {
    var text = new String(ready.body(), UTF_8);
    if (ready.contentType().contains("json")) {
      try {
        text = clipped(Json.tree(text)).toPrettyString();
      } catch (JacksonException | IllegalArgumentException _) {
        // As it is, then.
      }
    }
    return Clean.lines(text, SHOWN);
  }

  private static JsonNode clipped(JsonNode json) {
    switch (json) {
      case ObjectNode object -> object.properties().forEach(m -> m.setValue(clipped(m.getValue())));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, clipped(array.get(i)));
        }
      }
      default -> {
        if (json.isString() && json.stringValue().length() > SHOWN_OF_VALUE) {
          return StringNode.valueOf(Clean.lines(json.stringValue(), SHOWN_OF_VALUE) + "…");
        }
      }
    }
    return json;
  }
}
