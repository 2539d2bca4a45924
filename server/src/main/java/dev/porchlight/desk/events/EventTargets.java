package dev.porchlight.desk.events;

import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Topic;
import dev.porchlight.value.Violation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whose data an event is, and whether they let its publisher say it.
final class EventTargets {
  private EventTargets() {}

  /// What stands where the address of the hub stands with others' events: it is the hub's own. The
  /// id of a party that gets no copy may follow.
  static final String OWN = "hub ";

  /// Whose data the event is, as far as they are parties of the hub.
  static Collection<Party> owners(Parties parties, Party publisher, PreparedEvent prepared) {
    var found = new LinkedHashSet<Party>();
    if (prepared.said().recipients().isEmpty()) {
      Optional.ofNullable(publisher.defaultRecipient())
          .flatMap(parties::find)
          .ifPresent(found::add);
    }
    prepared
        .said()
        .recipients()
        .forEach(uri -> parties.findByUri(uri, prepared.event().base()).ifPresent(found::add));
    found.removeIf(p -> !p.isLive() || p.isApp());
    return found;
  }

  /// Finds whose event it is, each once, in the order in which the event names them.
  static Publishing.@Nullable Outcome find(
      Parties parties,
      Party publisher,
      PreparedEvent prepared,
      Batch batch,
      LinkedHashSet<Party> targets,
      List<Violation> violations) {
    var said = prepared.said();
    var base = prepared.event().base();
    var recipients = new ArrayList<>(said.recipients());
    if (recipients.isEmpty()) {
      var byDefault =
          Optional.ofNullable(publisher.defaultRecipient())
              .flatMap(parties::find)
              .filter(Party::isLive);
      if (byDefault.isEmpty()) {
        return new Publishing.Outcome.Invalid("The event has no `recipient`.");
      }
      recipients.add(byDefault.get().profile());
    }
    for (var uri : recipients) {
      var party = parties.findByUri(uri, base).filter(Party::isLive);
      if (party.isPresent() && party.get().isApp()) {
        return new Publishing.Outcome.Invalid(
            "The recipient " + uri + " is an app: name whose data it is.");
      }
      if (party.isEmpty() || !mayPublish(batch, publisher, party.get(), said.topic(), prepared)) {
        return notGranted(said.topic(), uri);
      }
      targets.add(party.get());
    }
    for (var uri : said.sources()) {
      var party = parties.findByUri(uri, base).filter(p -> p.isLive() && !p.isApp());
      if (party.isEmpty()) {
        violations.add(
            new Violation(
                "/source", "a source is a party of the hub, and no app", "no copy is sent to it"));
      } else if (!mayPublish(batch, publisher, party.get(), said.topic(), prepared)) {
        return notGranted(said.topic(), uri);
      } else {
        targets.add(party.get());
      }
    }
    return null;
  }

  private static Publishing.Outcome notGranted(Topic topic, String uri) {
    return new Publishing.Outcome.NotGranted(
        "Publishing " + topic.text() + " is not granted by " + uri + ".");
  }

  private static boolean mayPublish(
      Batch batch, Party publisher, Party target, Topic topic, PreparedEvent prepared) {
    return target.id().equals(publisher.id())
        || prepared.event().base().startsWith(OWN)
        || Grants.in(batch.settings()).ofOwner(target.id()).stream()
            .anyMatch(g ->
                g.party().equals(publisher.id())
                    && g.isLive(prepared.event().draw().at())
                    && g.publishes(topic));
  }
}
