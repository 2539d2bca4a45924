package dev.porchlight.api;

import java.io.Serial;

/// Ends a request to our own API with a problem.
public final class FaultException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final Fault fault;

  public FaultException(Fault fault, String detail) {
    super(detail);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }

  /// One sentence on this very case.
  public String detail() {
    return String.valueOf(getMessage());
  }
}
