/// What follows the log: work that goes on for as long as the hub runs, walks over the lines, and
/// how far each has come.
@org.jspecify.annotations.NullMarked
package dev.porchlight.store.log;
