package dev.porchlight;

import dev.porchlight.api.Api;
import dev.porchlight.api.BackupRoutes;
import dev.porchlight.api.ContractDocuments;
import dev.porchlight.api.Problems;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.desk.search.Search;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.desk.setup.SourceSetup;
import dev.porchlight.door.events.EventsDoor;
import dev.porchlight.door.seekerleads.SeekerLeadsApi;
import dev.porchlight.ops.Doctor;
import dev.porchlight.ops.Health;
import dev.porchlight.store.backup.Backups;
import dev.porchlight.web.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The hub's own API, by which its people run it, with what stands beside it: the descriptions of
/// contracts, backups and health.
record OwnApi(
    List<Route> routes,
    Api api,
    Search search,
    SourceSetup sources,
    EndpointSetup endpoints,
    EndpointTest trials,
    Problems problems) {
  static OwnApi of(
      Ground ground,
      Reads reads,
      Delivering delivering,
      Deciding deciding,
      Working work,
      Backups backups,
      Doctor doctor) {
    var store = ground.store();
    int number = ground.number();
    var credentials = ground.credentials();
    var secrets = ground.secrets();
    var contracts = ground.contracts();
    var engine = delivering.engine();
    var trials = delivering.trials(store);
    var problems = new Problems();
    var sourceSetup = new SourceSetup(store, number, credentials, secrets, contracts::isRead);
    var endpointSetup =
        new EndpointSetup(
            store,
            number,
            secrets,
            name -> name.equals(EventsDoor.CONTRACT) || contracts.isWritten(name),
            name -> name.equals(EventsDoor.CONTRACT) || contracts.isSignedByDefault(name),
            delivering::objection);
    var search =
        new Search(
            store,
            reads.leads(),
            reads.receipts(),
            reads.deliveries(),
            reads.persons(),
            reads.listings(),
            reads.replays());
    var api =
        new Api(
            new Api.Parts(
                store,
                number,
                ground.principals(),
                ground.audit(),
                credentials,
                secrets,
                sourceSetup,
                endpointSetup,
                Map.of(SeekerLeadsApi.CONTRACT, SeekerLeadsApi.REQUESTS),
                delivering::objection,
                reads.leads(),
                reads.receipts(),
                reads.persons(),
                reads.listings(),
                reads.deliveries(),
                deciding.desk(),
                deciding.grantChanges(),
                deciding.erasure(),
                reads.erasures(),
                engine,
                reads.replays(),
                work.replays()::wake,
                trials,
                delivering::show,
                deciding.rebuild(),
                contracts::read,
                () ->
                    doctor.examine().stream()
                        .map(f -> new Api.Finding(f.level(), f.sentence()))
                        .toList(),
                work.configured(),
                work.retention()::wake,
                search));
    var routes = new ArrayList<>(api.routes());
    routes.addAll(new ContractDocuments().routes(problems));
    routes.addAll(
        new BackupRoutes(store, ground.principals(), secrets, ground.audit(), backups).routes());
    routes.addAll(
        new Health(
                store, reads.receipts(), reads.deliveries(), engine, ground.meters(), Hub.VERSION)
            .routes(problems));
    return new OwnApi(
        List.copyOf(routes), api, search, sourceSetup, endpointSetup, trials, problems);
  }
}
