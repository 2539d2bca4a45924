package dev.porchlight.geo;

import dev.porchlight.filter.Shape;
import java.util.ArrayList;
import java.util.List;

/// A piece of the map between two parallels and two meridians, both included. None goes over the
/// 180th meridian.
public record Box(double south, double west, double north, double east) {
  /// By how much a circle's box is larger than it would have to be, in degrees: about a metre.
  private static final double SLACK = 1e-5;

  private static final double POLE = 90;
  private static final double HALF = 180;

  /// Boxes that together hold all of a shape; two where it goes over the 180th meridian.
  public static List<Box> of(Shape shape) {
    return switch (shape) {
      case Shape.Rectangle(var south, var west, var north, var east) ->
          List.of(new Box(south, west, north, east));
      case Shape.Polygon(var corners) -> {
        double south = POLE;
        double west = HALF;
        double north = -POLE;
        double east = -HALF;
        for (var corner : corners) {
          south = Math.min(south, corner.latitude());
          west = Math.min(west, corner.longitude());
          north = Math.max(north, corner.latitude());
          east = Math.max(east, corner.longitude());
        }
        yield List.of(new Box(south, west, north, east));
      }
      case Shape.Radius radius -> around(radius);
    };
  }

  private static List<Box> around(Shape.Radius radius) {
    double angle = radius.miles() / Shapes.EARTH;
    double latitude = radius.centre().latitude();
    double longitude = radius.centre().longitude();
    double up = Math.toDegrees(angle) + SLACK;
    double south = Math.max(-POLE, latitude - up);
    double north = Math.min(POLE, latitude + up);
    if (south == -POLE || north == POLE) {
      // Around a pole it reaches every meridian.
      return List.of(new Box(south, -HALF, north, HALF));
    }
    double sine = Math.sin(angle) / Math.cos(Math.toRadians(latitude));
    double aside = Math.toDegrees(Math.asin(Math.min(1, sine))) + SLACK;
    double west = longitude - aside;
    double east = longitude + aside;
    var boxes = new ArrayList<Box>();
    boxes.add(new Box(south, Math.max(-HALF, west), north, Math.min(HALF, east)));
    if (west < -HALF) {
      boxes.add(new Box(south, west + 2 * HALF, north, HALF));
    }
    if (east > HALF) {
      boxes.add(new Box(south, -HALF, north, east - 2 * HALF));
    }
    return boxes;
  }
}
