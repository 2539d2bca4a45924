/// The search over everything that somebody may see.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.search;
