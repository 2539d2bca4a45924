/// What becomes of the hub's data on disks that lie, fail or are full.
@org.jspecify.annotations.NullMarked
package dev.porchlight.disk;
