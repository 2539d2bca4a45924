/// Leads at the console: the list, and the story of each, which a signed link opens too.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.leads;
