package dev.porchlight.access;

import dev.porchlight.account.Scope;

/// Who acts.
///
/// @param id names them in the log; never a secret
/// @param permission the most they may do
/// @param scope what they may see
public record Principal(String id, Permission permission, Scope scope) {}
