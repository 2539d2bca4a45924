/// Our own API under /api/v1: everything the console and the command line can do.
@org.jspecify.annotations.NullMarked
package dev.porchlight.api;
