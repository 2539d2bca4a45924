package dev.porchlight.person;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.filter.Filter;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.ForwardingStore;
import dev.porchlight.store.Store;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.value.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How many contacts a list reads of an owner who has very many, as PostgreSQL counts them.
class ContactReadsTest {
  private static final int CONTACTS = 6_000;
  private static final String OWNER = "20230000000000000000000000";

  private static Watched store;

  /// A store, and how many rows of `contact` the last read went through.
  private static final class Watched extends ForwardingStore {
    private long rows;

    Watched(Store store) {
      super(store);
    }

    @Override
    public <T> T read(Function<Handle, T> query) {
      return super.read(h -> {
        long before = read(h);
        var answer = query.apply(h);
        rows = read(h) - before;
        return answer;
      });
    }

    /// What this connection has not yet told the server's statistics.
    private static long read(Handle h) {
      return h.createQuery(
              "SELECT seq_tup_read + COALESCE(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
                  + " WHERE relname = 'contact'")
          .mapTo(Long.class)
          .one();
    }
  }

  /// Every third is a Bergman, and each has an address of their own.
  @BeforeAll
  static void fill() throws SQLException {
    var url = TestPostgres.newHubDatabase();
    store =
        new Watched(
            new EngineStore(PostgresEngine.open(url, SettableClock.at("2026-03-14T09:00:00Z"))));
    try (var connection = TestPostgres.connect(url);
        var statement = connection.createStatement();
        var contacts =
            connection.prepareStatement(
                "INSERT INTO contact SELECT lpad(n::text, 26, '0'), 'p', 'o', ?, n, 1, replace(CASE"
                    + " n % 3 WHEN 0 THEN ? ELSE ? END, '@', n || '@'), n, n, n, NULL FROM"
                    + " generate_series(1, ?) n")) {
      contacts.setString(1, OWNER);
      contacts.setString(2, body("Bergman"));
      contacts.setString(3, body("Lind"));
      contacts.setInt(4, CONTACTS);
      contacts.executeUpdate();
      statement.execute(
          "INSERT INTO contact_search (owner_id, owned_seq, contact_id, connected, created_at,"
              + " modified_at, display_name, primary_email, family_name) SELECT owner_id,"
              + " owned_seq, id, 1, seq, seq, 'ana ' || f, 'ana.' || seq || '@example.org', f FROM"
              + " (SELECT k.*, CASE seq % 3 WHEN 0 THEN 'bergman' ELSE 'lind' END AS f FROM"
              + " contact k) x");
      statement.execute("VACUUM ANALYZE contact, contact_search");
    }
  }

  @AfterAll
  static void close() {
    store.close();
  }

  private static String body(String family) {
    var card =
        new Card(
            "ana.@example.org",
            List.of(),
            List.of(),
            null,
            Map.of(),
            null,
            false,
            Map.of(),
            List.of());
    return Json.write(
        new ContactBody(
            "Ana " + family,
            "Ana",
            family,
            List.of("ana.@example.org"),
            List.of(),
            List.of(),
            Set.of("display_name", Card.PRIMARY_EMAIL),
            card));
  }

  private static Contacts.Found list(
      String filter, List<Contacts.Order> order, Contacts.Page page, boolean count) {
    return new Contacts(store)
        .list(
            new Contacts.Wanted(
                Set.of(OWNER),
                true,
                Filter.parse(filter, ContactCatalogue.CATALOGUE, Instant.EPOCH).expression(),
                null,
                order,
                page,
                count));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DisplayName Eq 'berg*'",
        "FamilyName Eq contains('erg')",
        "length(FamilyName) Gt 5",
        "FamilyName Eq 'Bergman'"
      })
  void a_page_reads_few_contacts_however_many_match(String filter) {
    for (var page :
        List.of(new Contacts.Page.At(0, 25), new Contacts.Page.After(CONTACTS / 2, 25))) {
      var found = list(filter, List.of(), page, false);
      assertThat(found.contacts())
          .hasSize(25)
          .allMatch(c -> c.contact().body().shownName().equals("Ana Bergman"));
      // What the name of a column can't say is asked of each contact, and a third matches.
      assertThat(store.rows).isLessThanOrEqualTo(filter.startsWith("length") ? 128 : 32);
    }
  }

  @Test
  void one_that_SQL_finds_is_the_only_one_read() {
    var found =
        list("PrimaryEmail Eq contains('.5999@')", List.of(), new Contacts.Page.At(0, 25), false);
    assertThat(found.contacts()).hasSize(1);
    assertThat(store.rows).isEqualTo(1);
  }

  @Test
  void far_behind_and_counted_each_is_read_once() {
    var word = "DisplayName Eq 'berg*'";
    var behind = list(word, List.of(), new Contacts.Page.At(1_000, 25), false);
    assertThat(behind.contacts()).hasSize(25);
    assertThat(store.rows).isBetween(1_025L, 2_000L - 1);
    var counted = list(word, List.of(), new Contacts.Page.At(1_000, 25), true);
    assertThat(counted)
        .isEqualTo(
            new Contacts.Found(
                behind.contacts(), OptionalLong.of(2_000), 1_000, OptionalLong.empty()));
    assertThat(store.rows).isEqualTo(2_000);
  }

  @Test
  void by_score_only_the_page_is_read_where_SQL_says_who_matches() {
    var found =
        list(
            "FamilyName Eq 'Bergman'",
            List.of(new Contacts.Order(Contacts.SCORE, true)),
            new Contacts.Page.At(50, 25),
            true);
    assertThat(found.contacts()).hasSize(25);
    assertThat(found.total()).hasValue(2_000);
    assertThat(store.rows).isEqualTo(25);
  }
}
