package dev.porchlight;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.events.LeadEvents;
import dev.porchlight.connector.mail.LeadMail;
import dev.porchlight.connector.own.OwnEvents;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.connector.realtor.LeadDelivery;
import dev.porchlight.connector.seekerleads.SeekerLeadRequests;
import dev.porchlight.connector.seekerleads.SeekerLeads;
import dev.porchlight.connector.verbatim.Verbatim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Every contract that this release speaks, or a test has it speak, with the code that reads and
/// writes it.
final class Contracts {
  /// Mails are read as mails, whatever the contract of their source.
  private final LeadMail mails = new LeadMail();

  private final Map<String, Connector> connectors;

  Contracts(Map<String, Connector> connectors) {
    this.connectors = connectors;
  }

  /// Those of this release; a new portal is one line here.
  static Map<String, Connector> ofThisRelease() {
    var all = new LinkedHashMap<String, Connector>();
    for (var connector :
        List.of(
            new ConnectionsPlus(),
            new LeadDelivery(),
            LeadDelivery.standard(),
            new SeekerLeads(),
            new SeekerLeadRequests(),
            new OwnEvents(),
            new LeadEvents(),
            new Verbatim(),
            new LeadMail())) {
      all.put(connector.contract(), connector);
    }
    return all;
  }

  Map<String, Connector> byName() {
    return connectors;
  }

  Connector get(String contract) {
    var connector = connectors.get(contract);
    if (connector == null) {
      throw new IllegalStateException("this release has no contract " + contract);
    }
    return connector;
  }

  /// The same for a source, mails of whose leads may come too.
  Connector ofSource(String contract) {
    return new ByChannel(get(contract), mails);
  }

  /// What a body says by a contract.
  Reading read(String contract, Body body) {
    return ofSource(contract).read(body);
  }

  boolean isRead(String contract) {
    return connectors.containsKey(contract) && get(contract).reads();
  }

  boolean isWritten(String contract) {
    return connectors.containsKey(contract) && get(contract).writes();
  }

  boolean isSignedByDefault(String contract) {
    return connectors.containsKey(contract) && get(contract).signsByDefault();
  }

  /// The contracts that can be written.
  List<String> written() {
    return connectors.values().stream().filter(Connector::writes).map(Connector::contract).toList();
  }

  /// The channel of each contract that can be read.
  Map<String, String> channelsByContract() {
    return connectors.values().stream()
        .filter(Connector::reads)
        .collect(Collectors.toMap(Connector::contract, Connector::channel));
  }

  List<String> channels() {
    return connectors.values().stream()
        .filter(Connector::reads)
        .map(Connector::channel)
        .filter(c -> !c.isEmpty())
        .distinct()
        .toList();
  }
}
