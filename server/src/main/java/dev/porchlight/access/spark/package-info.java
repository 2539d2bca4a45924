/// Who may use the Spark door: its keys and their roles, sessions, what accounts have granted by
/// OAuth 2, and the keys of identity tokens.
@org.jspecify.annotations.NullMarked
package dev.porchlight.access.spark;
