/// What is taken away: people on request, what is too old, and what is pinned against that.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.erasure;
