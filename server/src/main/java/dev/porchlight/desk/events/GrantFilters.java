package dev.porchlight.desk.events;

import dev.porchlight.access.party.Grant;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.geo.Shapes;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.Settings;
import dev.porchlight.value.ListingChange;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the filters of grants say of an event.
final class GrantFilters {
  private static final Logger LOG = LoggerFactory.getLogger(GrantFilters.class);

  private GrantFilters() {}

  /// Asks the filters of the grants by which it may go out: a unit reads none, and has all of it
  /// prepared anew for a grant that has come since.
  static PreparedEvent asked(Settings settings, Party publisher, PreparedEvent prepared) {
    if (prepared.said().listing() == null) {
      return prepared;
    }
    var topic = prepared.said().topic();
    var at = prepared.event().draw().at();
    var passed = new HashMap<String, Boolean>();
    for (var target : EventTargets.owners(Parties.in(settings), publisher, prepared)) {
      for (var grant : Grants.in(settings).ofOwner(target.id())) {
        if (grant.isLive(at) && grant.subscribes(topic)) {
          boolean _ = asks(grant, prepared, at, passed);
        }
      }
    }
    return prepared.knowing(passed);
  }

  /// What was asked before the unit; a rebuild asks within its own.
  static boolean passes(
      Grant grant, PreparedEvent prepared, Instant at, Map<String, Boolean> known) {
    var filter = grant.filter();
    if (filter != null
        && prepared.said().listing() != null
        && prepared.adopt() == null
        && !known.containsKey(filter)) {
      throw new Publishing.OutOfDateException();
    }
    return asks(grant, prepared, at, known);
  }

  /// Whether what the event says of its listing meets the grant's filter. An event about no listing
  /// meets none.
  ///
  /// @param known what filters have said of this event
  private static boolean asks(
      Grant grant, PreparedEvent prepared, Instant at, Map<String, Boolean> known) {
    var filter = grant.filter();
    var listing = prepared.said().listing();
    if (filter == null || listing == null) {
      return filter == null;
    }
    var said = known.get(filter);
    if (said == null) {
      said = meets(grant, filter, listing, prepared, at);
      known.put(filter, said);
    }
    return said;
  }

  private static boolean meets(
      Grant grant, String text, ListingChange listing, PreparedEvent prepared, Instant at) {
    try {
      var filter = Filter.parse(text, StandardFields.CATALOGUE, at);
      return Evaluator.of(filter.expression(), Shapes.GEOMETRY)
          .matches(
              StandardFields.row(
                  ListingEvents.bounded(listing, at, prepared.event().time()).members()));
    } catch (FilterException e) {
      // It was read when the grant was made; nothing goes out by one that can't be read any more.
      LOG.warn("The filter of the grant {} can't be read: nothing meets it", grant.id(), e);
      return false;
    }
  }
}
