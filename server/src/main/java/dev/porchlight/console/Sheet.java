package dev.porchlight.console;

import dev.porchlight.value.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A form whose fields are members of one of the API's bodies: shows how they stand, or how they
/// were filled, and gives the body. For `sheet.jte`, and for one thread.
///
/// A label is the text under the sheet's name and the member's, for example `mail.set.host`; the
/// sentence below it, where there is one, `mail.set.hint.host`.
public final class Sheet {
  private static final Pattern QUOTED = Pattern.compile("`([A-Za-z_.]+)`");
  private static final int LONGEST_AREA = 40_000;

  /// One thing on the sheet.
  public sealed interface Item {
    /// A line to fill.
    record Line(Form.Field field) implements Item {}

    /// A line for a filter, whose words are completed from a list on the page.
    ///
    /// @param wrong where it is wrong; null when it is not
    record Filter(Form.Field field, String words, @Nullable Misread wrong) implements Item {}

    /// Several lines.
    record Area(Form.Field field, int rows) implements Item {}

    /// One of some.
    record Pick(Form.Field field, List<Choice> choices) implements Item {}

    /// Yes or no.
    record Tick(Form.Field field, boolean on) implements Item {}

    /// Any of some.
    record Ticks(Form.Field field, List<Box> boxes) implements Item {}

    /// What follows belongs together.
    record Heading(String id, String title, String text) implements Item {}
  }

  /// One of several boxes.
  public record Box(String value, String text, boolean on) {}

  /// The place where a filter is wrong, between what stands before and after it.
  ///
  /// @param token empty where something is missing
  public record Misread(String before, String token, String after, String sentence) {
    /// @param position of the first character that is wrong
    public static Misread at(String typed, int position, String token, String sentence) {
      int from = Math.clamp(position, 0, typed.length());
      int to = Math.min(typed.length(), from + token.length());
      return new Misread(
          Clean.lines(typed.substring(0, from), 4000),
          Clean.lines(typed.substring(from, to), 4000),
          Clean.lines(typed.substring(to), 4000),
          Clean.line(sentence));
    }
  }

  private final Texts texts;
  private final String labels;
  private final String hints;
  private final Form form;
  private final boolean filled;
  private final JsonNode known;
  private final ObjectNode body = Json.object();
  private final Map<String, Item> items = new LinkedHashMap<>();
  private String trouble = "";

  /// @param labels where its texts stand, with a dot at the end
  /// @param hints likewise, of the sentences below fields
  /// @param filled whether this very form was sent
  /// @param known how things stand, in the API's members
  public Sheet(Visit visit, String labels, String hints, boolean filled, JsonNode known) {
    texts = visit.texts();
    this.labels = labels;
    this.hints = hints;
    form = filled ? visit.form() : Form.empty();
    this.filled = filled;
    this.known = known;
  }

  private Form.Field field(String name, String value) {
    var field = form.field(name, texts.of(labels + name));
    if (texts.has(hints + name)) {
      field = field.hint(texts.of(hints + name));
    }
    return filled ? field : field.or(value);
  }

  private String standing(String name) {
    return Clean.line(at(name).asString(""));
  }

  private JsonNode at(String name) {
    var node = known;
    for (var part : name.split("\\.", -1)) {
      node = node.path(part);
    }
    return node;
  }

  private Sheet put(String name, Item item, BiConsumer<String, String> give) {
    items.put(name, item);
    if (filled) {
      give.accept(name, form.text(name));
    }
    return this;
  }

  private void text(String name, String value) {
    if (value.isEmpty()) {
      body.putNull(name);
    } else {
      body.put(name, value);
    }
  }

  /// A line; empty is null.
  public Sheet line(String name, int longest) {
    return line(name, longest, "");
  }

  /// A line that has a usual value.
  public Sheet line(String name, int longest, String usual) {
    var field = field(name, standing(name)).longest(longest);
    return put(name, new Item.Line(filled ? field : field.or(usual)), this::text);
  }

  /// A line that must be filled.
  public Sheet needed(String name, int longest) {
    return put(
        name, new Item.Line(field(name, standing(name)).longest(longest).needed()), this::text);
  }

  /// A secret: shown never, and sent only when it is filled.
  public Sheet secret(String name, int longest) {
    return put(
        name,
        new Item.Line(field(name, "").type("password").fill("new-password").longest(longest)),
        (n, _) -> {
          if (!form.raw(n).isEmpty()) {
            body.put(n, form.raw(n));
          }
        });
  }

  /// A whole number; empty is null.
  public Sheet number(String name) {
    return number(name, "");
  }

  /// A whole number that has a usual value.
  public Sheet number(String name, String usual) {
    var field = field(name, standing(name)).longest(9);
    return put(
        name,
        new Item.Line(filled ? field : field.or(usual)),
        (n, value) -> {
          if (value.matches("-?[0-9]{1,9}")) {
            body.put(n, Integer.parseInt(value));
          } else {
            // What is no number is refused by who takes it.
            text(n, value);
          }
        });
  }

  /// Several lines; empty is null.
  public Sheet area(String name, int rows) {
    return put(
        name,
        new Item.Area(
            field(name, Clean.lines(at(name).asString(""), LONGEST_AREA)).longest(LONGEST_AREA),
            rows),
        this::text);
  }

  /// Several lines that are secret: shown never.
  public Sheet secretArea(String name, int rows) {
    return put(
        name,
        new Item.Area(field(name, "").type("password").longest(LONGEST_AREA), rows),
        this::text);
  }

  /// Several texts, one a line.
  public Sheet list(String name, int rows) {
    var standing = new ArrayList<String>();
    at(name).forEach(n -> standing.add(Clean.line(n.asString(""))));
    return put(
        name,
        new Item.Area(field(name, String.join("\n", standing)).longest(LONGEST_AREA), rows),
        (n, value) -> {
          var all = body.putArray(n);
          value.lines().map(String::strip).filter(l -> !l.isEmpty()).forEach(all::add);
        });
  }

  /// One of some; the empty choice is null.
  public Sheet pick(String name, List<Choice> choices, String usual) {
    var field = field(name, standing(name));
    return put(name, new Item.Pick(filled ? field : field.or(usual), choices), this::text);
  }

  /// Yes or no.
  public Sheet tick(String name, boolean usual) {
    boolean on = filled ? form.has(name) : at(name).asBoolean(usual);
    return put(name, new Item.Tick(field(name, ""), on), (n, _) -> body.put(n, form.has(n)));
  }

  /// Any of some.
  public Sheet ticks(String name, List<Choice> choices) {
    var on = new ArrayList<String>();
    if (filled) {
      on.addAll(form.all(name));
    } else {
      at(name).forEach(n -> on.add(n.asString("")));
    }
    return put(
        name,
        new Item.Ticks(
            field(name, ""),
            choices.stream()
                .map(c -> new Box(c.value(), c.text(), on.contains(c.value())))
                .toList()),
        (n, _) -> {
          var all = body.putArray(n);
          form.all(n).forEach(all::add);
        });
  }

  /// A line in the filter language.
  ///
  /// @param words the id of the list on the page that has what may be written
  /// @param wrong where it is wrong; null when it is not
  public Sheet filter(String name, String words, @Nullable Misread wrong) {
    return put(
        name,
        new Item.Filter(field(name, standing(name)).longest(10_000), words, wrong),
        this::text);
  }

  /// A heading over what follows.
  public Sheet heading(String name) {
    items.put(
        "heading " + name,
        new Item.Heading(
            "part-" + name,
            texts.of(labels + name),
            texts.has(hints + name) ? texts.of(hints + name) : ""));
    return this;
  }

  /// What a field was filled with; empty when it was not.
  public String filled(String name) {
    return form.text(name);
  }

  /// What it makes of a body: only where it was sent. May be changed.
  public ObjectNode body() {
    return body;
  }

  /// The same without some of its members.
  public ObjectNode bodyWithout(String... names) {
    body.remove(List.of(names));
    return body;
  }

  /// Says why it was not taken, beside the field that it is about as far as that can be known.
  public void refuse(Deeds.Done done) {
    var about = about(done.detail());
    if (about.isPresent()) {
      form.refuse(about.get(), done.sentence());
      items.computeIfPresent(about.get(), (name, item) -> with(item, form.error(name)));
    } else {
      trouble = done.sentence();
    }
  }

  /// Says what is wrong with a field.
  public void refuse(String name, String sentence) {
    form.refuse(name, sentence);
    items.computeIfPresent(name, (n, item) -> with(item, form.error(n)));
  }

  private Optional<String> about(String sentence) {
    var quoted =
        QUOTED
            .matcher(sentence)
            .results()
            .map(m -> m.group(1))
            .filter(items::containsKey)
            .findFirst();
    if (quoted.isPresent()) {
      return quoted;
    }
    var words = " " + sentence.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z]+", " ");
    return items.keySet().stream()
        .filter(n -> words.contains(" " + n.replace('_', ' ') + " "))
        .findFirst();
  }

  private static Item with(Item item, String error) {
    return switch (item) {
      case Item.Line(var field) -> new Item.Line(wrong(field, error));
      case Item.Filter(var field, var words, var wrong) ->
          // The place says it already.
          new Item.Filter(wrong == null ? wrong(field, error) : field, words, wrong);
      case Item.Area(var field, var rows) -> new Item.Area(wrong(field, error), rows);
      case Item.Pick(var field, var choices) -> new Item.Pick(wrong(field, error), choices);
      case Item.Tick(var field, var on) -> new Item.Tick(wrong(field, error), on);
      case Item.Ticks(var field, var boxes) -> new Item.Ticks(wrong(field, error), boxes);
      case Item.Heading heading -> heading;
    };
  }

  private static Form.Field wrong(Form.Field f, String error) {
    return new Form.Field(
        f.name(),
        f.label(),
        f.value(),
        f.type(),
        f.hint(),
        error,
        f.required(),
        f.autocomplete(),
        f.longest());
  }

  public List<Item> items() {
    return List.copyOf(items.values());
  }

  /// What is wrong with the whole; empty for nothing.
  public String trouble() {
    return trouble;
  }
}
