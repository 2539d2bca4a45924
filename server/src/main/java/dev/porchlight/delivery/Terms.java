package dev.porchlight.delivery;

import java.util.Objects;
import java.util.Set;

/// What an endpoint asks for beyond an address, a contract, kinds and sources. What a setting does
/// not say is as usual.
///
/// @param owners the members whose contacts' events it takes; empty for all
/// @param filter which events it takes, in the language of filters over [EventCatalogue]; empty for
///   all
public record Terms(Set<String> owners, String filter) {
  /// Nothing special.
  public static final Terms USUAL = new Terms(Set.of(), "");

  public Terms {
    owners = Set.copyOf(Objects.requireNonNullElse(owners, Set.of()));
    filter = Objects.requireNonNullElse(filter, "");
  }

  /// Those by which events are chosen, and nothing of how they are sent.
  static Terms choosing(Terms terms) {
    return new Terms(terms.owners(), terms.filter());
  }
}
