/// For those who receive: tries a receiver, stands in for one, sends it a sample. Needs no hub.
@org.jspecify.annotations.NullMarked
package dev.porchlight.receiver;
