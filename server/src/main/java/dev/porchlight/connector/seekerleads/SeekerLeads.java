package dev.porchlight.connector.seekerleads;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.BodyJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Contract `seeker-leads`: the lead object that a webhook carries and that stands among the items
/// of `GET /leads`.
///
/// Read: all three categories, told apart by `metadata.category`, else by their shape; a lead whose
/// person was erased; a lead of which nothing but the message, or with an id nothing at all, is
/// known. A body that names a lead and says nothing of it can't be read ([#peekLeadId] gives the id
/// to fetch it by).
///
/// Written: every lead. Searches as `PROPERTY_SEARCH`; sellers, and who asks about no listing, as
/// `AGENCY`; who asks about a listing as `CLASSIFIED`. `metadata.leadId` is the hub's id of the
/// lead and `processedDate` the time of the log entry that tells of this version, so that both fit
/// what the API of this contract promises. `null` means erased and nothing else; what is not known
/// is left out, but for `message`, which is then empty.
public final class SeekerLeads implements Connector {
  @Override
  public String contract() {
    return "seeker-leads";
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public boolean signsByDefault() {
    return true;
  }

  /// `processedDate`.
  @Override
  public boolean timesVersions() {
    return true;
  }

  @Override
  public Reading read(Body body) {
    return LeadReader.read(body);
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    var id = BodyJson.peek(body.bytes(), List.of("metadata", "leadId"));
    return id != null ? id : BodyJson.peek(body.bytes(), List.of("leadId"));
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return new LeadWriter(message, options).write();
  }
}
