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

/// `/console/endpoints/preview`: one lead as each contract would carry it, with what it would lose.
final class PreviewPage {
  private static final int MOST_LOOKS = 10;
  private static final int SHOWN = 20_000;

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
      return visit.page(
          "endpoints/preview.jte",
          new EndpointView.Preview(
              Clean.line(wanted), "", wanted.isEmpty() ? "" : t.of("preview.missing"), List.of()));
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

  private EndpointView.Written written(Texts t, Visit visit, LeadRecord lead, String contract) {
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
    var label = EndpointSection.label(t, contract);
    return switch (renderer.apply(delivery, endpoint)) {
      case Renderer.Rendered.CannotWrite(var why) ->
          new EndpointView.Written(
              contract,
              label,
              new Badge(Tone.BAD, t.of("preview.cannot")),
              Clean.line(why),
              List.of(),
              "",
              0,
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
            body(ready));
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

  /// JSON laid out; anything else as it is.
  private static String body(Renderer.Rendered.Ready ready) {
    var text = new String(ready.body(), UTF_8);
    if (ready.contentType().contains("json")) {
      try {
        text = Json.tree(text).toPrettyString();
      } catch (JacksonException | IllegalArgumentException _) {
        // As it is, then.
      }
    }
    return Clean.lines(text, SHOWN);
  }
}
