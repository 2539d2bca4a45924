package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// Where on the portal the lead arose, in the portal's words.
///
/// @param source for example listing page, search results, recommendation
/// @param detail a finer word, for example the app
/// @param kind the portal's name for this kind of lead
/// @param method how the enquirer got in touch
/// @param paidType the portal's billing class
/// @param portal which of a company's portals it was, by the company's code, for example `SLG-FRA`
public record Origin(
    @Nullable String source,
    @Nullable String detail,
    @Nullable String kind,
    @Nullable String method,
    @Nullable String paidType,
    @Nullable String portal) {

  /// Of a company with one portal.
  public Origin(
      @Nullable String source,
      @Nullable String detail,
      @Nullable String kind,
      @Nullable String method,
      @Nullable String paidType) {
    this(source, detail, kind, method, paidType, null);
  }
}
