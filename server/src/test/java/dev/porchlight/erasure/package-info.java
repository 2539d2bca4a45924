/// That erasing a person leaves nothing of them, over the wire and down to the files.
@org.jspecify.annotations.NullMarked
package dev.porchlight.erasure;
