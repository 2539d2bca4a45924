package dev.porchlight.value;

/// What a receipt says, in our own terms.
public sealed interface Fact permits Lead {}
