/// Sources and endpoints as operators set them up, checked before they are kept.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.setup;
