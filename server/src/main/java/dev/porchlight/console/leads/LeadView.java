package dev.porchlight.console.leads;

/// A story on its page.
///
/// @param path where such pages are, with a slash at the end
/// @param actions what whoever looks may do
record LeadView(Story story, String path, LeadActions.Offered actions) {}
