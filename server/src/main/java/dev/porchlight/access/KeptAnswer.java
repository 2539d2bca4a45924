package dev.porchlight.access;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// The answer to a request that is to act once: one that named an `Idempotency-Key`, or a form. It
/// is kept sealed, for a day.
///
/// @param name the key; of a form what tells it from all others, with a blank in it, which no key
///   has
/// @param requestHash what tells the request from others with that key; empty when the answer was
///   emptied, as it showed a person who was erased
/// @param status 0 while a form is being taken
/// @param body sealed
/// @param at when it was claimed; then when it was answered, so what is added is always behind what
///   was there
public record KeptAnswer(
    String principal, String name, String requestHash, int status, String body, Instant at) {
  private static final Duration KEPT = Duration.ofHours(24);

  /// In the place of the hash where what is being taken may show somebody who was erased meanwhile.
  private static final String NOT_TO_BE_KEPT = "-";

  public static final Table<KeptAnswer> TABLE =
      Table.<KeptAnswer>named("idempotent")
          .key("principal", KeptAnswer::principal)
          .key("name", KeptAnswer::name)
          .column("request_hash", KeptAnswer::requestHash)
          .column("status", KeptAnswer::status)
          .column("body", KeptAnswer::body)
          .column("at", KeptAnswer::at)
          .readBy(r ->
              new KeptAnswer(r.text(1), r.text(2), r.text(3), r.integer(4), r.text(5), r.time(6)));

  private static String place(String principal, String name) {
    return "idempotent " + principal + " " + name;
  }

  /// A body as it is kept.
  public static String seal(Secrets secrets, String principal, String name, String body) {
    return Base64.getEncoder().encodeToString(secrets.sealFor(place(principal, name), body));
  }

  /// The answer's body.
  public String open(Secrets secrets) {
    return secrets.openFrom(place(principal, name), Base64.getDecoder().decode(body));
  }

  /// This without the body: whoever repeats the request is told to use a new key.
  public KeptAnswer emptied() {
    return new KeptAnswer(principal, name, "", status, "", at);
  }

  public boolean isOfForm() {
    return name.indexOf(' ') >= 0;
  }

  public boolean isEmptied() {
    return requestHash.isEmpty();
  }

  /// This, which is being taken, once somebody was erased meanwhile: an answer with a text is not
  /// kept then, as it may show them.
  public KeptAnswer notToBeKept() {
    return new KeptAnswer(principal, name, NOT_TO_BE_KEPT, status, body, at);
  }

  public boolean isNotToBeKept() {
    return requestHash.equals(NOT_TO_BE_KEPT);
  }

  /// The answer that is kept; empty when there is none, or its day is over.
  public static Optional<KeptAnswer> find(Store store, String principal, String name) {
    var oldest = store.now().minus(KEPT);
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM idempotent WHERE principal = :p AND name = :n AND at >= :t")
            .bind("p", principal)
            .bind("n", name)
            .bind("t", Row.micros(oldest))
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// Some answers whose day is over: each new one takes more than one old one away, so they don't
  /// pile up.
  public static List<KeptAnswer> lapsed(Store store) {
    var oldest = store.now().minus(KEPT);
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM idempotent WHERE at < :t ORDER BY at LIMIT 20")
            .bind("t", Row.micros(oldest))
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// Where the log ends now: what is answered from here on is not kept where somebody is erased
  /// before it is.
  public static long begin(Store store) {
    return store.read(
        h -> h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one());
  }

  /// Keeps this unless somebody was erased since its text may have been read: then without the
  /// text, as an erasure that has looked through what is kept does not look again.
  ///
  /// @param begun what [#begin] gave before the request was done
  public void keepSince(long begun, Batch batch, List<KeptAnswer> lapsed) {
    boolean erased =
        batch
            .sql()
            .createQuery("SELECT seq FROM log WHERE seq > :s AND kind = 'person.erased' LIMIT 1")
            .bind("s", begun)
            .mapTo(Long.class)
            .findOne()
            .isPresent();
    (erased ? emptied() : this).keep(batch, lapsed);
  }

  /// Keeps this, in the place of what had its name, and drops those whose day is over.
  public void keep(Batch batch, List<KeptAnswer> lapsed) {
    for (var old : lapsed) {
      // It may have been taken anew since it was seen.
      var now = batch.find(TABLE, old.principal(), old.name());
      if (now != null && isOver(batch, now)) {
        batch.delete(TABLE, old.principal(), old.name());
      }
    }
    batch.find(TABLE, principal, name);
    batch.put(TABLE, this);
  }

  /// Keeps this unless an answer of that name is kept, or on its way.
  ///
  /// @return that other one; empty when there was none
  public Optional<KeptAnswer> claim(Batch batch, List<KeptAnswer> lapsed) {
    var known = batch.find(TABLE, principal, name);
    if (known != null && !isOver(batch, known)) {
      return Optional.of(known);
    }
    keep(batch, lapsed);
    return Optional.empty();
  }

  private static boolean isOver(Batch batch, KeptAnswer answered) {
    return answered.at().isBefore(batch.now().minus(KEPT));
  }
}
