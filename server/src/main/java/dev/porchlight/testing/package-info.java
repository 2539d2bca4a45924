/// What tests need, ours and those of whoever builds on Porchlight: a clock that is set, a sender
/// and a CRM that do as they are told, and a hub in a temporary folder. Nothing here is for
/// production. Whatever waits, waits for an event, and gives up with an [AssertionError] that says
/// what came instead.
@org.jspecify.annotations.NullMarked
package dev.porchlight.testing;
