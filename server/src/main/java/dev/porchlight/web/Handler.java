package dev.porchlight.web;

/// Answers a request. Runs on a virtual thread; blocking is fine.
@FunctionalInterface
public interface Handler {
  /// @throws Exception for a defect or a fault that the route's [Route.Refusals] word
  Reply handle(Request request) throws Exception;
}
