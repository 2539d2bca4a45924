package dev.porchlight.desk;

/// What is kept of a lead can't be read, by a defect of ours or of the disk. No second look helps,
/// so whoever would send it says that it can't be written.
public final class UnreadableLeadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnreadableLeadException(String lead) {
    super("What is kept of lead " + lead + " can't be read.");
  }
}
