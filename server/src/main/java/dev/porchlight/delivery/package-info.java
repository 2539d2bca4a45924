/// Endpoints and what is owed to them: planned with the lead, worked off lane by lane, each attempt
/// recorded. Knows a message's bytes through a renderer, and no contract.
@org.jspecify.annotations.NullMarked
package dev.porchlight.delivery;
