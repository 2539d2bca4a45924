package dev.porchlight.connector.realtor;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;

/// Contract `lead-delivery`: StandardLead and EnhancedLead; reads the native envelope (message
/// `Native`) too. Writes an EnhancedLead when there is anything that a StandardLead has no member
/// for, an assumed role included, else a StandardLead. Tests are told and numbers limited as in
/// [ConnectionsPlus].
///
/// Can't be written: a lead without an e-mail address or with a malformed one.
public final class LeadDelivery extends RealtorConnector {
  private final boolean standardOnly;

  public LeadDelivery() {
    this(false);
  }

  private LeadDelivery(boolean standardOnly) {
    this.standardOnly = standardOnly;
  }

  /// The contract under the name `lead-delivery-standard`, for receivers that take nothing but a
  /// StandardLead: writes only those, reads nothing.
  public static LeadDelivery standard() {
    return new LeadDelivery(true);
  }

  @Override
  public String contract() {
    return standardOnly ? "lead-delivery-standard" : "lead-delivery";
  }

  @Override
  public String channel() {
    return "lead-delivery";
  }

  @Override
  public boolean reads() {
    return !standardOnly;
  }

  @Override
  public Reading read(Body body) {
    return LeadReader.read(body, false, channel());
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return LeadWriter.leadDelivery(message, options, standardOnly);
  }
}
