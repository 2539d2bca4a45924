/// What becomes of a receipt: done, owed, quarantined, refused or a repeat; the decision behind it,
/// in one unit of work; and the rebuild that runs all decisions again.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk;
