package dev.porchlight.desk.events;

import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Draw;

/// An event that says something of people, in one of the companies in which it has to be done.
///
/// @param publisher who says it
record Occasion(Batch batch, PublishedEvent event, Party publisher, Place place) {
  Nodes nodes() {
    return Nodes.in(batch.settings());
  }

  /// Something drawn for that company alone.
  Draw draw() {
    var draw = event.draw();
    return new Draw(draw.at().plusNanos(1000L * place.n()), draw.seed(), draw.counter());
  }

  /// The publisher, as the log names who changed something.
  String principal() {
    return "party " + publisher.id();
  }
}
