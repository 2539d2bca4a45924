package dev.porchlight.connector;

import org.jspecify.annotations.Nullable;

/// The code for one contract. Pure: the same input gives the same output, nothing else is read, and
/// any thread may call. A new portal is one package that implements this and one line in the hub.
public interface Connector {
  /// The name users write, for example `connections-plus`.
  String contract();

  /// The path under a source's address, and behind an endpoint's when asked for, that this contract
  /// names, without a slash (`lead`); empty when it names none.
  default String channel() {
    return "";
  }

  /// True when bodies of this contract can be received.
  boolean reads();

  /// True when facts can be written in this contract.
  boolean writes();

  /// Reads a body. Never throws for what a stranger may send: that is what [Reading.Unreadable] and
  /// violations are for; whatever it throws is a defect of ours.
  Reading read(Body body);

  /// The sender's id of the lead in the body, found with as little understanding as possible, for
  /// the reply to a body that [#read] failed on; null when there is none.
  @Nullable String peekLeadId(Body body);

  /// Writes a message, or says why it can't be written. Nothing is invented.
  Written write(Message message, WriteOptions options);

  /// True when the time that a body names is when its sender made this version of the lead, so that
  /// of two versions the one with the later time is the newer; false when it is the time of the
  /// enquiry, which says nothing of the version.
  default boolean timesVersions() {
    return false;
  }

  /// The hex HMAC header `X-Signature` is sent unless the endpoint says otherwise.
  default boolean signsByDefault() {
    return false;
  }
}
