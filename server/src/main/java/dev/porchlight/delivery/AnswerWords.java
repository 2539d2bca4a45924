package dev.porchlight.delivery;

import dev.porchlight.store.Batch;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The words of what receivers answered, by which deliveries are found again. They are a function
/// of the attempt as it is kept, so that whoever drops or empties an attempt can drop its words.
final class AnswerWords {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final int SHORTEST = 3;
  private static final int LONGEST = 40;

  /// A strange answer must not make a thousand rows.
  private static final int MOST = 32;

  /// A row.
  ///
  /// @param n the attempt's number; 0 for why nothing could be written
  record Entry(String word, long seq, String deliveryId, int n, String endpointId) {}

  private AnswerWords() {}

  /// The words of a text, as they are compared: folded, and cut where they are very long.
  static Set<String> of(String text) {
    var words = new LinkedHashSet<String>();
    var found = WORD.matcher(text);
    while (words.size() < MOST && found.find()) {
      var word = found.group().toLowerCase(Locale.ROOT);
      if (word.length() >= SHORTEST) {
        words.add(word.substring(0, Math.min(LONGEST, word.length())));
      }
    }
    return words;
  }

  /// The rows of an attempt; none where it was taken without a word.
  ///
  /// @param seq of its delivery, as `endpoint`
  static List<Entry> of(Attempt attempt, long seq, String endpoint) {
    boolean delivered = attempt.outcome() == Attempt.Outcome.DELIVERED;
    if (delivered && attempt.answer().length == 0) {
      return List.of();
    }
    var text =
        (delivered ? "" : attempt.summary() + " ")
            + attempt.error()
            + " "
            + new String(attempt.answer(), StandardCharsets.UTF_8);
    return of(text).stream()
        .map(w -> new Entry(w, seq, attempt.deliveryId(), attempt.n(), endpoint))
        .toList();
  }

  /// The rows of what can't be written.
  static List<Entry> ofReason(DeliveryState state) {
    return of(state.reason()).stream()
        .map(w -> new Entry(w, state.seq(), state.deliveryId(), 0, state.endpointId()))
        .toList();
  }

  static void put(Batch batch, List<Entry> entries) {
    for (var entry : entries) {
      // Only what could not be written can be there from before.
      if (entry.n() > 0
          || batch.find(
                  Tables.ANSWER_WORD, entry.word(), entry.seq(), entry.deliveryId(), entry.n())
              == null) {
        batch.put(Tables.ANSWER_WORD, entry);
      }
    }
  }

  static void delete(Batch batch, List<Entry> entries) {
    entries.forEach(
        e -> batch.delete(Tables.ANSWER_WORD, e.word(), e.seq(), e.deliveryId(), e.n()));
  }

  /// Drops the words of why a delivery could not be written.
  static void deleteOfReason(Batch batch, String delivery) {
    batch.sql().execute("DELETE FROM answer_word WHERE delivery_id = ? AND n = 0", delivery);
  }

  /// Drops all words of a lead's deliveries.
  static void deleteOfLead(Batch batch, String lead) {
    batch
        .sql()
        .execute(
            "DELETE FROM answer_word WHERE delivery_id IN"
                + " (SELECT id FROM delivery WHERE lead_id = ?)",
            lead);
  }

  /// Drops all words of a delivery.
  static void deleteOfDelivery(Batch batch, String delivery) {
    batch.sql().execute("DELETE FROM answer_word WHERE delivery_id = ?", delivery);
  }
}
