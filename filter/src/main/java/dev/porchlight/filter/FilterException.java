package dev.porchlight.filter;

import java.util.List;

/// A filter cannot be used. The message is that of the first error.
public final class FilterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<FilterError> errors;

  FilterException(List<FilterError> errors) {
    super(errors.getFirst().message());
    this.errors = List.copyOf(errors);
  }

  /// What is wrong, at least one thing: either one fatal error, or all the expressions that would
  /// be dropped.
  public List<FilterError> errors() {
    return errors;
  }

  /// The code of the first error, 1040 or 1041.
  public int code() {
    return errors.getFirst().code();
  }
}
