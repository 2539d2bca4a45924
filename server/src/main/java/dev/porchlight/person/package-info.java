/// Who is who within a company: identity, persons, their contacts, possible duplicates.
@org.jspecify.annotations.NullMarked
package dev.porchlight.person;
