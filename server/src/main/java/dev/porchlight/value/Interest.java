package dev.porchlight.value;

/// What a lead is about.
public sealed interface Interest {
  Property property();

  /// A home on offer that the enquirer asked about.
  record InListing(Property property) implements Interest {}

  /// A home that the enquirer wants to sell.
  record HomeToSell(Property property) implements Interest {}
}
