/// The one way to write and to read: units of work that commit together, the log, versioned
/// settings. The only package that knows which database it is (in its sub-packages).
@org.jspecify.annotations.NullMarked
package dev.porchlight.store;
