/// Asks portals for the leads that their pushes may have missed: [Poller] first. What is read is
/// handed to the desk as if it had been pushed.
@org.jspecify.annotations.NullMarked
package dev.porchlight.poll;
