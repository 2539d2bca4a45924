package dev.porchlight.watch;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.filter.Folding;
import dev.porchlight.filter.Value;
import dev.porchlight.geo.Box;
import dev.porchlight.geo.Shapes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds, out of very many searches, those that a listing meets. Pure: it knows nothing but what it
/// was given.
///
/// A search is read as the ways in which it can be true (see [Branch]). Each way stands under one
/// place: a listing's number, a postal code, a city, a piece of the map, a county, a state; where a
/// search names none of these, under none. A listing is looked for under each place that it has, so
/// only the searches of its surroundings, and those of no place, are looked at, and these by their
/// ranges and sets, column by column, without reading a filter. Where a search says more than that,
/// its filter decides; it is read when it is needed, and the most used are kept.
///
/// A filter that speaks of the present time says another thing each moment: what it says regardless
/// of the time is indexed, and the filter is read anew for each listing that gets that far.
///
/// For one thread.
public final class Matcher {
  /// Which numbers tell how large a piece of the map is, in degrees: the small ones first.
  private static final double[] CELLS = {0.25, 4};

  private static final int MOST_CELLS = 64;

  /// How much is kept of filters that were read, by their length.
  private static final int KEPT = 16_000_000;

  private static final int MOST_WORDS = 63;
  private static final Duration MUCH_LATER = Duration.ofDays(400);

  private static final List<String> PLACES =
      List.of("ListingId", "ListingKey", "PostalCode", "City", "CountyOrParish", "StateOrProvince");
  private static final int LOCAL = 4;
  private static final List<String> SETS =
      List.of("StateOrProvince", "MlsStatus", "StandardStatus", "PropertyType", "PropertySubType");
  private static final int LATITUDE = Branch.NUMBERS.indexOf("Latitude");
  private static final int LONGITUDE = Branch.NUMBERS.indexOf("Longitude");

  private final Map<String, Integer> slots = new HashMap<>();
  private final ArrayList<@Nullable Search> searches = new ArrayList<>();
  private final BitSet dead = new BitSet();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final Map<String, Bucket> buckets = new HashMap<>();
  private final List<Map<String, Integer>> words = new ArrayList<>();
  private final LinkedHashMap<String, Evaluator> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;
  private int[] left = new int[1000];

  /// @param whole the index says all
  private record Search(String id, String filter, boolean whole, boolean timed) {}

  public Matcher() {
    for (int i = 0; i < SETS.size(); i++) {
      words.add(new HashMap<>());
    }
  }

  /// Forgets all.
  public void clear() {
    slots.clear();
    searches.clear();
    dead.clear();
    free.clear();
    buckets.clear();
    words.forEach(Map::clear);
    kept.clear();
    weight = 0;
  }

  /// How many searches there are.
  public int size() {
    return slots.size();
  }

  /// Puts a search in, in the place of what it was.
  ///
  /// @param root the account root whose listings it is about
  /// @param now about when it is
  /// @return false when the filter can't be read: then nothing meets it
  public boolean put(String id, String root, String filter, Instant now) {
    remove(id);
    Expression expression;
    try {
      expression = parse(filter, now);
    } catch (FilterException e) {
      return false;
    }
    var lasting = lasting(filter, expression, now);
    boolean timed = !lasting.equals(expression);
    int slot = free.isEmpty() ? searches.size() : free.pop();
    if (slot == searches.size()) {
      searches.add(null);
    }
    boolean whole = !timed;
    for (var branch : Branch.of(lasting)) {
      if (isPossible(branch)) {
        var asked = asked(branch);
        var places = places(branch);
        whole &= branch.isExact() && fits(branch, places.attribute());
        for (var key : places.keys()) {
          buckets.computeIfAbsent(root + "\n" + key, _ -> new Bucket()).add(slot, asked);
        }
      }
    }
    searches.set(slot, new Search(id, filter, whole, timed));
    slots.put(id, slot);
    return true;
  }

  /// Takes a search out.
  public void remove(String id) {
    var slot = slots.remove(id);
    if (slot != null) {
      searches.set(slot, null);
      dead.set(slot);
      if (dead.cardinality() > 1000 + slots.size()) {
        sweep();
      }
    }
  }

  private void sweep() {
    buckets.values().removeIf(b -> !b.sweep(dead));
    dead.stream().forEach(free::push);
    dead.clear();
  }

  private static Expression parse(String filter, Instant now) {
    return Filter.parse(filter, ListingAttributes.KNOWN, now).expression();
  }

  /// What a filter says whatever the time is: all of it when it does not speak of the time.
  private static Expression lasting(String filter, Expression said, Instant now) {
    Expression later;
    try {
      later = parse(filter, now.plus(MUCH_LATER));
    } catch (FilterException e) {
      // It speaks of times so far away that they can't be said then.
      return new Expression.Everything();
    }
    if (said.equals(later)) {
      return said;
    }
    var same = new ArrayList<Expression>();
    if (said instanceof Expression.And(var parts) && later instanceof Expression.And(var others)) {
      for (int i = 0; i < Math.min(parts.size(), others.size()); i++) {
        if (parts.get(i).equals(others.get(i))) {
          same.add(parts.get(i));
        }
      }
    }
    return switch (same.size()) {
      case 0 -> new Expression.Everything();
      case 1 -> same.getFirst();
      default -> new Expression.And(same);
    };
  }

  /// Whether any listing can be that.
  private static boolean isPossible(Branch branch) {
    return branch.texts().values().stream().noneMatch(java.util.Set::isEmpty)
        && branch.ranges().values().stream().allMatch(s -> s.low() <= s.high());
  }

  /// Whether the index looks at all that a branch says: of places it looks at one, of words at
  /// those that have a bit of their own.
  private boolean fits(Branch branch, String place) {
    return branch.texts().entrySet().stream()
        .allMatch(e -> {
          int set = SETS.indexOf(e.getKey());
          return e.getKey().equals(place)
              || set >= 0 && e.getValue().stream().allMatch(t -> bit(set, t) < MOST_WORDS);
        });
  }

  private Bucket.Probe asked(Branch branch) {
    var asked = new Bucket.Probe();
    for (int d = 0; d < Branch.NUMBERS.size(); d++) {
      var span = branch.ranges().get(Branch.NUMBERS.get(d));
      if (span != null) {
        asked.low[d] = span.low();
        asked.high[d] = span.high();
      }
    }
    for (int s = 0; s < SETS.size(); s++) {
      var texts = branch.texts().get(SETS.get(s));
      if (texts != null) {
        long mask = 0;
        for (var text : texts) {
          mask |= 1L << bit(s, text);
        }
        asked.masks[s] = mask;
      }
    }
    return asked;
  }

  /// Words beyond the sixty-third share a bit, so that bit says nothing for sure.
  private int bit(int set, String folded) {
    var known = words.get(set);
    var bit = known.get(folded);
    if (bit == null) {
      bit = Math.min(known.size(), MOST_WORDS);
      known.put(folded, bit);
    }
    return bit;
  }

  /// Under what a branch stands.
  ///
  /// @param attribute the attribute whose words these are; empty when they are none
  private record Places(String attribute, List<String> keys) {}

  private static Places places(Branch branch) {
    for (int p = 0; p < PLACES.size(); p++) {
      if (p == LOCAL) {
        var cells = cells(branch);
        if (!cells.isEmpty()) {
          return new Places("", cells);
        }
      }
      var name = PLACES.get(p);
      var texts = branch.texts().get(name);
      if (texts != null) {
        return new Places(name, texts.stream().map(t -> name + "\n" + t).toList());
      }
    }
    return new Places("", List.of(""));
  }

  /// The pieces of the map that a branch's boxes touch; none when it has none, or too large ones.
  private static List<String> cells(Branch branch) {
    var latitude = branch.ranges().get("Latitude");
    var longitude = branch.ranges().get("Longitude");
    if (latitude == null || longitude == null) {
      return List.of();
    }
    var all = new Box(latitude.low(), longitude.low(), latitude.high(), longitude.high());
    for (double size : CELLS) {
      var cells = new LinkedHashSet<String>();
      boolean few = true;
      for (var box : branch.boxes().isEmpty() ? List.of(all) : branch.boxes()) {
        few = few && addCells(size, box, all, cells);
      }
      if (few) {
        return List.copyOf(cells);
      }
    }
    return List.of();
  }

  /// Adds the pieces of the map that a box touches within another; false when they are too many.
  private static boolean addCells(double size, Box box, Box within, Set<String> cells) {
    double south = Math.floor(Math.max(box.south(), within.south()) / size);
    double north = Math.floor(Math.min(box.north(), within.north()) / size);
    double west = Math.floor(Math.max(box.west(), within.west()) / size);
    double east = Math.floor(Math.min(box.east(), within.east()) / size);
    if (north < south || east < west) {
      return true;
    }
    if ((north - south + 1) * (east - west + 1) > MOST_CELLS) {
      return false;
    }
    for (double y = south; y <= north; y++) {
      for (double x = west; x <= east; x++) {
        cells.add(cell(size, y, x));
      }
    }
    return cells.size() <= MOST_CELLS;
  }

  private static String cell(double size, double y, double x) {
    return size + "\n" + (long) y + "\n" + (long) x;
  }

  /// The searches that a listing meets.
  ///
  /// @param listing see [Watchable]
  /// @param now the time that filters go by
  public Set<String> find(String root, Function<String, Value> listing, Instant now) {
    var probe = new Bucket.Probe();
    boolean exact = true;
    for (int d = 0; d < Branch.NUMBERS.size(); d++) {
      var number = Branch.number(listing.apply(Branch.NUMBERS.get(d)));
      if (number != null) {
        probe.low[d] = number.doubleValue();
        exact &= Branch.isExact(number);
      }
    }
    for (int s = 0; s < SETS.size(); s++) {
      probe.masks[s] = 0;
      if (listing.apply(SETS.get(s)) instanceof Value.Text(var text)) {
        var bit = words.get(s).get(Folding.fold(text));
        if (bit != null) {
          probe.masks[s] = 1L << bit;
        }
      }
    }
    var all = new BitSet();
    for (var bucket : around(root, listing, probe)) {
      if (left.length < bucket.size()) {
        left = new int[bucket.size() + (bucket.size() >> 1)];
      }
      bucket.find(probe, left, all::set);
    }
    var found = new HashSet<String>();
    boolean sure = exact;
    all.stream()
        .forEach(slot -> {
          var search = searches.get(slot);
          if (search != null && (sure && search.whole() || decides(search, listing, now))) {
            found.add(search.id());
          }
        });
    return found;
  }

  private List<Bucket> around(String root, Function<String, Value> listing, Bucket.Probe probe) {
    return placesOf(listing, probe).stream()
        .map(p -> buckets.get(root + "\n" + p))
        .filter(Objects::nonNull)
        .toList();
  }

  /// How many searches stand under a listing's places.
  int around(String root, double latitude, double longitude) {
    var probe = new Bucket.Probe();
    probe.low[LATITUDE] = latitude;
    probe.low[LONGITUDE] = longitude;
    return around(root, _ -> Value.UNSET, probe).stream().mapToInt(Bucket::size).sum();
  }

  private static List<String> placesOf(Function<String, Value> listing, Bucket.Probe probe) {
    var places = new ArrayList<String>();
    places.add("");
    for (var name : PLACES) {
      if (listing.apply(name) instanceof Value.Text(var text)) {
        places.add(name + "\n" + Folding.fold(text));
      }
    }
    double latitude = probe.low[LATITUDE];
    double longitude = probe.low[LONGITUDE];
    if (Double.isFinite(latitude) && Double.isFinite(longitude)) {
      for (double size : CELLS) {
        places.add(cell(size, Math.floor(latitude / size), Math.floor(longitude / size)));
      }
    }
    return places;
  }

  private boolean decides(Search search, Function<String, Value> listing, Instant now) {
    var filter = search.filter();
    if (search.timed()) {
      try {
        return evaluator(filter, now).matches(listing);
      } catch (FilterException e) {
        return false;
      }
    }
    var evaluator = kept.get(filter);
    if (evaluator == null) {
      evaluator = evaluator(filter, now);
      keep(filter, evaluator);
    }
    return evaluator.matches(listing);
  }

  private static Evaluator evaluator(String filter, Instant now) {
    return Evaluator.of(parse(filter, now), Shapes.GEOMETRY);
  }

  private void keep(String filter, Evaluator evaluator) {
    kept.put(filter, evaluator);
    weight += weight(filter);
    for (var eldest = kept.keySet().iterator(); weight > KEPT; eldest.remove()) {
      weight -= weight(eldest.next());
    }
  }

  private static int weight(String filter) {
    return 100 + filter.length();
  }
}
