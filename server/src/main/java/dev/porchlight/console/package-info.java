/// The console's frame: who is signed in, what every page has, the words, and the parts that pages
/// are made of. Each group of pages is a [Section] in a package of its own below this one.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console;
