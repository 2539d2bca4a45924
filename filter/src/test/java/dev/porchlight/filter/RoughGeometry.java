package dev.porchlight.filter;

import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A geometry with what the JDK has of it: good enough where nothing lies on an edge.
final class RoughGeometry implements Geometry {
  static final Geometry GEOMETRY = new RoughGeometry();

  private static final double MILES = 3958.761;

  @Override
  public Optional<String> fault(Shape.Polygon polygon) {
    List<Value.Location> corners = polygon.corners();
    int n = corners.size();
    for (int i = 0; i < n; i++) {
      for (int j = i + 2; j < n; j++) {
        if ((i > 0 || j < n - 1) && edge(corners, i).intersectsLine(edge(corners, j))) {
          return Optional.of("Edges cross.");
        }
      }
    }
    return Optional.empty();
  }

  private static Line2D edge(List<Value.Location> corners, int i) {
    Value.Location a = corners.get(i);
    Value.Location b = corners.get((i + 1) % corners.size());
    return new Line2D.Double(a.longitude(), a.latitude(), b.longitude(), b.latitude());
  }

  @Override
  public Predicate<Value.Location> within(Shape shape) {
    return switch (shape) {
      case Shape.Rectangle(var south, var west, var north, var east) ->
          p ->
              Math.clamp(p.latitude(), south, north) == p.latitude()
                  && Math.clamp(p.longitude(), west, east) == p.longitude();
      case Shape.Polygon(var corners) -> {
        var path = new Path2D.Double();
        path.moveTo(corners.getFirst().longitude(), corners.getFirst().latitude());
        corners.forEach(c -> path.lineTo(c.longitude(), c.latitude()));
        yield p -> path.contains(p.longitude(), p.latitude());
      }
      // The angle between two arrows from the middle of the earth.
      case Shape.Radius(var centre, var miles) -> p -> angle(centre, p) * MILES <= miles;
    };
  }

  private static double angle(Value.Location a, Value.Location b) {
    double y1 = Math.toRadians(a.latitude());
    double y2 = Math.toRadians(b.latitude());
    double aside = Math.toRadians(a.longitude() - b.longitude());
    double cosine = Math.sin(y1) * Math.sin(y2) + Math.cos(y1) * Math.cos(y2) * Math.cos(aside);
    return Math.acos(Math.clamp(cosine, -1, 1));
  }
}
