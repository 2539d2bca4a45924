package dev.porchlight.filter;

import java.util.Optional;
import java.util.function.Predicate;

/// What has to be known of geometry to say where a place lies. The language itself knows none: a
/// program whose listings have a location brings it along. Many threads may ask it at once.
public interface Geometry {
  /// Knows nothing: it takes every polygon for one, and can't say what lies within a shape.
  Geometry NONE =
      new Geometry() {
        @Override
        public Optional<String> fault(Shape.Polygon polygon) {
          return Optional.empty();
        }

        @Override
        public Predicate<Value.Location> within(Shape shape) {
          throw new IllegalArgumentException("shapes need a geometry");
        }
      };

  /// What keeps corners from being those of a polygon, such as edges that cross, as a sentence;
  /// empty when nothing does.
  Optional<String> fault(Shape.Polygon polygon);

  /// Says of a location whether it lies within a shape, its edge included.
  Predicate<Value.Location> within(Shape shape);
}
