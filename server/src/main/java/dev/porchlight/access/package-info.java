/// Who acts: keys of sources, tokens of people and programs, links to single pages; and the secrets
/// that we must use ourselves.
@org.jspecify.annotations.NullMarked
package dev.porchlight.access;
