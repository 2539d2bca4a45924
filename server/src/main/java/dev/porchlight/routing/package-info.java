/// Who answers a lead, and why.
@org.jspecify.annotations.NullMarked
package dev.porchlight.routing;
