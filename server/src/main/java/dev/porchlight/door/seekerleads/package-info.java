/// The Seeker Leads API: leads put in, fetched window by window and announced to subscriptions, for
/// clients with access tokens, in production and in a sandbox of its own.
@org.jspecify.annotations.NullMarked
package dev.porchlight.door.seekerleads;
