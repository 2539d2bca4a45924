/// Signatures on what comes and goes, secrets at rest, keys and tokens. Knows bytes, headers and
/// keys; no contract, no store, no server.
@org.jspecify.annotations.NullMarked
package dev.porchlight.sign;
