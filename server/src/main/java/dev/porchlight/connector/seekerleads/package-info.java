/// AVIV Seeker Leads, in two contracts: `seeker-leads` is the lead object of webhooks and of `GET
/// /leads`, read tolerantly and written; `seeker-leads-request` is the body of `POST /leads`, read
/// strictly. They are two because they have two manners: what a portal pushes is taken however
/// broken, what a client submits is refused with all its faults at once. A door gets either by its
/// name from the hub, as it gets every connector, and turns the violations of an unreadable request
/// into its contract's refusal; through the desk such a request is kept in quarantine.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.seekerleads;
