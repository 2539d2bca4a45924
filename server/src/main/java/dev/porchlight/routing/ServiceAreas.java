package dev.porchlight.routing;

import dev.porchlight.account.Scope;
import dev.porchlight.filter.Folding;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Address;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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
  /// @param provider who serves it, as written
  /// @param providerId the party that is; null when that is none
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
      @Nullable String providerId,
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
          providerId,
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
          .key("seq", Area::seq)
          .column("at", Area::at)
          .column("deleted", Area::deleted)
          .column("kind", Area::kind)
          .column("locality", Area::locality)
          .column("region", Area::region)
          .column("country", Area::country)
          .column("postal_code", Area::postalCode)
          .column("provider", Area::provider)
          .column("provider_id", Area::providerId)
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
                  r.textOrNull(12),
                  r.integerOrNull(13),
                  r.integerOrNull(14),
                  flag(r.integerOrNull(15)),
                  r.text(16),
                  r.text(17)));

  /// An area of a place.
  private record Named(String name, long seq) {}

  /// The areas of one place that are served now, each by what was said of it last.
  private record Served(String company, String place, List<Named> areas) {}

  private static final Table<Served> PLACES =
      Table.<Served>named("service_place")
          .key("company_id", Served::company)
          .key("place", Served::place)
          .column("areas", s -> Json.write(s.areas()))
          .readBy(
              r -> new Served(r.text(1), r.text(2), List.of(Json.read(r.text(3), Named[].class))));

  /// The kind of the settings that say, by the company's id, that something was said of its areas:
  /// leads of all others need not look for any.
  private static final String SETTING = "service-areas";

  /// The log's kind of line that tells of a change; its subject is the company, its reference the
  /// area's name.
  public static final String LINE = "area.changed";

  /// What was said of an area before stays, so that leads can be decided on again as they were.
  private static final String NEWEST =
      "NOT EXISTS (SELECT 1 FROM service_area b WHERE b.company_id = a.company_id"
          + " AND b.name = a.name AND b.seq > a.seq)";

  private static final int MOST = 100;

  private ServiceAreas() {}

  private static @Nullable Boolean flag(@Nullable Integer number) {
    return number == null ? null : number != 0;
  }

  /// A postal code, or a city.
  ///
  /// @param key by which areas are found; empty where an area names none
  /// @param words for people
  public record Place(String key, String words) {
    private static Place code(String code) {
      var plain = code.strip().replace(" ", "");
      // Of the nine digits of the United States the first five are the area.
      var area = plain.matches("[0-9]{5}-?[0-9]{4}") ? plain.substring(0, 5) : plain;
      return new Place("code " + Folding.fold(area), "the postal code " + area);
    }

    private static Place city(String city) {
      return new Place("city " + Folding.fold(city.strip()), city.strip());
    }

    private static Place of(Area area) {
      var code = area.postalCode();
      var city = area.locality();
      if (code != null && !code.isBlank() && !"City".equals(area.kind())) {
        return code(code);
      }
      return city == null || city.isBlank() ? new Place("", "") : city(city);
    }
  }

  /// The places that an address is in, the narrowest first.
  public static List<Place> places(Address address) {
    var all = new ArrayList<Place>();
    if (address.postalCode() != null && !address.postalCode().isBlank()) {
      all.add(Place.code(address.postalCode()));
    }
    if (address.city() != null && !address.city().isBlank()) {
      all.add(Place.city(address.city()));
    }
    return all;
  }

  /// Whether anything was ever said of a company's areas.
  public static boolean has(Settings settings, String company) {
    return settings.find(SETTING, company).isPresent();
  }

  /// The areas in which a place lies and by which leads may be routed, the one said last first; at
  /// most a hundred are looked at. Rows by key alone, as every lead of such a company asks.
  ///
  /// @param region the state of the place; areas of another are left out
  public static List<Area> serving(
      Batch batch, String company, Place place, @Nullable String region) {
    var served = has(batch.settings(), company) ? batch.find(PLACES, company, place.key()) : null;
    if (served == null) {
      return List.of();
    }
    return served.areas().stream()
        .sorted(Comparator.comparingLong(Named::seq).reversed())
        .limit(MOST)
        .map(named -> batch.find(TABLE, company, named.name(), named.seq()))
        .filter(Objects::nonNull)
        .filter(a -> !Boolean.FALSE.equals(a.toConsumerSite()))
        .filter(a ->
            a.region() == null || region == null || a.region().strip().equalsIgnoreCase(region))
        .toList();
  }

  /// Takes over what was said of an area, unless something newer is known.
  ///
  /// @param said its `seq` is set here
  public static void put(Batch batch, Area said) {
    var known = newest(batch, said.company(), said.name());
    if (!known.isEmpty() && known.getFirst().at().isAfter(said.at())) {
      return;
    }
    batch.put(TABLE, said.at(batch.append(LINE, said.company(), said.name())));
    placed(batch, said.company(), said.name());
    if (!has(batch.settings(), said.company())) {
      batch.change(SETTING, said.company(), "{}");
    }
  }

  /// Notes where an area is found from now on, after the newest that was said of it was put.
  public static void placed(Batch batch, String company, String name) {
    var versions = newest(batch, company, name);
    var now = versions.getFirst();
    if (versions.size() > 1) {
      place(batch, versions.get(1), areas -> areas.removeIf(a -> a.name().equals(name)));
    }
    if (!now.deleted()) {
      place(batch, now, areas -> areas.add(new Named(name, now.seq())));
    }
  }

  private static void place(Batch batch, Area area, Consumer<List<Named>> change) {
    var place = Place.of(area).key();
    if (place.isEmpty()) {
      return;
    }
    var known = batch.find(PLACES, area.company(), place);
    var areas = new ArrayList<>(known == null ? List.<Named>of() : known.areas());
    change.accept(areas);
    if (areas.isEmpty()) {
      batch.delete(PLACES, area.company(), place);
    } else {
      batch.put(PLACES, new Served(area.company(), place, areas));
    }
  }

  /// What was said of an area last, and before that.
  private static List<Area> newest(Batch batch, String company, String name) {
    return batch
        .sql()
        .createQuery(
            "SELECT "
                + TABLE.columnList("a")
                + " FROM service_area a WHERE a.company_id = :c AND a.name = :n"
                + " ORDER BY a.seq DESC LIMIT 2")
        .bind("c", company)
        .bind("n", name)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list();
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
                      + TABLE.columnList("a")
                      + " FROM service_area a WHERE a.seq < :b AND a.deleted = 0 AND "
                      + NEWEST
                      + (scope.everything() ? "" : " AND a.company_id IN (<companies>)")
                      + " ORDER BY a.seq DESC LIMIT :l")
              .bind("b", before)
              .bind("l", limit);
      if (!scope.everything()) {
        query.bindList("companies", companies);
      }
      return query.map((r, _) -> TABLE.read(new Row(r))).list();
    });
  }
}
