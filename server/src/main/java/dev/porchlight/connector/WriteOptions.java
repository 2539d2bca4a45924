package dev.porchlight.connector;

import dev.porchlight.value.Intent;
import dev.porchlight.value.Language;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an endpoint wants done its own way.
///
/// @param assumedRole the intent to write where the lead's is unknown; null to assume nothing
/// @param bodySignature makes the value of a signature member from the body in which that member is
///   the empty string; null when the body is to carry none
/// @param language of what people read of it, where the contract leaves that open
/// @param zone whose clocks the times go by that people read
public record WriteOptions(
    @Nullable Intent assumedRole,
    @Nullable Function<byte[], String> bodySignature,
    Language language,
    ZoneId zone) {
  public static final WriteOptions NONE =
      new WriteOptions(null, null, Language.ENGLISH, ZoneOffset.UTC);

  /// In English, by the clocks of UTC.
  public WriteOptions(
      @Nullable Intent assumedRole, @Nullable Function<byte[], String> bodySignature) {
    this(assumedRole, bodySignature, Language.ENGLISH, ZoneOffset.UTC);
  }
}
