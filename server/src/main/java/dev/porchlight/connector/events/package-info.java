/// Real-estate events: reads what is published, and writes the copies that receivers get.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.events;
