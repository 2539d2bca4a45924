/// What goes on from a lead after it was decided: notices of its changes, other ways to endpoints
/// that fail, events of its own, replays.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.onward;
