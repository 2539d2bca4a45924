/// Our own event format, as Standard Webhooks payloads; writing only.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.own;
