/// The inbound door of push sources: from an HTTP request to a receipt on disk, and the answer in
/// the sender's own form.
@org.jspecify.annotations.NullMarked
package dev.porchlight.door;
