package dev.porchlight.console;

/// The way from one part of a long list to the next.
///
/// @param next the address of the next part; empty at the end
/// @param first the address of the first part; empty where this is it
public record Pager(String first, String next) {
  /// A list that ends here.
  public static final Pager NONE = new Pager("", "");
}
