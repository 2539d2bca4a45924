/// The two Realtor.com lead contracts and the native envelope: one reader with findings beside the
/// facts, one writer with losses beside the bytes.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.realtor;
