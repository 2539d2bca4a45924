/// What shapes of the filter language are on the map: geometry, by the JTS library.
@org.jspecify.annotations.NullMarked
package dev.porchlight.geo;
