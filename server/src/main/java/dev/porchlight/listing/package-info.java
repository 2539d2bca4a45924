/// Properties on offer: what senders call them, and the office that offers each.
@org.jspecify.annotations.NullMarked
package dev.porchlight.listing;
