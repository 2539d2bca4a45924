package dev.porchlight.desk.events;

import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/// Where an event's data lives.
///
/// @param n how many other companies come before
/// @param landing the recipient's node, or an office below it
record Place(int n, Party recipient, String company, Node landing, Node office) {
  /// Where the recipients' data lives, the first recipient of each company.
  static List<Place> of(Nodes nodes, Collection<Party> recipients) {
    var places = new ArrayList<Place>();
    var companies = new HashSet<String>();
    for (var recipient : recipients) {
      var landing =
          nodes
              .officeOf(recipient.node())
              .map(_ -> nodes.get(recipient.node()))
              .or(() ->
                  nodes.officesWithin(recipient.node()).stream()
                      .sorted()
                      .findFirst()
                      .map(nodes::get));
      var office = landing.flatMap(l -> nodes.officeOf(l.id()));
      if (landing.isEmpty() || office.isEmpty()) {
        continue;
      }
      var company = nodes.companyOf(office.get().id()).orElse(office.get()).id();
      if (companies.add(company)) {
        places.add(new Place(places.size(), recipient, company, landing.get(), office.get()));
      }
    }
    return places;
  }
}
