/// Who did what, and who looked at whom, at the console.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.search;
