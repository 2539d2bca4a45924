package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// What persons said of being written to, each time with its evidence; of each channel what they
/// said last holds. Who has said nothing has neither allowed nor forbidden anything.
public final class Consents {
  /// A way to reach a person.
  public enum Channel {
    EMAIL,
    /// Calls and text messages.
    PHONE;

    /// The word in the API and the store.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Channel of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /// That a person allowed it, or no longer does.
  ///
  /// @param seq the log entry that tells of it
  /// @param at when they said so
  /// @param address the address or number that they gave with it; empty where there was none
  /// @param event ours of the event that it came by
  /// @param uri the event's id, under which its publisher knows it
  /// @param publisher the party that published it
  /// @param providers JSON: the parties whom it concerns, as written
  public record Consent(
      String person,
      long seq,
      Channel channel,
      boolean given,
      Instant at,
      String address,
      String event,
      String uri,
      String publisher,
      String providers) {
    public List<String> listProviders() {
      return List.of(Json.read(providers, String[].class));
    }
  }

  private static final Table<Consent> TABLE =
      Table.<Consent>named("consent")
          .key("person_id", Consent::person)
          .key("seq", Consent::seq)
          .column("channel", c -> c.channel().word())
          .column("given", Consent::given)
          .column("at", Consent::at)
          .column("address", Consent::address)
          .column("event_id", Consent::event)
          .column("uri", Consent::uri)
          .column("publisher_id", Consent::publisher)
          .column("providers", Consent::providers)
          .readBy(r ->
              new Consent(
                  r.text(1),
                  r.number(2),
                  Channel.of(r.text(3)),
                  r.flag(4),
                  r.time(5),
                  r.text(6),
                  r.text(7),
                  r.text(8),
                  r.text(9),
                  r.text(10)));

  /// The log's kinds of lines that tell of one; their subject is the person.
  public static final Set<String> LINES = Set.of("consent.given", "consent.withdrawn");

  private Consents() {}

  /// Keeps what a person said, as a line of the log.
  ///
  /// @param said its `seq` is set here
  public static void keep(Batch batch, Consent said) {
    long seq =
        batch.append(
            said.given() ? "consent.given" : "consent.withdrawn", said.person(), said.event());
    batch.put(
        TABLE,
        new Consent(
            said.person(),
            seq,
            said.channel(),
            said.given(),
            said.at(),
            said.address(),
            said.event(),
            said.uri(),
            said.publisher(),
            said.providers()));
  }

  static void forget(Batch batch, String person) {
    batch.sql().execute("DELETE FROM consent WHERE person_id = ?", person);
  }

  /// All that a person ever said of it, the newest first.
  public static List<Consent> list(Store store, String person) {
    return store.read(h -> list(h, person));
  }

  private static List<Consent> list(Handle h, String person) {
    return h
        .createQuery("SELECT " + TABLE.columnList() + " FROM consent WHERE person_id = :p")
        .bind("p", person)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list()
        .stream()
        .sorted(Comparator.comparing(Consent::at).thenComparing(Consent::seq).reversed())
        .toList();
  }

  /// The channels by which a person no longer wants to be written to: nothing that is not asked for
  /// goes there.
  public static Set<Channel> withdrawn(Handle h, String person) {
    var decided = EnumSet.noneOf(Channel.class);
    var withdrawn = EnumSet.noneOf(Channel.class);
    for (var said : list(h, person)) {
      if (decided.add(said.channel()) && !said.given()) {
        withdrawn.add(said.channel());
      }
    }
    return withdrawn;
  }
}
