/// Sources: who sends to us, how it goes, and what their requests are signed with.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.sources;
