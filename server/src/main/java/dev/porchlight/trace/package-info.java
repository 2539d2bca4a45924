/// What happens to a lead on its way, as spans of OpenTelemetry, and the `traceparent` by which
/// senders and receivers join in. Nothing here names a person.
@org.jspecify.annotations.NullMarked
package dev.porchlight.trace;
