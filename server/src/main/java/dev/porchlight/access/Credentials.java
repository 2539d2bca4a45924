package dev.porchlight.access;

import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All credentials, held in memory by hash: looking one up costs a hash and no I/O, whether it is
/// right or wrong, so guessing costs us nothing and tells nothing. May be shared by threads.
public final class Credentials {
  private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);
  private static final int TRIES = 1000;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Store store;
  private final Set<String> stale = ConcurrentHashMap.newKeySet();
  private final Map<String, Credential> byHash = new ConcurrentHashMap<>();
  private final Map<String, Credential> byId = new ConcurrentHashMap<>();

  public Credentials(Store store) {
    this.store = store;
    if (!store.alone()) {
      store.follow(lines -> {
        var changed =
            lines.stream()
                .filter(l -> l.kind().startsWith("credential."))
                .map(LogEntry::ref)
                .toList();
        if (stale.addAll(changed)) {
          Thread.startVirtualThread(this::reloadStale);
        }
      });
    }
    reload();
  }

  /// Reads again what another hub may have changed, until it is read: what was revoked must not
  /// stay open. One reader after the other, so that the last one to read is the last one to keep.
  private synchronized void reloadStale() {
    for (int tries = 0; tries < TRIES && !stale.isEmpty(); tries++) {
      var ids = List.copyOf(stale);
      // Before the read: one that changes again meanwhile is put here again, and read again.
      ids.forEach(stale::remove);
      try {
        store
            .read(h ->
                h.createQuery(
                        "SELECT "
                            + Credential.TABLE.columnList()
                            + " FROM credential WHERE id IN (<ids>)")
                    .bindList("ids", ids)
                    .map((r, _) -> Credential.TABLE.read(new Row(r)))
                    .list())
            .forEach(this::keep);
      } catch (StoreUnavailableException e) {
        stale.addAll(ids);
        LOG.debug("Changed credentials can't be read yet: {}", e.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private synchronized void reload() {
    store
        .read(h ->
            h.createQuery("SELECT " + Credential.TABLE.columnList() + " FROM credential")
                .map((r, _) -> Credential.TABLE.read(new Row(r)))
                .list())
        .forEach(this::keep);
  }

  private void keep(Credential credential) {
    byHash.put(credential.hash(), credential);
    byId.put(credential.id(), credential);
  }

  /// The live credential of that kind that a client presented.
  public Optional<Credential> find(Credential.Kind kind, String presented) {
    var found = byHash.get(Tokens.hash(presented));
    return found != null && found.kind() == kind && found.isLive(store.now())
        ? Optional.of(found)
        : Optional.empty();
  }

  /// All of an owner, oldest first, dead ones too.
  public List<Credential> list(Credential.Kind kind, String owner) {
    return byHash.values().stream()
        .filter(c -> c.kind() == kind && c.owner().equals(owner))
        .sorted(Comparator.comparing(Credential::createdAt).thenComparing(Credential::id))
        .toList();
  }

  /// All of an owner as they stand within a unit, dead ones too: with those that another unit of
  /// the same batch has just made, which [#list(Credential.Kind, String)] does not know yet.
  public List<Credential> list(Batch batch, Credential.Kind kind, String owner) {
    return batch
        .sql()
        .createQuery(
            "SELECT "
                + Credential.TABLE.columnList()
                + " FROM credential WHERE kind = :kind AND owner = :owner ORDER BY created_at, id")
        .bind("kind", kind.word())
        .bind("owner", owner)
        .map((r, _) -> Credential.TABLE.read(new Row(r)))
        .list();
  }

  /// All of a kind, oldest first, dead ones too.
  public List<Credential> list(Credential.Kind kind) {
    return byHash.values().stream()
        .filter(c -> c.kind() == kind)
        .sorted(Comparator.comparing(Credential::createdAt).thenComparing(Credential::id))
        .toList();
  }

  public Optional<Credential> findById(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Adds one within a unit; it opens from the commit on.
  ///
  /// @return false, and nothing is done, when a live credential with the same text is there already
  public boolean add(Batch batch, Credential credential) {
    var there = batch.find(Credential.TABLE, credential.hash());
    if (there != null && there.isLive(batch.now())) {
      return false;
    }
    batch.put(Credential.TABLE, credential);
    if (credential.kind() == Credential.Kind.LINK || credential.kind() == Credential.Kind.SIGN_IN) {
      dropLapsedLinks(batch);
    }
    batch.append("credential.added", credential.owner(), credential.id());
    batch.afterCommit(() -> keep(credential));
    return true;
  }

  /// Each new link takes more than one lapsed one away, so they don't pile up.
  private void dropLapsedLinks(Batch batch) {
    byHash.values().stream()
        .filter(c ->
            (c.kind() == Credential.Kind.LINK || c.kind() == Credential.Kind.SIGN_IN)
                && !c.isLive(batch.now()))
        .limit(20)
        .forEach(c -> {
          batch.delete(Credential.TABLE, c.hash());
          batch.afterCommit(() -> {
            byHash.remove(c.hash());
            byId.remove(c.id());
          });
        });
  }

  /// Ends one within a unit: at once, or at that time.
  ///
  /// @return it as it is from then on
  public Credential end(Batch batch, Credential credential, @Nullable Instant expires) {
    var there = batch.find(Credential.TABLE, credential.hash());
    if (there == null || there.revokedAt() != null) {
      // Ended already, perhaps by another hub: nothing brings it back.
      return there == null ? credential : there;
    }
    var ended = there.until(expires, expires == null ? batch.now() : null);
    batch.put(Credential.TABLE, ended);
    batch.append("credential.ended", credential.owner(), credential.id());
    batch.afterCommit(() -> keep(ended));
    return ended;
  }
}
