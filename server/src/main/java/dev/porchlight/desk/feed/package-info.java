/// What happens to listings, into the feeds of whoever keeps a search, and into letters to them;
/// who is told when, and which addresses are none.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.feed;
