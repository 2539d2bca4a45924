package dev.porchlight.door.spark;

import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.web.BodyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the resources of searches, carts and feeds have in common: bodies, lists, and units that
/// refuse.
final class WatchBodies {
  /// The most items in one body.
  static final int MOST_ITEMS = 25;

  private WatchBodies() {}

  /// What became of a unit.
  ///
  /// @param refusal why it wrote nothing; null when it wrote
  record Outcome<T>(@Nullable SparkException refusal, @Nullable T result) {
    static <T> Outcome<T> of(T result) {
      return new Outcome<>(null, result);
    }

    static <T> Outcome<T> refused(SparkException refusal) {
      return new Outcome<>(refusal, null);
    }
  }

  /// Writes, or throws what the unit refuses with.
  static <T> T write(Store store, int size, Unit<Outcome<T>> unit) {
    var outcome = store.write(WorkQueue.EDITS, new SizedUnit<>(unit, size));
    if (outcome.refusal() != null) {
      throw outcome.refusal();
    }
    var result = outcome.result();
    if (result == null) {
      throw new IllegalStateException("a unit that neither writes nor refuses");
    }
    return result;
  }

  /// The items in a body: a list under that name, one object in its place, or the attributes alone.
  static List<ObjectNode> items(ObjectNode d, String name) {
    return switch (d.get(name)) {
      case null -> List.of(d);
      case ObjectNode one -> List.of(one);
      case ArrayNode list -> {
        if (list.isEmpty()) {
          throw new SparkException(SparkFault.MISSING, "`" + name + "` is empty.");
        }
        if (list.size() > MOST_ITEMS) {
          throw AccountResources.wrong(name, "has at most " + MOST_ITEMS + " items");
        }
        var items = new ArrayList<ObjectNode>();
        for (var element : list) {
          if (!(element instanceof ObjectNode item)) {
            throw AccountResources.wrong(name, "is a list of objects");
          }
          items.add(item);
        }
        yield items;
      }
      default -> throw AccountResources.wrong(name, "is a list");
    };
  }

  /// A list of texts in a body; empty when nothing is said.
  static Optional<List<String>> texts(ObjectNode body, String name, int most, int longest) {
    var value = body.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value.isNull()) {
      return Optional.of(List.of());
    }
    if (!(value instanceof ArrayNode list) || list.size() > most) {
      throw AccountResources.wrong(name, "is a list of at most " + most + " strings");
    }
    var texts = new ArrayList<String>();
    for (JsonNode element : list) {
      var text = element.isString() ? element.stringValue().strip() : "";
      if (text.isEmpty()
          || text.codePointCount(0, text.length()) > longest
          || !ContactWriting.isPlain(text, false)) {
        throw AccountResources.wrong(
            name, "has strings of 1 to " + longest + " characters, none a control character");
      }
      if (!texts.contains(text)) {
        texts.add(text);
      }
    }
    return Optional.of(texts);
  }

  /// True or false where something is said.
  static Optional<Boolean> flag(ObjectNode body, String name) {
    return Optional.ofNullable(PortalWriting.flag(name, body.get(name)));
  }

  /// Gives the items that stand at a place.
  @FunctionalInterface
  interface Source<T> {
    List<T> list(int skip, int limit);
  }

  /// Shows items.
  @FunctionalInterface
  interface View<T> {
    List<ObjectNode> views(List<T> items, ListParameters asked);
  }

  /// A list, page by page.
  ///
  /// @param what is listed, for refusals
  static <T> ObjectNode page(
      SparkCall call,
      Store store,
      String what,
      Source<T> source,
      java.util.function.LongSupplier count,
      View<T> view)
      throws BodyException, IOException {
    var asked =
        ListParameters.of(
            call, ListParameters.LARGEST_LIMIT, _ -> Optional.empty(), _ -> false, store.now());
    int skip = asked.skipped(what);
    boolean alone = asked.pagination() == ListParameters.Pagination.COUNT_ALONE;
    var items = source.list(skip, alone ? 0 : asked.limit());
    var d = Envelope.results(view.views(items, asked).stream().map(asked::selected).toList());
    if (asked.pagination() != ListParameters.Pagination.NONE) {
      d.set("Pagination", asked.pagination(count.getAsLong(), skip));
    }
    return d;
  }
}
