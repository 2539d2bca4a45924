package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// How the enquirer would pay, in their own or the portal's words.
///
/// @param financingType for example conventional, FHA, VA, cash; no fixed list
/// @param creditScore in the sender's words (a band or a number)
public record Finance(
    @Nullable Boolean preApproved,
    @Nullable Money budgetMin,
    @Nullable Money budgetMax,
    @Nullable String financingType,
    @Nullable String creditScore,
    @Nullable Boolean veteran) {}
