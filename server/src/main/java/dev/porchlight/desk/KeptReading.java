package dev.porchlight.desk;

import dev.porchlight.connector.Reading;
import dev.porchlight.store.Row;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What was read of a body, put together again from what is kept of its lead.
public final class KeptReading {
  private KeptReading() {}

  /// Of a receipt that became a version of a lead or repeats one; empty where that is not there.
  public static Optional<Reading.Facts> of(Handle h, Receipt receipt) {
    if (receipt.leadId() == null) {
      return Optional.empty();
    }
    var violations =
        h.createQuery(
                "SELECT pointer, rule, action FROM violation WHERE receipt_id = :r ORDER BY n")
            .bind("r", receipt.id())
            .map((r, _) -> new Violation(r.getString(1), r.getString(2), r.getString(3)))
            .list();
    return h.createQuery(
            "SELECT "
                + Tables.LEAD_VERSION.columnList()
                + " FROM lead_version WHERE lead_id = :l AND version = :v")
        .bind("l", receipt.leadId())
        .bind("v", receipt.version())
        .map((r, _) -> Tables.LEAD_VERSION.read(new Row(r)))
        .findOne()
        .filter(version -> !version.fingerprint().isEmpty())
        .map(version ->
            new Reading.Facts(
                receipt.message(),
                List.of(LeadJson.parse(version.fact().getBytes(StandardCharsets.UTF_8))),
                violations,
                version.fingerprint()));
  }
}
