/// Ends hubs by force in the middle of their work and audits what they promised.
@org.jspecify.annotations.NullMarked
package dev.porchlight.crash;
