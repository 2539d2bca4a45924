package dev.porchlight.connector.realtor;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;

/// Contract `connections-plus`: BuyerLead and SellerLead, told apart by `role`; reads the native
/// envelope (message `Native`) too. A body whose role is missing or neither of the two is read as
/// message `Unknown`, with the members of both. Numbers of more than 100 digits, written out, are
/// kept as extras only.
///
/// A lead is marked as a test when its e-mail is at `move.com`, or its property is on
/// `Leadstraining Ave` with ZIP `00003`; a native one also by its flag, by the billing class
/// `test`, and by either half of that address alone.
///
/// Can't be written: a lead without an e-mail address or with a malformed one; of unknown intent,
/// when none is assumed.
public final class ConnectionsPlus extends RealtorConnector {
  @Override
  public String contract() {
    return "connections-plus";
  }

  @Override
  public String channel() {
    return "lead";
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public boolean signsByDefault() {
    return true;
  }

  @Override
  public Reading read(Body body) {
    return LeadReader.read(body, true, channel());
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return LeadWriter.connectionsPlus(message, options);
  }
}
