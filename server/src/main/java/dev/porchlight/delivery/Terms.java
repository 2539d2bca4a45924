package dev.porchlight.delivery;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an endpoint asks for beyond an address, a contract, kinds and sources. What a setting does
/// not say is as usual.
///
/// @param owners the members whose contacts' events it takes; empty for all
/// @param filter which events it takes, in the language of filters over [EventCatalogue]; empty for
///   all
/// @param finalRefusals whether a 4xx that is about what was sent ends the delivery
/// @param maxConcurrent how many requests it takes at once from each hub; null for the usual
/// @param maxPerSecond how many requests a second it takes from each hub; null for any number
/// @param disabledAfterHours for how long it may fail before it is disabled; null for the usual, 0
///   for ever
/// @param authorization how it wants to be shown that it is us; null for no such way
/// @param signature a signature in a form of its own; null for none
/// @param tls what is particular to TLS with it; null for nothing
/// @param order what becomes of later deliveries of an order key when an earlier one fails; null
///   for the usual of what the key stands for
public record Terms(
    Set<String> owners,
    String filter,
    boolean finalRefusals,
    @Nullable Integer maxConcurrent,
    @Nullable Integer maxPerSecond,
    @Nullable Integer disabledAfterHours,
    @Nullable Authorization authorization,
    @Nullable SignatureForm signature,
    @Nullable ShownTls tls,
    @Nullable Order order) {
  /// Nothing special.
  public static final Terms USUAL =
      new Terms(Set.of(), "", false, null, null, null, null, null, null, null);

  /// Nothing special but that only those members' contacts count; all where it names none.
  public static Terms ofOwners(Set<String> owners) {
    return new Terms(owners, "", false, null, null, null, null, null, null, null);
  }

  /// After so many hours of failures an endpoint is disabled that does not say otherwise.
  public static final int USUAL_PATIENCE_HOURS = 120;

  public Terms {
    owners = Set.copyOf(Objects.requireNonNullElse(owners, Set.of()));
    filter = Objects.requireNonNullElse(filter, "");
  }

  /// What order keys of listings begin with.
  public static final String LISTING = "listing ";

  /// What becomes of later deliveries of an order key: as was chosen, else the newest state of a
  /// listing is enough, and all of a contact's is wanted.
  Order order(String key) {
    return order != null ? order : key.startsWith(LISTING) ? Order.NEWEST : Order.PASS;
  }

  int concurrency() {
    return maxConcurrent == null ? Room.USUAL : maxConcurrent;
  }

  int perSecond() {
    return maxPerSecond == null ? 0 : maxPerSecond;
  }

  Duration patience() {
    return Duration.ofHours(disabledAfterHours == null ? USUAL_PATIENCE_HOURS : disabledAfterHours);
  }

  /// Those by which events are chosen and ordered, and nothing of how they are sent.
  static Terms choosing(Terms terms) {
    return new Terms(
        terms.owners(), terms.filter(), false, null, null, null, null, null, null, terms.order());
  }
}
