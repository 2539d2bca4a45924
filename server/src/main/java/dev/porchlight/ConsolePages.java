package dev.porchlight;

import dev.porchlight.console.Console;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.audit.AuditSection;
import dev.porchlight.console.contacts.ContactSection;
import dev.porchlight.console.endpoints.EndpointSection;
import dev.porchlight.console.events.EventSection;
import dev.porchlight.console.leads.DeliverySection;
import dev.porchlight.console.leads.LeadPage;
import dev.porchlight.console.leads.LeadSection;
import dev.porchlight.console.leads.NowSection;
import dev.porchlight.console.leads.ReceiptSection;
import dev.porchlight.console.leads.StoryTeller;
import dev.porchlight.console.listings.ListingSection;
import dev.porchlight.console.replays.ReplaySection;
import dev.porchlight.console.search.SearchSection;
import dev.porchlight.console.settings.SettingSection;
import dev.porchlight.console.sources.SourceSection;
import dev.porchlight.delivery.EndpointSecrets;
import dev.porchlight.desk.Resubmission;
import dev.porchlight.web.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The console: a line for each of its sections, and the pages for those who come with a link.
record ConsolePages(List<Route> routes, Route.Refusals refusals) {
  static ConsolePages of(
      Ground ground,
      Reads reads,
      Delivering delivering,
      Deciding deciding,
      Working work,
      OwnApi api) {
    var store = ground.store();
    int number = ground.number();
    var credentials = ground.credentials();
    var contracts = ground.contracts();
    var leads = reads.leads();
    var receipts = reads.receipts();
    var persons = reads.persons();
    var deliveries = reads.deliveries();
    var console =
        new Console(
            store, number, ground.principals(), credentials, ground.secrets(), ground.audit());
    Deeds deeds =
        (visit, method, path, id, body) ->
            api.api().act(visit.request(), visit.principal(), method, path, id, body);
    var teller = new StoryTeller(store, leads, receipts, persons, deliveries);
    console
        .with(new NowSection(store, teller, leads, deliveries, work.lastHour()))
        .with(
            new LeadSection(
                store, number, teller, leads, persons, deliveries, work.replays()::wake, deeds))
        .with(
            new ContactSection(
                store, number, leads, persons, deciding.erasure(), reads.erasures(), deeds))
        .with(
            new SourceSection(
                store,
                api.sources(),
                receipts,
                deciding.desk(),
                contracts.channelsByContract(),
                contract -> SampleLead.asTest(contracts.get(contract), store.now(), number),
                deeds))
        .with(
            new EndpointSection(
                store,
                number,
                api.endpoints(),
                leads,
                deliveries,
                reads.replays(),
                work.replays()::wake,
                delivering.engine(),
                api.trials(),
                contracts.written(),
                (delivery, endpoint) ->
                    delivering
                        .rendering()
                        .show(delivery, endpoint, new EndpointSecrets(List.of(), null, null, null)),
                deeds))
        .with(new ListingSection(store, reads.listings(), leads, teller, deeds))
        .with(new EventSection(store, credentials, deeds))
        .with(
            new ReceiptSection(
                store,
                receipts,
                new Resubmission(store, deciding.desk(), receipts, contracts::read),
                contracts::read,
                deeds))
        .with(
            new DeliverySection(
                store,
                teller,
                leads,
                deliveries,
                delivering::show,
                delivering.engine()::wake,
                deeds))
        .with(new ReplaySection(store, number, reads.replays(), work.replays()::wake))
        .with(new SettingSection(store, number, credentials, deeds, ground.config().shown()))
        .with(
            new AuditSection(
                store,
                ground.audit(),
                credentials,
                () -> Stream.concat(api.routes().stream(), console.routes().stream()).toList()))
        .with(new SearchSection(store, teller, api.search()));
    var routes = new ArrayList<>(console.routes());
    routes.addAll(
        new LeadPage(
                console,
                store,
                credentials,
                ground.principals(),
                leads,
                receipts,
                persons,
                deliveries)
            .routes());
    return new ConsolePages(List.copyOf(routes), console.pages());
  }
}
