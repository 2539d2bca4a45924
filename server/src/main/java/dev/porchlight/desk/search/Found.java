package dev.porchlight.desk.search;

import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.listing.Listing;
import dev.porchlight.person.Contact;
import java.util.List;

/// What a search found: of each kind ten at most.
///
/// @param tooLong whether the contacts could not be looked through in time
public record Found(
    List<Contact> contacts,
    List<LeadRecord> leads,
    List<Receipt> receipts,
    List<Deliveries.Standing> deliveries,
    List<Replay> replays,
    List<PublishedEvent> events,
    List<Listing> listings,
    List<Source> sources,
    List<Endpoint> endpoints,
    List<Party> parties,
    List<Node> nodes,
    boolean tooLong) {
  /// Nothing.
  public static final Found NOTHING =
      new Found(
          List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
          List.of(), List.of(), List.of(), false);
}
