/// Events that are published: to whom they go, their inboxes and messages, what they say of people,
/// how they age and are taken away.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.events;
