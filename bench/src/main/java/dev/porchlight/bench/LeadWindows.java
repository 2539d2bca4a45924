package dev.porchlight.bench;

import dev.porchlight.account.Scope;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.seekerleads.SeekerLeads;
import dev.porchlight.desk.LeadWalk;
import dev.porchlight.desk.Messages;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Measures pages of `GET /leads`: fills a store with leads of a hundred offices, ten a second, and
/// reads pages of a hundred out of windows anywhere, each written as the contract has it; once for
/// clients of one office, once for clients of them all.
///
/// `LeadWindows FOLDER-OR-JDBC-URL LEADS`; a store that has leads is taken as it is.
public final class LeadWindows {
  private static final int OFFICES = 100;
  private static final int A_SECOND = 10;
  private static final int CHUNK = 10_000;
  private static final int PAGES = 2_000;
  private static final int WARM_UP = 300;
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

  private LeadWindows() {}

  /// Fills and measures.
  public static void main(String[] arguments) throws Exception {
    long leads = Long.parseLong(arguments[1]);
    var engine =
        arguments[0].startsWith("jdbc:")
            ? PostgresEngine.open(arguments[0], Clock.systemUTC())
            : SqliteEngine.open(Path.of(arguments[0]), Clock.systemUTC());
    try (var store = new EngineStore(engine)) {
      fill(store, leads);
      var walk = new LeadWalk(store, new Messages(store));
      for (int offices : new int[] {1, OFFICES}) {
        measure(walk, leads, offices);
      }
    }
  }

  private static String office(int n) {
    return "%026d".formatted(n);
  }

  private static void fill(Store store, long leads) {
    if (store.read(
            h ->
                h.createQuery("SELECT COUNT(*) FROM (SELECT 1 FROM lead LIMIT 1) AS t")
                    .mapTo(Long.class)
                    .one())
        > 0) {
      return;
    }
    var fact =
        new String(
            LeadJson.bytes(
                Lead.of(
                        new Enquirer(
                            "Camille",
                            "Martin",
                            null,
                            "camille.martin@example.org",
                            "+33199001234",
                            null,
                            null))
                    .with(b -> b.message("Ce bien est-il toujours disponible ? ".repeat(4)))),
            StandardCharsets.UTF_8);
    long first = FIRST.toEpochMilli() * 1000;
    long step = 1_000_000 / A_SECOND;
    for (long n = 1; n <= leads; n += CHUNK) {
      var numbers =
          "WITH RECURSIVE c(n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < %d) "
              .formatted(n, Math.min(leads, n + CHUNK - 1));
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var sql = batch.sql();
            sql.execute(
                numbers
                    + "INSERT INTO log (seq, at, kind, subject, ref) SELECT n, "
                    + first
                    + " + n * "
                    + step
                    + ", 'lead.created', 'lead-' || n, '' FROM c");
            sql.execute(
                numbers
                    + "INSERT INTO lead (id, source_id, external_id, derived, guid, office_id,"
                    + " person_id, contact_id, test, version, evidence, answers, created_at,"
                    + " updated_at, seq) SELECT 'lead-' || n, 's', 'e-' || n, 0, 'g-' || n,"
                    + " '00000000000000000000000' || (100 + n % "
                    + OFFICES
                    + "), 'p', 'c-' || n, 0, 1, '', '{\"member\":\"m\",\"member_name\":\"M\"}',"
                    + " 0, 0, n FROM c");
            sql.execute(
                numbers
                    + "INSERT INTO lead_version (lead_id, version, receipt_id, at, fingerprint,"
                    + " fact) SELECT 'lead-' || n, 1, 'r-' || n, 0, 'f', ? FROM c",
                fact);
            return true;
          });
    }
  }

  private static void measure(LeadWalk walk, long leads, int offices) {
    Set<String> granted =
        IntStream.range(0, offices)
            .mapToObj(n -> office(100 + (n + 37) % OFFICES))
            .collect(Collectors.toSet());
    var scope = new Scope(false, granted);
    var connector = new SeekerLeads();
    var random = new Random(1);
    var nanos = new ArrayList<Long>();
    for (int i = 0; i < WARM_UP + PAGES; i++) {
      var from =
          FIRST
              .plus(Duration.ofMillis((long) (random.nextDouble() * leads * 1000 / A_SECOND)))
              .minus(Duration.ofHours(1));
      long began = System.nanoTime();
      long bytes = 0;
      for (var lead :
          walk.page(scope, new LeadWalk.Window(from, from.plus(Duration.ofDays(7))), 0, 100)) {
        bytes +=
            switch (connector.write(walk.message(lead), WriteOptions.NONE)) {
              case Written.Bytes(var body, _, _) -> body.length;
              case Written.CannotWrite _ -> throw new IllegalStateException("can't be written");
            };
      }
      long took = System.nanoTime() - began;
      if (i >= WARM_UP && bytes >= 0) {
        nanos.add(took);
      }
    }
    Collections.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%,d leads, client of %d of %d offices, %d pages of 100: median %.2f ms, p99 %.2f ms%n",
        leads,
        offices,
        OFFICES,
        nanos.size(),
        nanos.get(nanos.size() / 2) / 1e6,
        nanos.get(nanos.size() * 99 / 100) / 1e6);
  }
}
