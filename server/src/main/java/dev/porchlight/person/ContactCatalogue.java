package dev.porchlight.person;

import dev.porchlight.filter.Attribute;
import dev.porchlight.filter.Catalogue;
import dev.porchlight.filter.Column;
import dev.porchlight.filter.Folding;
import dev.porchlight.filter.Type;
import dev.porchlight.filter.Value;
import dev.porchlight.filter.Wildcards;
import dev.porchlight.store.Row;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The attributes of contacts that filters may name: what they are, where the index keeps them, and
/// what a contact holds of each. Index and value agree because both go through [#searched].
public final class ContactCatalogue {
  /// How much of a text filters see, in characters; leads may carry more.
  public static final int SEARCHED = 300;

  /// What a query reads of a contact.
  ///
  /// @param sort the column that it can be ordered by; null when it can't
  /// @param always whether every contact has it
  private record Field(
      Attribute attribute,
      @Nullable Column column,
      @Nullable String sort,
      boolean always,
      Function<Contacts.Listed, Value> value) {}

  private static final String INVALID = "InvalidEmails";

  /// The two that a contact's portal account says.
  private static final String LOGIN = "PortalLoginName";

  private static final String ACTIVE = "VowActive";
  private static final String TAGS = "Tags";
  private static final String OF_ACCOUNT =
      "(SELECT %s FROM portal_account a WHERE a.contact_id = c.contact_id)";

  /// Stands in SQL for the time since which a sign-in counts.
  private static final String SINCE = "{since}";

  private static final String SIGNED_IN =
      "(CASE WHEN EXISTS (SELECT 1 FROM portal_account a WHERE a.contact_id = c.contact_id"
          + " AND a.signed_in_at >= {since}) THEN 1 ELSE 0 END)";

  private static final Map<String, Field> FIELDS = fields();

  /// For [dev.porchlight.filter.Filter#parse].
  public static final Catalogue CATALOGUE =
      name -> Optional.ofNullable(FIELDS.get(name)).map(Field::attribute);

  private ContactCatalogue() {}

  /// All attributes that filters may name, in the order in which they are described.
  public static List<Attribute> list() {
    return FIELDS.values().stream().map(Field::attribute).toList();
  }

  private static Map<String, Field> fields() {
    var all = new LinkedHashMap<String, Field>();
    add(
        all,
        Attribute.of("Id", Type.CHARACTER),
        Column.Text.folded("c.contact_id"),
        "c.contact_id",
        true,
        c -> Value.text(c.contact().id()));
    add(
        all,
        Attribute.of("DisplayName", Type.CHARACTER).with(Wildcards.WORDS),
        Column.Text.folded("c.display_name"),
        "c.display_name",
        true,
        c -> text(Optional.of(c.contact().body().shownName())));
    text(all, "PrimaryEmail", "primary_email", ContactBody::primaryEmail);
    text(all, "PrimaryPhoneNumber", "primary_phone_number", ContactBody::primaryPhone);
    text(all, "GivenName", "given_name", b -> Optional.ofNullable(b.givenName()));
    text(all, "FamilyName", "family_name", b -> Optional.ofNullable(b.familyName()));
    for (var detail : ContactDetail.ALL) {
      text(all, detail.attribute(), detail.word(), b -> b.detail(detail));
    }
    add(
        all,
        Attribute.of("CreatedTimestamp", Type.DATETIME),
        new Column.Plain("c.created_at", Column.Storage.EPOCH_MICRO),
        "c.created_at",
        true,
        c -> Value.moment(c.contact().createdAt()));
    add(
        all,
        Attribute.of("ModificationTimestamp", Type.DATETIME),
        new Column.Plain("c.modified_at", Column.Storage.EPOCH_MICRO),
        "c.modified_at",
        true,
        c -> Value.moment(c.modifiedAt()));
    add(
        all,
        Attribute.listOf(TAGS, Type.CHARACTER),
        new Column.Elements(
            "contact_tag t WHERE t.owner_id = c.owner_id AND t.contact_id = c.contact_id",
            Column.Text.folded("t.tag")),
        null,
        false,
        c -> Value.texts(c.contact().body().tags().stream().map(t -> searched(t)).toList()));
    add(
        all,
        Attribute.of(LOGIN, Type.CHARACTER).with(Wildcards.NONE),
        Column.Text.folded(OF_ACCOUNT.formatted("a.login")),
        OF_ACCOUNT.formatted("a.login"),
        false,
        _ -> Value.UNSET);
    add(
        all,
        Attribute.of(ACTIVE, Type.BOOLEAN),
        new Column.Plain(SIGNED_IN, Column.Storage.FLAG),
        SIGNED_IN,
        true,
        _ -> Value.UNSET);
    // Few have any: SQL leaves it to the evaluator.
    all.put(
        INVALID,
        new Field(
            Attribute.listOf(INVALID, Type.CHARACTER),
            null,
            null,
            false,
            c ->
                Value.texts(
                    c.contact().body().card().invalidEmails().stream()
                        .map(e -> searched(e))
                        .toList())));
    return all;
  }

  private static void text(
      Map<String, Field> all,
      String name,
      String column,
      Function<ContactBody, Optional<String>> value) {
    add(
        all,
        Attribute.of(name, Type.CHARACTER),
        Column.Text.folded("c." + column),
        "c." + column,
        false,
        c -> text(value.apply(c.contact().body())));
  }

  private static void add(
      Map<String, Field> all,
      Attribute attribute,
      Column column,
      @Nullable String sort,
      boolean always,
      Function<Contacts.Listed, Value> value) {
    all.put(attribute.name(), new Field(attribute, column, sort, always, value));
  }

  private static Value text(Optional<String> text) {
    return Value.text(text.map(ContactCatalogue::searched).orElse(null));
  }

  /// @param since a sign-in before that counts no more
  /// @param owners whose contacts are listed; none where they are too many to name
  static Optional<Column> column(String name, Instant since, Collection<String> owners) {
    return Optional.ofNullable(FIELDS.get(name))
        .flatMap(f -> Optional.ofNullable(f.column()))
        .map(c ->
            switch (c) {
              case Column.Plain(var sql, var storage) -> new Column.Plain(at(sql, since), storage);
              case Column.Elements(var rows, var element, _)
                  when name.equals(TAGS) && !owners.isEmpty() ->
                  new Column.Elements(
                      rows,
                      element,
                      new Column.Among("c.contact_id", tagged(owners.size()), List.copyOf(owners)));
              case Column.Elements list -> list;
              case Column.Text text -> text;
            });
  }

  /// The contacts of some owners that have tags, in SQL.
  static String tagged(int owners) {
    return "SELECT t.contact_id FROM contact_tag t WHERE t.owner_id IN ("
        + String.join(", ", Collections.nCopies(owners, "?"))
        + ")";
  }

  private static String at(String sql, Instant since) {
    return sql.replace(SINCE, Long.toString(Row.micros(since)));
  }

  /// What filters see of a contact's portal account.
  record Login(@Nullable String name, @Nullable Instant signedInAt) {
    static final Login NONE = new Login(null, null);
  }

  /// @param since a sign-in before that counts no more
  static Function<String, Value> row(Contacts.Listed contact, Login login, Instant since) {
    return name ->
        switch (name) {
          case LOGIN -> Value.text(login.name());
          case ACTIVE -> Value.flag(PortalAccount.isActive(login.signedInAt(), since));
          default -> {
            var field = FIELDS.get(name);
            yield field == null ? Value.UNSET : field.value().apply(contact);
          }
        };
  }

  /// Whether lists of contacts can be ordered by an attribute.
  public static boolean isOrderable(String name) {
    var field = FIELDS.get(name);
    return field != null && field.sort() != null;
  }

  /// What to order by, in SQL; what is not set comes last on every database, and first when the
  /// order is turned round.
  ///
  /// @param since a sign-in before that counts no more
  static List<String> order(String name, Instant since) {
    var field = FIELDS.get(name);
    if (field == null || field.sort() == null) {
      throw new IllegalArgumentException("no order by " + name);
    }
    var sort = at(field.sort(), since);
    return field.always() ? List.of(sort) : List.of("(" + sort + " IS NULL)", sort);
  }

  /// The part of a text that filters see, in a form that every database keeps.
  static String searched(String text) {
    var seen = new StringBuilder(Math.min(text.length(), SEARCHED));
    text.codePoints()
        .limit(SEARCHED)
        .map(c ->
            c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
        .forEach(seen::appendCodePoint);
    return seen.toString();
  }

  /// The same as the index keeps it; null when there is nothing.
  static @Nullable String folded(@Nullable String text) {
    return text == null || text.isEmpty() ? null : Folding.fold(searched(text));
  }
}
