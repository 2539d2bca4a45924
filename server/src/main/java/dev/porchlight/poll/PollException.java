package dev.porchlight.poll;

import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Why a portal could not be read on, in a sentence for whoever runs the hub. No secrets in it.
final class PollException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /// What to do about it beyond trying again later.
  enum Remedy {
    NONE,
    /// Read the window from its beginning: the portal no longer knows where we stood in it.
    START_OVER,
    /// Ask for fewer at once: the answer is larger than we take.
    SMALLER_PAGE
  }

  private final Remedy remedy;
  private final transient @Nullable Duration asked;

  PollException(String sentence) {
    this(sentence, Remedy.NONE, null);
  }

  /// @param asked for how long the portal wants to be left alone; null when it did not say
  PollException(String sentence, Remedy remedy, @Nullable Duration asked) {
    super(sentence, null, false, false);
    this.remedy = remedy;
    this.asked = asked;
  }

  Remedy remedy() {
    return remedy;
  }

  @Nullable Duration asked() {
    return asked;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
