package dev.porchlight.console.leads;

/// A story on its page.
///
/// @param path where such pages are, with a slash at the end
record LeadView(Story story, String path) {}
