package dev.porchlight.filter;

/// An arithmetic operator between two values, as it was written.
///
/// @param from where it begins
/// @param to where it ends
record Operator(Arithmetic arithmetic, int from, int to) {}
