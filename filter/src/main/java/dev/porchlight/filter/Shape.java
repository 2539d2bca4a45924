package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;

/// A piece of the map, its edge included. Latitude and longitude are taken for the axes of a plane,
/// but by [Radius].
public sealed interface Shape {
  /// All that is no farther from a place than so, as the crow flies.
  ///
  /// @param centre the place
  /// @param miles of 1,609.344 metres, more than none
  record Radius(Value.Location centre, double miles) implements Shape {
    /// Checks that it is one.
    public Radius {
      Objects.requireNonNull(centre, "centre");
      if (!(miles > 0) || !Double.isFinite(miles)) {
        throw new IllegalArgumentException("a radius is more than none");
      }
    }
  }

  /// All between two parallels and two meridians.
  ///
  /// @param south the least latitude
  /// @param west the least longitude
  /// @param north the greatest latitude
  /// @param east the greatest longitude
  record Rectangle(double south, double west, double north, double east) implements Shape {
    /// Checks that it is one.
    public Rectangle {
      if (!(south < north) || !(west < east)) {
        throw new IllegalArgumentException("a rectangle has an area");
      }
    }
  }

  /// All within a line that goes straight from corner to corner and back to the first.
  ///
  /// @param corners three or more; the first is not there twice
  record Polygon(List<Value.Location> corners) implements Shape {
    /// Copies the corners; there are three or more.
    public Polygon {
      corners = List.copyOf(corners);
      if (corners.size() < 3) {
        throw new IllegalArgumentException("a polygon has three corners");
      }
    }
  }
}
