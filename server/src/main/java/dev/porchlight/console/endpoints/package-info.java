/// Endpoints: where we deliver, how it goes, and what a lead becomes in each contract.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.endpoints;
