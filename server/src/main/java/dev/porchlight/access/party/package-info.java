/// Who publishes and receives real-estate events, and what one lets another do.
@org.jspecify.annotations.NullMarked
package dev.porchlight.access.party;
