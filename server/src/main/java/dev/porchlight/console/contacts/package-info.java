/// Contacts: the list with the filter language, the page of each, and its person's erasure.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.contacts;
