package dev.porchlight.desk;

import dev.porchlight.value.Draw;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One request as it arrived, and what became of it. The raw body lies beside it.
///
/// @param draw the time and chance that its decision used
/// @param officeId the office where its source's leads land
/// @param channel which of the source's paths took it
/// @param headers those kept, as JSON; never credentials
/// @param message the contract's name for the body, for example `BuyerLead`; empty when unread
/// @param guid what the sender was told as `communications_guid`
/// @param leadId our id of the lead that it became a version of
/// @param version that version; 0 for none
/// @param reason why it is quarantined, refused or owed; empty else
/// @param signature what checking its signature showed, in words; empty when nothing was checked
/// @param corrects the quarantined receipt that this one mends
/// @param settledSeq the log entry that says what became of it
/// @param erasedAt when what it said of a person was erased, its raw body with it; null while kept
public record Receipt(
    String id,
    Draw draw,
    String sourceId,
    String officeId,
    String channel,
    String contentType,
    String headers,
    int size,
    State state,
    String message,
    String guid,
    @Nullable String leadId,
    int version,
    String reason,
    String signature,
    @Nullable String corrects,
    long settledSeq,
    @Nullable Instant erasedAt) {

  /// What became of it.
  public enum State {
    /// It is a fact, with all its consequences.
    DONE,
    /// It said nothing that had not been said.
    REPEAT,
    /// Accepted; the consequences are still to be worked out.
    OWED,
    /// Authentic, but in need of a person's help.
    QUARANTINED,
    /// Not authentic; kept for the record.
    REFUSED,
    /// It was quarantined or refused, and somebody said that nobody will mend it: [Aside].
    ASIDE,
    /// It was quarantined, and another receipt has taken its place.
    MENDED,
    /// It was owed, quarantined or refused when the person whom it named was erased.
    ERASED;

    /// The word in the API and the store.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// That a receipt is in this state, as SQL. Of the states that few are in, it says so in the
    /// words of their index, as SQLite does not work out that one state is among those that it
    /// lists.
    String sql() {
      return switch (this) {
        case OWED, QUARANTINED, REFUSED, ASIDE, MENDED, REPEAT, ERASED ->
            "state = '" + word() + "' AND " + FEW;
        case DONE -> "state = '" + word() + "'";
      };
    }

    /// That a receipt is in one of the states that few are in, as their index has it.
    public static final String FEW =
        "state IN ('owed', 'quarantined', 'refused', 'aside', 'mended', 'repeat', 'erased')";

    /// @throws IllegalArgumentException for another word
    public static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /// Why a repeat has no version of its own though it says something else: a portal was asked for
  /// it too early to tell which is newer. To be asked for again.
  static final String IN_DOUBT =
      "It can't be told whether the portal's answer is older than the newest version, so it is"
          + " asked again.";

  /// Whether nobody can tell yet if what it says is newer than what is known.
  public boolean isInDoubt() {
    return state == State.REPEAT && reason.equals(IN_DOUBT);
  }

  /// When it arrived.
  public Instant at() {
    return draw.at();
  }

  /// One that has just arrived, before it is read: owed, and its own id is what the sender is told.
  static Receipt arrived(
      String id,
      Draw draw,
      String sourceId,
      String officeId,
      String channel,
      String contentType,
      String headers,
      int size,
      String signature,
      @Nullable String corrects) {
    return new Receipt(
        id,
        draw,
        sourceId,
        officeId,
        channel,
        contentType,
        headers,
        size,
        State.OWED,
        "",
        id,
        null,
        0,
        "",
        signature,
        corrects,
        0,
        null);
  }

  /// As it was when it had just arrived, to be decided again.
  public Receipt asArrived() {
    return arrived(
        id, draw, sourceId, officeId, channel, contentType, headers, size, signature, corrects);
  }

  public Receipt became(
      State state, @Nullable String leadId, int version, String guid, String reason, long seq) {
    return with(headers, message, state, leadId, version, guid, reason, seq);
  }

  Receipt noting(String name, String value) {
    return with(
        ListingPlace.with(headers, name, value),
        message,
        state,
        leadId,
        version,
        guid,
        reason,
        settledSeq);
  }

  Receipt named(String message) {
    return with(headers, message, state, leadId, version, guid, reason, settledSeq);
  }

  /// The same request, with what may be otherwise as it goes on.
  private Receipt with(
      String headers,
      String message,
      State state,
      @Nullable String leadId,
      int version,
      String guid,
      String reason,
      long settledSeq) {
    return new Receipt(
        id,
        draw,
        sourceId,
        officeId,
        channel,
        contentType,
        headers,
        size,
        state,
        message,
        guid,
        leadId,
        version,
        reason,
        signature,
        corrects,
        settledSeq,
        erasedAt);
  }
}
