package dev.porchlight.web;

import java.io.Serial;

/// A header that says who asks, or for which request, stands in more than one line: nobody can tell
/// which one counts, and two programs on the way may each have taken another. To be answered 400;
/// the message is a sentence for the caller.
public final class RepeatedHeaderException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public RepeatedHeaderException(String name) {
    super(
        "The header " + name + " stands in more than one line; send it once.", null, false, false);
  }
}
