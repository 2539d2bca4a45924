package dev.porchlight.person;

import dev.porchlight.filter.Folding;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The account with which a contact signs in at the portal of whoever owns the contact. It goes
/// with the contact into other hands, and goes when that is deleted. No decision depends on one, so
/// a rebuild leaves them out.
///
/// @param id 26 digits
/// @param loginName as it was written; null when nobody can sign in by name
/// @param passwordHash of [dev.porchlight.sign.Passwords]; null as long as there is no password
/// @param language in which the contact is addressed, such as `en`
/// @param activeAt the hour of the last request
/// @param signedInAt the last time that name and password were given
public record PortalAccount(
    String contactId,
    String id,
    @Nullable String loginName,
    @Nullable String passwordHash,
    boolean enabled,
    String language,
    @Nullable Instant activeAt,
    @Nullable Instant signedInAt,
    Instant createdAt) {
  /// For how long a sign-in keeps an account active.
  public static final Duration ACTIVE = Duration.ofDays(30);

  /// The longest name to sign in with, in characters.
  public static final int LONGEST_LOGIN = 75;

  static final Table<PortalAccount> TABLE =
      Table.<PortalAccount>named("portal_account")
          .key("contact_id", PortalAccount::contactId)
          .column("id", PortalAccount::id)
          .column("login_name", PortalAccount::loginName)
          .column("login", a -> folded(a.loginName()))
          .column("password_hash", PortalAccount::passwordHash)
          .column("enabled", PortalAccount::enabled)
          .column("language", PortalAccount::language)
          .column("active_at", PortalAccount::activeAt)
          .column("signed_in_at", PortalAccount::signedInAt)
          .column("created_at", PortalAccount::createdAt)
          .readBy(r ->
              new PortalAccount(
                  r.text(1),
                  r.text(2),
                  r.textOrNull(3),
                  r.textOrNull(5),
                  r.flag(6),
                  r.text(7),
                  r.timeOrNull(8),
                  r.timeOrNull(9),
                  r.time(10)));

  /// A new one, enabled, without a password.
  public static PortalAccount of(Draw draw, String contact, @Nullable String loginName) {
    return new PortalAccount(
        contact, draw.digits(), loginName, null, true, "en", null, null, draw.at());
  }

  private static @Nullable String folded(@Nullable String loginName) {
    return loginName == null ? null : Folding.fold(loginName);
  }

  /// The same with another name to sign in with.
  public PortalAccount withLogin(@Nullable String name) {
    return new PortalAccount(
        contactId, id, name, passwordHash, enabled, language, activeAt, signedInAt, createdAt);
  }

  /// The same with another password.
  public PortalAccount withPassword(@Nullable String hash) {
    return new PortalAccount(
        contactId, id, loginName, hash, enabled, language, activeAt, signedInAt, createdAt);
  }

  /// The same, switched on or off.
  public PortalAccount withEnabled(boolean on) {
    return new PortalAccount(
        contactId, id, loginName, passwordHash, on, language, activeAt, signedInAt, createdAt);
  }

  /// The same in another language.
  public PortalAccount withLanguage(String word) {
    return new PortalAccount(
        contactId, id, loginName, passwordHash, enabled, word, activeAt, signedInAt, createdAt);
  }

  /// The same after name and password were given.
  public PortalAccount signedIn(Instant at) {
    return new PortalAccount(
        contactId, id, loginName, passwordHash, enabled, language, hour(at), at, createdAt);
  }

  /// The same after a request.
  public PortalAccount active(Instant at) {
    return new PortalAccount(
        contactId, id, loginName, passwordHash, enabled, language, hour(at), signedInAt, createdAt);
  }

  /// The hour in which something happened.
  public static Instant hour(Instant at) {
    return at.truncatedTo(ChronoUnit.HOURS);
  }

  /// Whether somebody signed in within the last 30 days.
  public boolean isActive(Instant now) {
    return isActive(signedInAt, since(now));
  }

  static boolean isActive(@Nullable Instant signedIn, Instant since) {
    return signedIn != null && !signedIn.isBefore(since);
  }

  /// A sign-in before that counts no more.
  static Instant since(Instant now) {
    return now.truncatedTo(ChronoUnit.MICROS).minus(ACTIVE);
  }

  /// The account of a contact, within a unit.
  public static Optional<PortalAccount> find(Batch batch, String contact) {
    return Optional.ofNullable(batch.find(TABLE, contact));
  }

  /// The account of a contact.
  public static Optional<PortalAccount> find(Store store, String contact) {
    return Optional.ofNullable(findAll(store, java.util.List.of(contact)).get(contact));
  }

  /// The accounts of several contacts, by contact; those without one are left out.
  public static Map<String, PortalAccount> findAll(Store store, Collection<String> contacts) {
    var byContact = new HashMap<String, PortalAccount>();
    if (contacts.isEmpty()) {
      return byContact;
    }
    store.read(h -> {
      var query =
          h.createQuery(
              "SELECT "
                  + TABLE.columnList()
                  + " FROM portal_account WHERE contact_id IN ("
                  + String.join(", ", Collections.nCopies(contacts.size(), "?"))
                  + ")");
      int i = 0;
      for (var contact : contacts) {
        query.bind(i++, contact);
      }
      query.map((r, _) -> TABLE.read(new Row(r))).forEach(a -> byContact.put(a.contactId(), a));
      return true;
    });
    return byContact;
  }

  /// The account that has this name at the portal of that owner, letter case aside.
  public static Optional<PortalAccount> findByLogin(Store store, String owner, String loginName) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList("a")
                    + " FROM portal_account a JOIN contact c ON c.id = a.contact_id"
                    + " WHERE a.login = ? AND c.owner_id = ? AND c.deleted_at IS NULL LIMIT 1")
            .bind(0, Folding.fold(loginName))
            .bind(1, owner)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// Whether another contact of that owner signs in with this name.
  ///
  /// @param except the id of a contact that does not count; empty for none
  public static boolean isTaken(Batch batch, String owner, String loginName, String except) {
    return batch
        .sql()
        .createQuery(
            "SELECT a.contact_id FROM portal_account a JOIN contact c ON c.id = a.contact_id"
                + " WHERE a.login = ? AND c.owner_id = ? AND c.deleted_at IS NULL"
                + " AND a.contact_id <> ? LIMIT 1")
        .bind(0, Folding.fold(loginName))
        .bind(1, owner)
        .bind(2, except)
        .mapTo(String.class)
        .findOne()
        .isPresent();
  }

  /// Makes or changes it. One that may be there has to be found before, in the same unit.
  public void put(Batch batch, boolean made) {
    batch.put(TABLE, this);
    batch.append(made ? "portal-account.created" : "portal-account.changed", contactId, id);
  }

  /// Notes a request or a sign-in, which is no change that anybody follows.
  public void touch(Batch batch) {
    batch.put(TABLE, this);
  }

  /// Deletes a contact's account, if there is one.
  static void delete(Batch batch, String contact) {
    var account = batch.find(TABLE, contact);
    if (account != null) {
      batch.delete(TABLE, contact);
      batch.append("portal-account.deleted", contact, account.id());
    }
  }

  /// Where the contact goes to another owner at whose portal somebody else has that name, it goes
  /// without it: nobody signs in as somebody else.
  static void move(Batch batch, String contact, String owner) {
    var account = batch.find(TABLE, contact);
    if (account != null
        && account.loginName() != null
        && isTaken(batch, owner, account.loginName(), contact)) {
      account.withLogin(null).put(batch, false);
    }
  }
}
