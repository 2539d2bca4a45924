package dev.porchlight.ops;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.poll.PollState;
import dev.porchlight.desk.poll.Polling;
import dev.porchlight.net.CertificateNote;
import dev.porchlight.net.MailServer;
import dev.porchlight.person.Contact;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreState;
import dev.porchlight.value.LeadJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Looks the hub over and says in sentences what it finds.
public final class Doctor {
  private static final int SHOWN = 20;
  private static final int READ = 2_000;
  private static final String NEWEST_LEADS =
      "SELECT l.id, v.fact FROM lead l JOIN lead_version v ON v.lead_id = l.id"
          + " AND v.version = l.version ORDER BY l.seq DESC LIMIT :most";
  private static final String UNWRITABLE_LEADS =
      "SELECT v.lead_id, v.fact FROM delivery_state s JOIN delivery d ON d.id = s.delivery_id"
          + " JOIN lead_version v ON v.lead_id = d.lead_id AND v.version = d.version"
          + " WHERE s.state = 'unwritable' ORDER BY s.seq DESC LIMIT :most";
  private static final String NEWEST_CONTACTS =
      "SELECT id, body FROM contact ORDER BY seq DESC LIMIT :most";
  private static final Duration REMEMBERED = Duration.ofDays(30);

  /// One finding.
  ///
  /// @param level `ok`, `attention` (a person should look), `fault` (something is broken)
  public record Finding(String level, String sentence) {}

  private final Store store;
  private final Receipts receipts;
  private final Deliveries deliveries;
  private final Supplier<List<Finding>> more;

  public Doctor(Store store, Receipts receipts, Deliveries deliveries) {
    this(store, receipts, deliveries, List::of);
  }

  /// @param more what a running hub has to say beyond its store
  public Doctor(
      Store store, Receipts receipts, Deliveries deliveries, Supplier<List<Finding>> more) {
    this.more = more;
    this.store = store;
    this.receipts = receipts;
    this.deliveries = deliveries;
  }

  public List<Finding> examine() {
    var findings = new ArrayList<Finding>();
    findings.add(
        switch (store.state()) {
          case StoreState.Accepting() -> new Finding("ok", "The store takes work.");
          case StoreState.Refusing(var why) ->
              new Finding("fault", "The store takes no work for now: " + why);
          case StoreState.Halted(var why) ->
              new Finding("fault", "The store takes no work until the next start: " + why);
        });
    store.concern().ifPresent(c -> findings.add(new Finding("attention", c)));
    findings.add(log());
    findings.addAll(accidents());
    receipts(
        findings,
        Receipt.State.OWED,
        "is accepted but not worked out",
        "are accepted but not worked out",
        "each is tried again by itself and after each upgrade; the log says why");
    receipts(
        findings,
        Receipt.State.QUARANTINED,
        "waits in quarantine",
        "wait in quarantine",
        "look with `receipt show`, mend with `receipt resubmit`");
    deliveries(
        findings,
        DeliveryState.State.UNWRITABLE,
        "can't be written in its endpoint's format",
        "can't be written in their endpoint's format",
        "`delivery show` says why; an assumed role or a fallback contract may help");
    deliveries(
        findings,
        DeliveryState.State.DEAD,
        "was given up, refused for good or after all its attempts",
        "were given up, refused for good or after all their attempts",
        "`delivery retry` starts them anew");
    unreadable(
        findings,
        "lead",
        List.of(NEWEST_LEADS, UNWRITABLE_LEADS),
        kept -> LeadJson.find(kept).isPresent());
    unreadable(findings, "contact", List.of(NEWEST_CONTACTS), Contact::isReadable);
    endpoints(findings);
    certificates(findings);
    findings.addAll(more.get());
    polls(findings);
    mails(findings);
    return findings;
  }

  /// What is kept and can't be read: looked for among the newest, and where that is the reason why
  /// a delivery can't be written.
  private void unreadable(
      List<Finding> findings, String what, List<String> sources, Predicate<String> isReadable) {
    var found = new TreeSet<String>();
    for (var sql : sources) {
      found.addAll(
          store.read(h ->
              h.createQuery(sql)
                  .bind("most", READ)
                  .map((r, _) -> isReadable.test(r.getString(2)) ? "" : r.getString(1))
                  .list()));
    }
    found.remove("");
    found.stream()
        .limit(SHOWN)
        .forEach(id ->
            findings.add(
                new Finding(
                    "fault",
                    "What is kept of "
                        + what
                        + " "
                        + id
                        + " can't be read; what came stands in its receipts. Everything else goes"
                        + " on. Look after the disk, and restore a backup.")));
  }

  /// People must be able to end the mails that they get.
  private void mails(List<Finding> findings) {
    var server = MailServer.in(store.settings());
    if (server.isPresent()
        && server.get().links() == null
        && store.read(h ->
            h.createQuery("SELECT 1 FROM feed_schedule LIMIT 1")
                .mapTo(Integer.class)
                .findOne()
                .isPresent())) {
      findings.add(
          new Finding(
              "attention",
              "The links by which people end mails about listings lead to the address that the hub"
                  + " listens at: say where they reach it with `porchlight mail set --links`."));
    }
  }

  private void endpoints(List<Finding> findings) {
    var endpoints = Endpoints.in(store.settings());
    for (var health : deliveries.listAiling().values()) {
      endpoints
          .find(health.endpointId())
          .ifPresent(e ->
              findings.add(
                  new Finding(
                      "attention",
                      "Endpoint "
                          + e.name()
                          + " has taken nothing since "
                          + health.failingSince()
                          + " ("
                          + health.reason()
                          + ")"
                          + (e.disabled() && health.noticed() == 100
                              ? " and was disabled by the hub; what it is owed is kept:"
                                  + " `endpoint set --no-disabled` goes on."
                              : "."))));
    }
  }

  private void certificates(List<Finding> findings) {
    var now = store.now();
    for (var endpoint : Endpoints.in(store.settings()).all()) {
      var tls = endpoint.terms().tls();
      if (tls == null) {
        continue;
      }
      if (tls.certificate() != null) {
        certificate(
            findings,
            "The certificate that endpoint " + endpoint.name() + " is shown",
            tls.certificate(),
            now);
      }
      for (var authority : tls.authorities()) {
        certificate(
            findings,
            "The authority " + authority.subject() + " of endpoint " + endpoint.name(),
            authority,
            now);
      }
    }
  }

  private static void certificate(
      List<Finding> findings, String what, CertificateNote note, Instant now) {
    if (note.isOver(now)) {
      findings.add(
          new Finding(
              "fault",
              what + " expired at " + note.validUntil() + ": `endpoint set` takes another."));
    } else if (note.endsSoon(now)) {
      findings.add(
          new Finding(
              "attention",
              what + " expires soon, at " + note.validUntil() + ": `endpoint set` takes another."));
    }
  }

  private void polls(List<Finding> findings) {
    var pollings = Polling.in(store.settings());
    var sources = Sources.in(store.settings());
    var now = store.now();
    for (var state : PollState.all(store)) {
      var polling = pollings.get(state.sourceId());
      if (polling == null) {
        continue;
      }
      var name = sources.find(state.sourceId()).map(Source::name).orElse(state.sourceId());
      var upTo = " is read up to " + Instant.ofEpochSecond(state.covered());
      if (state.failures() > 0) {
        findings.add(
            new Finding(
                "attention",
                "Source "
                    + name
                    + upTo
                    + "; since then "
                    + state.failures()
                    + (state.failures() == 1 ? " try" : " tries")
                    + " to ask its portal failed: "
                    + state.error()));
      } else {
        boolean late = state.isLate(polling, now);
        findings.add(
            new Finding(
                late ? "attention" : "ok",
                "Source "
                    + name
                    + upTo
                    + (late ? ", which is longer ago than it should be." : ".")));
      }
    }
  }

  private Finding log() {
    long[] counts =
        store.read(h ->
            h.createQuery("SELECT COUNT(*), COALESCE(MAX(seq), 0) FROM log")
                .map((r, _) -> new long[] {r.getLong(1), r.getLong(2)})
                .one());
    return counts[0] == counts[1]
        ? new Finding("ok", "The log has " + counts[0] + " entries without a gap.")
        : new Finding(
            "fault", "The log has " + counts[0] + " entries, but the last is " + counts[1] + ".");
  }

  /// What the store found at its starts, for a month.
  private List<Finding> accidents() {
    var since = Row.micros(store.now().minus(REMEMBERED));
    return store.read(h ->
        h.createQuery(
                "SELECT seq, at, kind, ref FROM log WHERE subject = 'log'"
                    + " AND kind IN ('store.lost', 'store.halted') AND at > :since ORDER BY seq")
            .bind("since", since)
            .map((r, _) ->
                accident(r.getLong(1), Row.instant(r.getLong(2)), r.getString(3), r.getString(4)))
            .list());
  }

  private static Finding accident(long seq, Instant at, String kind, String ref) {
    return switch (kind) {
      case "store.lost" ->
          new Finding(
              "fault",
              "At the start of "
                  + at
                  + " the log ended at "
                  + (seq - 1)
                  + " although it had reached "
                  + ref
                  + ": its newest entries are gone, with what was promised in them. Restore a"
                  + " backup, or have the senders send again what they sent in the hours before.");
      default ->
          new Finding(
              "attention",
              "The store had halted before the start of "
                  + at
                  + " ("
                  + ref
                  + "). The database was checked then and is whole; look after the disk.");
    };
  }

  private void receipts(
      List<Finding> findings, Receipt.State state, String one, String many, String advice) {
    long count = receipts.count(state);
    if (count == 0) {
      findings.add(new Finding("ok", "No receipts " + many + "."));
      return;
    }
    findings.add(
        new Finding(
            "attention",
            count + (count == 1 ? " receipt " + one : " receipts " + many) + ": " + advice + "."));
    receipts
        .list(Scope.EVERYTHING, new Receipts.Query(state, null, null, "", SHOWN))
        .forEach(
            r -> findings.add(new Finding("attention", "  receipt " + r.id() + ": " + r.reason())));
  }

  private void deliveries(
      List<Finding> findings, DeliveryState.State state, String one, String many, String advice) {
    long count = deliveries.counts().of(state);
    if (count == 0) {
      findings.add(new Finding("ok", "No deliveries " + many + "."));
      return;
    }
    findings.add(
        new Finding(
            "attention",
            count
                + (count == 1 ? " delivery " + one : " deliveries " + many)
                + ": "
                + advice
                + "."));
    deliveries
        .list(Scope.EVERYTHING, new Deliveries.Query(null, null, state, SHOWN))
        .forEach(s ->
            findings.add(
                new Finding(
                    "attention", "  delivery " + s.delivery().id() + ": " + s.state().reason())));
  }
}
