/// What a receipt says, in our own terms: facts and what they are made of. Knows no other package.
@org.jspecify.annotations.NullMarked
package dev.porchlight.value;
