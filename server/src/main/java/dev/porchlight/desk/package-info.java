/// What becomes of a receipt: done, owed, quarantined, refused or a repeat; the decision behind it,
/// in one unit of work. What stands on that (events, notices, erasure, the rebuild …) has packages
/// below this one, and this one knows none of them.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk;
