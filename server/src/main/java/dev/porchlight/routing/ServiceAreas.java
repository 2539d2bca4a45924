package dev.porchlight.routing;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which company serves which city or postal code, as events say.
public final class ServiceAreas {
  /// One area.
  ///
  /// @param company whose customers' area it is
  /// @param name the name that the system gave it which made it, `system:number`
  /// @param seq the log entry of its last change
  /// @param at when that was so
  /// @param deleted it is served no more
  /// @param kind `City`, `PostalCode` or another word as sent
  /// @param provider the company that serves it, as written
  /// @param weight its share in the round robin among providers of one area
  /// @param sortOrder in which order offices are shown
  /// @param toConsumerSite whether leads from searches of consumers may be routed by it
  /// @param members JSON, as sent
  public record Area(
      String company,
      String name,
      long seq,
      Instant at,
      boolean deleted,
      @Nullable String kind,
      @Nullable String locality,
      @Nullable String region,
      @Nullable String country,
      @Nullable String postalCode,
      @Nullable String provider,
      @Nullable Integer weight,
      @Nullable Integer sortOrder,
      @Nullable Boolean toConsumerSite,
      String members,
      String event) {
    Area at(long place) {
      return new Area(
          company,
          name,
          place,
          at,
          deleted,
          kind,
          locality,
          region,
          country,
          postalCode,
          provider,
          weight,
          sortOrder,
          toConsumerSite,
          members,
          event);
    }
  }

  private static final Table<Area> TABLE =
      Table.<Area>named("service_area")
          .key("company_id", Area::company)
          .key("name", Area::name)
          .column("seq", Area::seq)
          .column("at", Area::at)
          .column("deleted", Area::deleted)
          .column("kind", Area::kind)
          .column("locality", Area::locality)
          .column("region", Area::region)
          .column("country", Area::country)
          .column("postal_code", Area::postalCode)
          .column("provider", Area::provider)
          .column("weight", Area::weight)
          .column("sort_order", Area::sortOrder)
          .column("to_consumer_site", Area::toConsumerSite)
          .column("members", Area::members)
          .column("event_id", Area::event)
          .readBy(r ->
              new Area(
                  r.text(1),
                  r.text(2),
                  r.number(3),
                  r.time(4),
                  r.flag(5),
                  r.textOrNull(6),
                  r.textOrNull(7),
                  r.textOrNull(8),
                  r.textOrNull(9),
                  r.textOrNull(10),
                  r.textOrNull(11),
                  r.integerOrNull(12),
                  r.integerOrNull(13),
                  flag(r.integerOrNull(14)),
                  r.text(15),
                  r.text(16)));

  /// The log's kind of line that tells of a change; its subject is the company, its reference the
  /// area's name.
  public static final String LINE = "area.changed";

  private ServiceAreas() {}

  private static @Nullable Boolean flag(@Nullable Integer number) {
    return number == null ? null : number != 0;
  }

  /// Takes over what was said of an area, unless something newer is known.
  ///
  /// @param said its `seq` is set here
  public static void put(Batch batch, Area said) {
    var known = batch.find(TABLE, said.company(), said.name());
    if (known == null || !known.at().isAfter(said.at())) {
      batch.put(TABLE, said.at(batch.append(LINE, said.company(), said.name())));
    }
  }

  /// The areas that are served, those that changed last first.
  ///
  /// @param before only those that changed before that log entry
  public static List<Area> list(
      Store store, Scope scope, List<String> companies, long before, int limit) {
    if (!scope.everything() && companies.isEmpty()) {
      return List.of();
    }
    return store.read(h -> {
      var query =
          h.createQuery(
                  "SELECT "
                      + TABLE.columnList()
                      + " FROM service_area WHERE seq < :b AND deleted = 0"
                      + (scope.everything() ? "" : " AND company_id IN (<companies>)")
                      + " ORDER BY seq DESC LIMIT :l")
              .bind("b", before)
              .bind("l", limit);
      if (!scope.everything()) {
        query.bindList("companies", companies);
      }
      return query.map((r, _) -> TABLE.read(new Row(r))).list();
    });
  }
}
