package dev.porchlight.access;

import dev.porchlight.sign.SealException;
import dev.porchlight.sign.SecretBox;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The secrets that we must use ourselves, sealed on disk, open in memory. May be shared by
/// threads.
public final class Secrets {
  private record SealedRow(
      String owner, String id, byte[] sealed, Instant createdAt, @Nullable Instant expiresAt) {}

  private static final Table<SealedRow> TABLE =
      Table.<SealedRow>named("secret")
          .key("owner", SealedRow::owner)
          .key("id", SealedRow::id)
          .column("sealed", SealedRow::sealed)
          .column("created_at", SealedRow::createdAt)
          .column("expires_at", SealedRow::expiresAt)
          .readBy(r -> new SealedRow(r.text(1), r.text(2), r.bytes(3), r.time(4), r.timeOrNull(5)));

  /// A secret ready to be put; sealed outside the unit that puts it.
  public record Sealed(String owner, String id, byte[] bytes, Instant at) {}

  /// An open secret.
  ///
  /// @param id what it is for within its owner, for example `api_key`, `signing 0190…`
  public record Open(String id, String text, Instant createdAt, @Nullable Instant expiresAt) {}

  private static final String CHANGED = "secret.changed";

  private final Store store;
  private final SecretBox box;
  private final Map<String, List<Open>> cache = new ConcurrentHashMap<>();

  public Secrets(Store store, SecretBox box) {
    this.store = store;
    this.box = box;
    store.follow(lines -> {
      for (var line : lines) {
        if (line.kind().equals(CHANGED)) {
          cache.remove(line.subject());
        }
      }
    });
  }

  /// Seals a text for a place.
  public Sealed seal(String owner, String id, String text) {
    return new Sealed(owner, id, box.sealText(text, place(owner, id)), store.now());
  }

  /// Seals bytes for a place, for whoever stores them elsewhere.
  public byte[] sealFor(String place, String text) {
    return box.sealText(text, place);
  }

  /// Opens what [#sealFor] gave.
  public String openFrom(String place, byte[] sealed) {
    return box.openText(sealed, place);
  }

  private static String place(String owner, String id) {
    return "secret " + owner + " " + id;
  }

  /// Puts a secret, new or changed, within a unit.
  public void put(Batch batch, Sealed sealed, @Nullable Instant expires) {
    batch.find(TABLE, sealed.owner(), sealed.id());
    batch.put(
        TABLE, new SealedRow(sealed.owner(), sealed.id(), sealed.bytes(), sealed.at(), expires));
    batch.append(CHANGED, sealed.owner(), sealed.id());
    batch.afterCommit(() -> cache.remove(sealed.owner()));
  }

  /// Puts a secret within a unit where there is none yet.
  public void putFirst(Batch batch, Sealed sealed) {
    if (batch.find(TABLE, sealed.owner(), sealed.id()) == null) {
      put(batch, sealed, null);
    }
    // Another hub may have been first, and its line of the log may not be here yet.
    batch.afterCommit(() -> cache.remove(sealed.owner()));
  }

  /// Sets or changes when a secret ends.
  public void expire(Batch batch, String owner, String id, Instant expires) {
    var row = batch.find(TABLE, owner, id);
    if (row != null) {
      batch.put(TABLE, new SealedRow(owner, id, row.sealed(), row.createdAt(), expires));
      batch.append(CHANGED, owner, id);
      batch.afterCommit(() -> cache.remove(owner));
    }
  }

  /// Removes a secret within a unit.
  public void remove(Batch batch, String owner, String id) {
    batch.delete(TABLE, owner, id);
    batch.append(CHANGED, owner, id);
    batch.afterCommit(() -> cache.remove(owner));
  }

  /// Removes all of an owner's secrets within a unit, whenever they came.
  public void removeAll(Batch batch, String owner) {
    batch
        .sql()
        .createQuery("SELECT id FROM secret WHERE owner = :owner ORDER BY id")
        .bind("owner", owner)
        .mapTo(String.class)
        .list()
        .forEach(id -> remove(batch, owner, id));
  }

  /// Removes those whose end has come. What lists them leaves them out from that very moment; this
  /// takes them off the disk.
  public void dropExpired() {
    var over =
        store.read(h ->
            h.createQuery(
                    "SELECT "
                        + TABLE.columnList()
                        + " FROM secret WHERE expires_at <= :now ORDER BY owner, id LIMIT 100")
                .bind("now", Row.micros(store.now()))
                .map((r, _) -> TABLE.read(new Row(r)))
                .list());
    if (!over.isEmpty()) {
      store.write(
          WorkQueue.RETENTION,
          batch -> {
            for (var row : over) {
              var there = batch.find(TABLE, row.owner(), row.id());
              if (there != null
                  && there.expiresAt() != null
                  && !there.expiresAt().isAfter(batch.clock())) {
                remove(batch, row.owner(), row.id());
              }
            }
            return true;
          });
    }
  }

  /// An owner's secrets in force, newest first.
  ///
  /// @throws SealException when they can't be opened with this hub's key
  public List<Open> list(String owner) {
    var now = store.now();
    return cache.computeIfAbsent(owner, this::load).stream()
        .filter(s -> s.expiresAt() == null || s.expiresAt().isAfter(now))
        .toList();
  }

  public Optional<String> find(String owner, String id) {
    return list(owner).stream().filter(s -> s.id().equals(id)).map(Open::text).findFirst();
  }

  private List<Open> load(String owner) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + TABLE.columnList()
                        + " FROM secret WHERE owner = :owner ORDER BY created_at DESC, id")
                .bind("owner", owner)
                .map((r, _) -> TABLE.read(new Row(r)))
                .list())
        .stream()
        .map(r ->
            new Open(
                r.id(),
                box.openText(r.sealed(), place(r.owner(), r.id())),
                r.createdAt(),
                r.expiresAt()))
        .toList();
  }
}
