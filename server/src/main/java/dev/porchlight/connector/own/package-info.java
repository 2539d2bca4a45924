/// Our own event format, as Standard Webhooks payloads: what a hub sends, and another one takes.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.own;
