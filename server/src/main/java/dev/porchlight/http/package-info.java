/// Serves routes over HTTP/1.1. The only package that sees the server library; gives each request a
/// virtual thread, bounds what strangers can take, and stops without cutting a request.
@org.jspecify.annotations.NullMarked
package dev.porchlight.http;
