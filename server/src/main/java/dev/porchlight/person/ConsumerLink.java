package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// That a consumer has asked for an agent: the contact that they are of that account. A consumer is
/// named by the contact that they signed in as first. No decision depends on a link, so a rebuild
/// leaves them out.
///
/// @param agentId a member, or an MLS for somebody who has no agent yet
public record ConsumerLink(String consumerId, String agentId, String contactId, Instant createdAt) {
  private static final Table<ConsumerLink> TABLE =
      Table.<ConsumerLink>named("consumer_link")
          .key("consumer_id", ConsumerLink::consumerId)
          .key("agent_id", ConsumerLink::agentId)
          .column("contact_id", ConsumerLink::contactId)
          .column("created_at", ConsumerLink::createdAt)
          .readBy(r -> new ConsumerLink(r.text(1), r.text(2), r.text(3), r.time(4)));

  /// The link of a consumer to an agent, within a unit.
  public static Optional<ConsumerLink> find(Batch batch, String consumer, String agent) {
    return Optional.ofNullable(batch.find(TABLE, consumer, agent));
  }

  /// Makes it, or has it name another contact.
  public void put(Batch batch) {
    batch.put(TABLE, this);
    batch.append("consumer.linked", contactId, agentId);
  }

  /// Ends it; the contact stays with whoever owns it.
  public void end(Batch batch) {
    batch.delete(TABLE, consumerId, agentId);
    batch.append("consumer.unlinked", contactId, agentId);
  }

  /// The consumer who has that contact as theirs.
  public static String consumerOf(Store store, String contact) {
    return store
        .read(h ->
            h.createQuery("SELECT consumer_id FROM consumer_link WHERE contact_id = ? LIMIT 1")
                .bind(0, contact)
                .mapTo(String.class)
                .findOne())
        .orElse(contact);
  }

  /// All of a consumer's links, oldest first.
  public static List<ConsumerLink> list(Store store, String consumer) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM consumer_link WHERE consumer_id = ? ORDER BY created_at, agent_id")
            .bind(0, consumer)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }
}
