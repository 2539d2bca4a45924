package dev.porchlight.door.spark;

import dev.porchlight.filter.Catalogue;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterError;
import dev.porchlight.filter.FilterException;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The standard parameters of a list, checked.
final class ListParameters {
  /// How many items where nobody says.
  static final int USUAL_LIMIT = 10;

  /// The most items on a page, for most.
  static final int LARGEST_LIMIT = 25;

  private static final int LAST_PAGE = 100_000;
  private static final int LARGEST_SKIP = 2_500_000;
  private static final int MOST_TERMS = 10;

  /// Where a list begins.
  sealed interface Start {
    record Page(int number) implements Start {}

    record Skip(int items) implements Start {}

    /// @param after 0 at the beginning
    record Token(long after) implements Start {}

    record PageFor(String id) implements Start {}
  }

  /// What is said of the whole list.
  enum Pagination {
    NONE,
    INCLUDED,
    COUNT_ALONE
  }

  /// A term of `_orderby`.
  record Term(String attribute, boolean descending) {}

  private final int limit;
  private final Pagination pagination;
  private final Start start;
  private final List<Term> order;
  private final Set<String> select;
  private final Set<String> expand;
  private final Filter filter;

  private ListParameters(
      int limit,
      Pagination pagination,
      Start start,
      List<Term> order,
      Set<String> select,
      Set<String> expand,
      Filter filter) {
    this.limit = limit;
    this.pagination = pagination;
    this.start = start;
    this.order = order;
    this.select = select;
    this.expand = expand;
    this.filter = filter;
  }

  /// Reads them.
  ///
  /// @param largest the highest `_limit`
  /// @param orderable whether the list can be ordered by an attribute
  /// @throws SparkException 1053, or 1040 and 1041 for the filter
  static ListParameters of(
      SparkCall call, int largest, Catalogue catalogue, Predicate<String> orderable, Instant now)
      throws BodyException, IOException {
    return new ListParameters(
        number(call, "_limit", 0, largest).orElse(Math.min(USUAL_LIMIT, largest)),
        pagination(call),
        start(call),
        order(call, orderable),
        names(call, "_select"),
        names(call, "_expand"),
        filter(call, catalogue, now));
  }

  /// A parameter that says something: one without a value is as if it were not there.
  private static Optional<String> said(SparkCall call, String name)
      throws BodyException, IOException {
    return call.parameter(name).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static SparkException wrong(String sentence) {
    return new SparkException(SparkFault.INVALID, sentence);
  }

  private static Optional<Integer> number(SparkCall call, String name, int least, int most)
      throws BodyException, IOException {
    var said = said(call, name);
    if (said.isEmpty()) {
      return Optional.empty();
    }
    var text = said.get();
    if (!text.matches("[0-9]{1,9}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw wrong("`" + name + "` is a whole number from " + least + " to " + most + ".");
    }
    return Optional.of(Integer.valueOf(text));
  }

  private static Pagination pagination(SparkCall call) throws BodyException, IOException {
    return switch (said(call, "_pagination").orElse("0")) {
      case "0" -> Pagination.NONE;
      case "1" -> Pagination.INCLUDED;
      case "count" -> Pagination.COUNT_ALONE;
      default -> throw wrong("`_pagination` is 0, 1 or count.");
    };
  }

  private static Start start(SparkCall call) throws BodyException, IOException {
    var starts = new ArrayList<Start>();
    number(call, "_page", 1, LAST_PAGE).ifPresent(n -> starts.add(new Start.Page(n)));
    number(call, "_skip", 0, LARGEST_SKIP).ifPresent(n -> starts.add(new Start.Skip(n)));
    var token = call.parameter("_skiptoken").map(String::strip);
    if (token.isPresent()) {
      // Without a value it begins a walk.
      if (!token.get().matches("[0-9]{0,18}")) {
        throw wrong("`_skiptoken` is empty at first, then the `SkipToken` of the reply before.");
      }
      starts.add(new Start.Token(token.get().isEmpty() ? 0 : Long.parseLong(token.get())));
    }
    said(call, "_pagefor").ifPresent(id -> starts.add(new Start.PageFor(id)));
    if (starts.size() > 1) {
      throw wrong("Only one of `_page`, `_skip`, `_skiptoken` and `_pagefor` may be given.");
    }
    return starts.isEmpty() ? new Start.Page(1) : starts.getFirst();
  }

  private static List<Term> order(SparkCall call, Predicate<String> orderable)
      throws BodyException, IOException {
    var terms = new ArrayList<Term>();
    for (var word : names(call, "_orderby")) {
      boolean descending = word.startsWith("-");
      var name = descending || word.startsWith("+") ? word.substring(1).strip() : word;
      if (!orderable.test(name)) {
        throw wrong("`_orderby` names something that there is no order by.");
      }
      terms.add(new Term(name, descending));
    }
    if (terms.size() > MOST_TERMS) {
      throw wrong("`_orderby` names at most " + MOST_TERMS + " attributes.");
    }
    return terms;
  }

  /// The names in a comma list; blanks around them don't matter.
  static Set<String> names(SparkCall call, String parameter) throws BodyException, IOException {
    return said(call, parameter).stream()
        .flatMap(v -> Arrays.stream(v.split(",")))
        .map(String::strip)
        .filter(n -> !n.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Filter filter(SparkCall call, Catalogue catalogue, Instant now)
      throws BodyException, IOException {
    return parse(call.parameter("_filter").orElse(""), catalogue, isPermissive(call), now);
  }

  /// Whether what is unknown in a filter is to be left out.
  static boolean isPermissive(SparkCall call) throws BodyException, IOException {
    return call.parameter("RequestMode").filter("permissive"::equalsIgnoreCase).isPresent();
  }

  /// Reads a filter.
  ///
  /// @throws SparkException 1040 or 1041, with what is wrong in `SparkQLErrors`
  static Filter parse(String text, Catalogue catalogue, boolean permissive, Instant now) {
    try {
      return permissive
          ? Filter.parsePermissively(text, catalogue, now)
          : Filter.parse(text, catalogue, now);
    } catch (FilterException e) {
      var refusal =
          new SparkException(
              e.code() == FilterError.OVER_LIMIT
                  ? SparkFault.FILTER_OVER_LIMIT
                  : SparkFault.FILTER_INVALID,
              String.valueOf(e.getMessage()));
      for (var error : e.errors()) {
        refusal = refusal.with("SparkQLErrors", view(error));
      }
      throw refusal;
    }
  }

  static JsonNode view(FilterError error) {
    return Json.object()
        .put("Token", error.token())
        .put("Status", error.status().label())
        .put("Message", error.message())
        .put("Position", error.position());
  }

  int limit() {
    return limit;
  }

  Pagination pagination() {
    return pagination;
  }

  Start start() {
    return start;
  }

  /// How many items stand before the page, in a list that can't be walked by token.
  ///
  /// @param what is listed, for the refusal
  int skipped(String what) {
    return switch (start) {
      case Start.Page(int number) -> (int) Math.min(Integer.MAX_VALUE, (number - 1L) * limit);
      case Start.Skip(int items) -> items;
      case Start.Token _, Start.PageFor _ ->
          throw wrong(what + " are paged by `_page` or `_skip`.");
    };
  }

  /// Leaves of an item what was asked for, and what names it.
  ObjectNode selected(ObjectNode item) {
    if (!select.isEmpty()) {
      var kept = new ArrayList<>(select);
      kept.add("Id");
      kept.add("ResourceUri");
      item.retain(kept);
    }
    return item;
  }

  List<Term> order() {
    return order;
  }

  Set<String> select() {
    return select;
  }

  Set<String> expand() {
    return expand;
  }

  Filter filter() {
    return filter;
  }

  /// Adds what a permissive reading left out of the filter.
  void warn(ObjectNode d) {
    if (!filter.dropped().isEmpty()) {
      var errors = d.putArray("SparkQLErrors");
      filter.dropped().forEach(e -> errors.add(view(e)));
    }
  }

  /// What `Pagination` says.
  ///
  /// @param skipped how many items stand before the page
  ObjectNode pagination(long total, long skipped) {
    var view = Json.object();
    view.put("TotalRows", total);
    view.put("PageSize", limit);
    view.put("TotalPages", limit == 0 ? 0 : (total + limit - 1) / limit);
    switch (start) {
      case Start.Page(int number) -> view.put("CurrentPage", number);
      case Start.PageFor _ -> view.put("CurrentPage", limit == 0 ? 1 : skipped / limit + 1);
      case Start.Skip(int items) -> view.put("CurrentOffset", items);
      case Start.Token _ -> {}
    }
    return view;
  }
}
