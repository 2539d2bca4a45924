package dev.porchlight.sign;

import java.util.List;
import java.util.function.Function;

/// A request as a signature sees it.
///
/// @param method in capitals
/// @param url as the sender named it, whole
/// @param headers gives all values of a header by its name, whatever the letter case; empty when
///   none
/// @param body as received; never changed
public record SignedRequest(
    String method, String url, Function<String, List<String>> headers, byte[] body) {}
