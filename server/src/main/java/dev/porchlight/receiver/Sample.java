package dev.porchlight.receiver;

/// An invented event, written in a contract.
///
/// @param signsBody whether the contract has `X-Signature`
public record Sample(
    String eventId, long sequence, byte[] body, String contentType, boolean signsBody) {
  /// Writes samples.
  @FunctionalInterface
  public interface Writer {
    /// A sample.
    ///
    /// @param kind for example `lead.created`
    /// @param lead any text that stands for a lead: the same for events of one
    /// @param version of the lead, from 1
    /// @param message what the enquirer says
    /// @throws IllegalArgumentException with a sentence, when there is no such kind or contract
    Sample write(String kind, String lead, int version, long sequence, String message);
  }
}
