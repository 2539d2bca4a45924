package dev.porchlight;

import dev.porchlight.access.ClientTokens;
import dev.porchlight.connector.Replies;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.realtor.RealtorReplies;
import dev.porchlight.connector.seekerleads.SeekerLeadReplies;
import dev.porchlight.connector.seekerleads.SeekerLeads;
import dev.porchlight.desk.LeadWalk;
import dev.porchlight.desk.feed.Bounces;
import dev.porchlight.door.PushDoor;
import dev.porchlight.door.events.EventsDoor;
import dev.porchlight.door.mail.MailDoor;
import dev.porchlight.door.mail.SmtpListener;
import dev.porchlight.door.mail.UnsubscribePage;
import dev.porchlight.door.seekerleads.SeekerLeadsApi;
import dev.porchlight.door.spark.SparkDoor;
import dev.porchlight.http.Tls;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ways by which others' systems come in and ask: a class for each contract's door.
record Doors(List<Route> routes, SparkDoor spark) {
  static Doors of(Ground ground, Reads reads, Delivering delivering, Deciding deciding) {
    var store = ground.store();
    int number = ground.number();
    var config = ground.config();
    var credentials = ground.credentials();
    var secrets = ground.secrets();
    var contracts = ground.contracts();
    var outgoing = delivering.outgoing();
    var routes = new ArrayList<Route>();
    var realtor = new RealtorReplies();
    Replies seeker = new SeekerLeadReplies();
    var seekers = new SeekerLeads().contract();
    routes.addAll(
        new PushDoor(
                store,
                deciding.desk(),
                credentials,
                secrets,
                c -> c.equals(seekers) ? seeker : realtor,
                ground.meters())
            .routes(contracts.channels()));
    routes.addAll(
        new SeekerLeadsApi(
                new SeekerLeadsApi.Parts(
                    store,
                    number,
                    new ClientTokens(store, credentials, secrets),
                    secrets,
                    deciding.desk(),
                    reads.receipts(),
                    new LeadWalk(store, reads.messages()),
                    reads.listings(),
                    reads.deliveries(),
                    delivering.engine(),
                    reads.names(),
                    m -> contracts.get(SeekerLeadsApi.CONTRACT).write(m, WriteOptions.NONE),
                    outgoing::objection,
                    ground.meters()))
            .routes());
    routes.addAll(
        new EventsDoor(
                store, credentials, deciding.publishing(), deciding.postbox(), delivering.inboxes())
            .routes());
    routes.addAll(new UnsubscribePage(store, delivering.marks()).routes());
    var spark =
        new SparkDoor(
            new SparkDoor.Parts(
                store,
                number,
                credentials,
                secrets,
                config.sparkTwinsByName(),
                config.insecureDevelopment(),
                outgoing::objection));
    routes.addAll(spark.routes());
    return new Doors(List.copyOf(routes), spark);
  }

  /// Listens for leads that come by mail; null when the configuration says not to.
  static @Nullable SmtpListener listenForMail(
      Ground ground, Reads reads, Delivering delivering, Deciding deciding, @Nullable Tls tls)
      throws IOException {
    var config = ground.config();
    if (config.smtpPort() == HubConfig.NO_SMTP) {
      return null;
    }
    return new SmtpListener(
        InetAddress.getByName(config.bind()),
        config.smtpPort(),
        new MailDoor(
            ground.store(),
            deciding.desk(),
            ground.credentials(),
            delivering.marks(),
            new Bounces(ground.store(), reads.deliveries()),
            ground.meters()),
        () -> tls == null ? null : tls.sslContext());
  }
}
