package dev.porchlight;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.mail.LeadMail;
import dev.porchlight.desk.Desk;
import org.jspecify.annotations.Nullable;

/// The connector of a source's contract, with mails read as mails whatever that contract is.
record ByChannel(Connector usual, LeadMail mails) implements Connector {
  private boolean isMail(Body body) {
    return body.channel().equals(Desk.MAIL);
  }

  @Override
  public String contract() {
    return usual.contract();
  }

  @Override
  public String channel() {
    return usual.channel();
  }

  @Override
  public boolean reads() {
    return usual.reads();
  }

  @Override
  public boolean writes() {
    return usual.writes();
  }

  @Override
  public Reading read(Body body) {
    return isMail(body) ? mails.readMail(body) : usual.read(body);
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    return isMail(body) ? mails.mailsLeadId(body) : usual.peekLeadId(body);
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return usual.write(message, options);
  }

  @Override
  public boolean timesVersions() {
    return usual.timesVersions();
  }

  @Override
  public boolean signsByDefault() {
    return usual.signsByDefault();
  }
}
