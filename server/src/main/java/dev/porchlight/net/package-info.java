/// The way out: an HTTP client that users may point anywhere, and the guard that keeps it away from
/// networks that are not theirs to reach. Knows no other package.
@org.jspecify.annotations.NullMarked
package dev.porchlight.net;
