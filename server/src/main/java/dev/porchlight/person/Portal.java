package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where an owner's contacts sign in and sign up. No decision depends on one, so a rebuild leaves
/// them out.
///
/// @param ownerId a member or an MLS; each has one at most
/// @param id 26 digits
/// @param name stands in its address; no other portal of the hub has it
/// @param required what who signs up has to say of themselves, as contacts' attributes
public record Portal(
    String ownerId,
    String id,
    String name,
    String displayName,
    boolean enabled,
    List<String> required,
    Instant createdAt,
    Instant modifiedAt) {
  private static final Table<Portal> TABLE =
      Table.<Portal>named("portal")
          .key("owner_id", Portal::ownerId)
          .column("id", Portal::id)
          .column("name", Portal::name)
          .column("display_name", Portal::displayName)
          .column("enabled", Portal::enabled)
          .column("required", p -> String.join(",", p.required()))
          .column("created_at", Portal::createdAt)
          .column("modified_at", Portal::modifiedAt)
          .readBy(r ->
              new Portal(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  r.flag(5),
                  Arrays.stream(r.text(6).split(",")).filter(w -> !w.isEmpty()).toList(),
                  r.time(7),
                  r.time(8)));

  public Portal {
    required = List.copyOf(required);
  }

  /// A new one, enabled.
  public static Portal of(Draw draw, String owner, String displayName) {
    return new Portal(
        owner,
        draw.digits(),
        nameOf(displayName),
        displayName,
        true,
        List.of(),
        draw.at(),
        draw.at());
  }

  /// The name that follows from one that is shown: its letters and digits in lower case, what
  /// stands between them as one hyphen.
  public static String nameOf(String displayName) {
    return displayName
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{Nd}]+", "-")
        .replaceAll("^-|-$", "");
  }

  /// This as somebody changes it; null leaves as it was.
  public Portal with(
      @Nullable String shown, @Nullable Boolean on, @Nullable List<String> requires, Instant at) {
    return new Portal(
        ownerId,
        id,
        shown == null ? name : nameOf(shown),
        shown == null ? displayName : shown,
        on == null ? enabled : on,
        requires == null ? required : requires,
        createdAt,
        at);
  }

  /// The portal of an owner, within a unit.
  public static Optional<Portal> find(Batch batch, String owner) {
    return Optional.ofNullable(batch.find(TABLE, owner));
  }

  /// The portal of an owner.
  public static Optional<Portal> find(Store store, String owner) {
    return find(store, "owner_id", owner);
  }

  /// The portal with that name.
  public static Optional<Portal> findByName(Store store, String name) {
    return find(store, "name", name.toLowerCase(Locale.ROOT));
  }

  private static Optional<Portal> find(Store store, String column, String value) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM portal WHERE " + column + " = ?")
            .bind(0, value)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// Whether somebody else's portal has this one's name.
  public boolean isNameTaken(Batch batch) {
    return batch
        .sql()
        .createQuery("SELECT id FROM portal WHERE name = ? AND owner_id <> ?")
        .bind(0, name)
        .bind(1, ownerId)
        .mapTo(String.class)
        .findOne()
        .isPresent();
  }

  /// Makes or changes it. One that may be there has to be found before, in the same unit.
  public void put(Batch batch, boolean made) {
    batch.put(TABLE, this);
    batch.append(made ? "portal.created" : "portal.changed", id, ownerId);
  }
}
