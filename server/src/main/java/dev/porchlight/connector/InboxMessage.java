package dev.porchlight.connector;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is sent to an inbox and is no event: what parties have to settle with each other, and with
/// the hub.
public sealed interface InboxMessage {
  /// It is none; one sentence for the sender.
  record Unreadable(String reason) implements InboxMessage {}

  /// A step of the handshake by which an app comes to a grant.
  ///
  /// @param app the app concerned, as written; empty when it is not named
  /// @param owner the party whose events they are, as written; empty when it is not named
  /// @param scope what the app is to be granted; null when the message does not say
  record Handshake(Step step, String app, String owner, @Nullable Scope scope)
      implements InboxMessage {}

  /// The steps of a handshake.
  enum Step {
    /// An app asks, or the owner authorizes it.
    AUTHORIZE,
    /// The owner offers: the app is to confirm.
    OFFER,
    /// The app confirms.
    CONFIRM,
    /// Either ends it.
    REJECT
  }

  /// What an app is to be granted.
  ///
  /// @param publishes groups or topics
  /// @param subscribes groups
  record Scope(List<String> publishes, List<String> subscribes) {
    public Scope {
      publishes = List.copyOf(publishes);
      subscribes = List.copyOf(subscribes);
    }

    /// Whether nothing is in this that is not in another.
    public boolean isWithin(Scope other) {
      return other.publishes.containsAll(publishes) && other.subscribes.containsAll(subscribes);
    }

    /// Whether it grants nothing.
    public boolean isEmpty() {
      return publishes.isEmpty() && subscribes.isEmpty();
    }
  }

  /// Asks for items of a container once more.
  ///
  /// @param target the container, as written
  /// @param start from then on; null when items are named
  /// @param end before then; null when items are named
  /// @param items names or addresses of items; empty when a time is named
  /// @param filter by path within an item (`topic`, `data.object.type`), what it must be one of
  record ReplayRequest(
      String target,
      @Nullable Instant start,
      @Nullable Instant end,
      List<String> items,
      Map<String, Condition> filter)
      implements InboxMessage {
    public ReplayRequest {
      items = List.copyOf(items);
    }
  }

  /// What a member of an item must be.
  ///
  /// @param values compact JSON, one of which it must equal
  /// @param contains one of the values must be contained in its text, or in its list
  record Condition(List<String> values, boolean contains) {
    public Condition {
      values = List.copyOf(values);
    }
  }
}
