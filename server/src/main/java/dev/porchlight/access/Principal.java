package dev.porchlight.access;

import dev.porchlight.account.Scope;
import org.jspecify.annotations.Nullable;

/// Who acts.
///
/// @param id names them in the log; never a secret
/// @param permission the most they may do
/// @param scope what they may see
/// @param endpoint the only endpoint whose feed they may ask for; null for all that they see
public record Principal(String id, Permission permission, Scope scope, @Nullable String endpoint) {}
