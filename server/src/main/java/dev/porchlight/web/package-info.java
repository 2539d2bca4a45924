/// The words of HTTP without a server: requests, replies, routes, problems. Connectors, the API and
/// the console speak these; only the http package knows the server library.
@org.jspecify.annotations.NullMarked
package dev.porchlight.web;
