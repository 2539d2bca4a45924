/// A client of the hub's own API, for the command line and the demo.
@org.jspecify.annotations.NullMarked
package dev.porchlight.client;
