package dev.porchlight.access.spark;

import java.util.Locale;

/// For whom a Spark key speaks; what it may do with which resource follows from this.
public enum SparkRole {
  /// Public web sites, for the agent who granted it.
  IDX,
  /// A known audience that is not signed in.
  PUBLIC,
  /// A consumer with a portal account, in a virtual office web site.
  VOW,
  /// A consumer with a portal account, in the agent's portal.
  PORTAL,
  /// Agents, brokers, MLS staff.
  PRIVATE;

  /// The word in the API and in a session's `Roles`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether it speaks for a consumer.
  public boolean isConsumer() {
    return switch (this) {
      case VOW, PORTAL -> true;
      case IDX, PUBLIC, PRIVATE -> false;
    };
  }

  /// @throws IllegalArgumentException for another word
  public static SparkRole of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
