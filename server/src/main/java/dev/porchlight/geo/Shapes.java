package dev.porchlight.geo;

import dev.porchlight.filter.Geometry;
import dev.porchlight.filter.Shape;
import dev.porchlight.filter.Value;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.locationtech.jts.algorithm.RayCrossingCounter;
import org.locationtech.jts.algorithm.locate.IndexedPointInAreaLocator;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.CoordinateSequence;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Location;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.impl.PackedCoordinateSequenceFactory;
import org.locationtech.jts.operation.valid.IsValidOp;
import org.locationtech.jts.operation.valid.TopologyValidationError;

/// What lies within a shape. A polygon is one of the plane: its edges are straight where latitude
/// and longitude are the axes, as on the maps on which people draw it. A radius goes over the
/// globe, taken for a sphere, and so over the poles and the 180th meridian.
public final class Shapes implements Geometry {
  /// For filters that name a location.
  public static final Geometry GEOMETRY = new Shapes();

  /// The earth's mean radius, in miles.
  static final double EARTH = 6371.0088 / 1.609344;

  /// From how many corners on it is worth while to put a polygon's edges in order first.
  private static final int MANY = 64;

  private static final PackedCoordinateSequenceFactory SEQUENCES =
      PackedCoordinateSequenceFactory.DOUBLE_FACTORY;
  private static final GeometryFactory FACTORY = new GeometryFactory(SEQUENCES);

  private Shapes() {}

  @Override
  public Optional<String> fault(Shape.Polygon polygon) {
    var wrong = new IsValidOp(polygon(polygon)).getValidationError();
    if (wrong == null) {
      return Optional.empty();
    }
    var at = wrong.getCoordinate();
    return Optional.of(
        at == null || wrong.getErrorType() == TopologyValidationError.TOO_FEW_POINTS
            ? "This polygon has no area."
            : String.format(
                Locale.ROOT,
                "The edges of this polygon cross or touch each other at %.6f %.6f. Draw each part"
                    + " as a polygon of its own, with a comma between.",
                at.y,
                at.x));
  }

  @Override
  public Predicate<Value.Location> within(Shape shape) {
    return switch (shape) {
      case Shape.Rectangle(var south, var west, var north, var east) ->
          p ->
              p.latitude() >= south
                  && p.latitude() <= north
                  && p.longitude() >= west
                  && p.longitude() <= east;
      case Shape.Radius radius -> within(radius);
      case Shape.Polygon polygon -> within(polygon);
    };
  }

  /// By the haversine of the angle between centre and place, which grows with it.
  private static Predicate<Value.Location> within(Shape.Radius radius) {
    double angle = radius.miles() / EARTH;
    if (angle >= Math.PI) {
      return _ -> true;
    }
    double most = haversine(angle);
    double latitude = Math.toRadians(radius.centre().latitude());
    double longitude = Math.toRadians(radius.centre().longitude());
    double cosine = Math.cos(latitude);
    return p -> {
      double y = Math.toRadians(p.latitude());
      return haversine(y - latitude)
              + cosine * Math.cos(y) * haversine(Math.toRadians(p.longitude()) - longitude)
          <= most;
    };
  }

  private static double haversine(double angle) {
    double sine = Math.sin(angle / 2);
    return sine * sine;
  }

  private static Predicate<Value.Location> within(Shape.Polygon polygon) {
    if (polygon.corners().size() >= MANY) {
      var edges = new IndexedPointInAreaLocator(polygon(polygon));
      return p -> edges.locate(coordinate(p)) != Location.EXTERIOR;
    }
    var ring = ring(polygon);
    return p -> RayCrossingCounter.locatePointInRing(coordinate(p), ring) != Location.EXTERIOR;
  }

  private static Coordinate coordinate(Value.Location place) {
    return new Coordinate(place.longitude(), place.latitude());
  }

  private static Polygon polygon(Shape.Polygon polygon) {
    return FACTORY.createPolygon(ring(polygon));
  }

  private static CoordinateSequence ring(Shape.Polygon polygon) {
    var corners = polygon.corners();
    var axes = new double[2 * corners.size() + 2];
    for (int i = 0; i <= corners.size(); i++) {
      var corner = corners.get(i % corners.size());
      axes[2 * i] = corner.longitude();
      axes[2 * i + 1] = corner.latitude();
    }
    return SEQUENCES.create(axes, 2);
  }
}
