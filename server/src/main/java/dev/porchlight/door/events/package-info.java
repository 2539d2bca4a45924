/// The pods of parties: where real-estate events are published and inboxes are read.
@org.jspecify.annotations.NullMarked
package dev.porchlight.door.events;
