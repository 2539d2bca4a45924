/// All decisions again, in the order of the log, in an empty store, compared with the live one.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.rebuild;
