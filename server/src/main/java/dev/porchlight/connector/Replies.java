package dev.porchlight.connector;

import dev.porchlight.web.Reply;

/// How a contract's receivers answer: what a sender of that contract expects to read.
public interface Replies {
  /// Accepted and on disk.
  ///
  /// @param guid what identifies the communication: the same for repeats and updates
  Reply.Full accepted(String guid);

  /// Not accepted.
  ///
  /// @param guid identifies the refusal, for questions
  /// @param description one sentence for the sender's engineer; no internals
  Reply.Full refused(int status, String guid, String description);
}
