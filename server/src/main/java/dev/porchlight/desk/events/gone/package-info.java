/// Events that go: erased with a person, dropped by age, and what tells of them then.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.events.gone;
