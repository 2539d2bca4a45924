package dev.porchlight.connector;

import dev.porchlight.value.ListingChange;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Topic;
import dev.porchlight.value.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The code for a contract of events that are published once and copied to many. Pure, like a
/// [Connector].
public interface EventContract {
  /// What came of reading a body.
  sealed interface Reading {}

  /// It can't be published; one sentence for the sender.
  record Refused(String reason) implements Reading {}

  /// An event.
  ///
  /// @param recipients whose data it is, as written, in order
  /// @param sources who else gets it, as written, in order
  /// @param id as the producer has it; null when it leaves that to us
  /// @param producedAt when it happened; null when the producer does not say
  /// @param listing what it says of a listing; null when it is about something else
  /// @param saying what it says of people; null when it is about something else
  /// @param carried what every copy carries, in order, each value as compact JSON: the producer's
  ///   members but for the envelope's
  /// @param originalRecipient the member of that name as JSON; null when the producer set none
  /// @param fingerprint equal for bodies that say the same
  record Event(
      Topic topic,
      List<String> recipients,
      List<String> sources,
      @Nullable String id,
      @Nullable Instant producedAt,
      @Nullable ListingChange listing,
      @Nullable Saying saying,
      Map<String, String> carried,
      @Nullable String recipient,
      @Nullable String originalRecipient,
      List<Violation> violations,
      String fingerprint)
      implements Reading {
    public Event {
      recipients = List.copyOf(recipients);
      sources = List.copyOf(sources);
      violations = List.copyOf(violations);
    }
  }

  /// The envelope of one copy.
  ///
  /// @param agent whose grant brought it
  /// @param instrument who published it
  /// @param recipient where the event went when the producer named nobody
  record Envelope(
      String id,
      String copy,
      String agent,
      String instrument,
      String recipient,
      Instant time,
      Instant published) {}

  /// Reads a body. Never throws for what a stranger may send.
  Reading read(byte[] body);

  /// Reads what is sent to an inbox. Never throws for what a stranger may send.
  InboxMessage readMessage(byte[] body);

  /// A step of a handshake as the inbox that it is sent to keeps it: JSON, but for the item's
  /// address.
  ///
  /// @param sender the identity of who sent it
  /// @param app that of the app concerned
  /// @param owner that of the party whose events they are
  String handshake(
      String id,
      InboxMessage.Step step,
      String sender,
      String app,
      String owner,
      InboxMessage.@Nullable Scope scope,
      Instant at);

  /// The event that tells of a grant's change.
  ///
  /// @param change `authorize`, `update` or `revoke`
  /// @param grant its id
  /// @param owner the identity of who granted it
  /// @param pod the owner's
  /// @param party the identity of whom it was granted
  byte[] grantChange(
      String change,
      String grant,
      String owner,
      String pod,
      String party,
      InboxMessage.Scope scope,
      @Nullable Instant until,
      Instant at);

  /// Whether an event is of those that tell of grants, which the hub alone publishes.
  boolean isAboutGrants(Event event);

  /// The identity of the party whose grant an event tells of; empty for other events.
  String grantedParty(Event event);

  /// One receiver's copy as JSON.
  ///
  /// @param redaction JSON pointers into `data`, `*` for each item of a list, to what is left out
  String copy(Event event, Envelope envelope, List<String> redaction);
}
