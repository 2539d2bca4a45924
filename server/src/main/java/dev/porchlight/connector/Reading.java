package dev.porchlight.connector;

import dev.porchlight.value.Fact;
import dev.porchlight.value.Violation;
import java.util.List;

/// What came of reading a body.
public sealed interface Reading {
  List<Violation> violations();

  /// The body was understood, perhaps with violations.
  ///
  /// @param message the contract's name for this kind of body, for example `BuyerLead`
  /// @param facts at least one
  /// @param fingerprint hex SHA-256 of the JSON value in canonical form, without what the contract
  ///   says may differ between repeats (`digital_signature`): two bodies with one fingerprint say
  ///   the same
  record Facts(String message, List<Fact> facts, List<Violation> violations, String fingerprint)
      implements Reading {
    public Facts {
      facts = List.copyOf(facts);
      violations = List.copyOf(violations);
      if (facts.isEmpty()) {
        throw new IllegalArgumentException("a reading without a fact is unreadable");
      }
    }
  }

  /// The body can't become a fact without a person's help.
  ///
  /// @param reason one sentence for the sender and for whoever mends it
  /// @param nestedTooDeep true when that was the reason
  record Unreadable(String reason, boolean nestedTooDeep, List<Violation> violations)
      implements Reading {
    public Unreadable {
      violations = List.copyOf(violations);
    }
  }
}
