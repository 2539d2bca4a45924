package dev.porchlight.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.filter.Shape;
import dev.porchlight.filter.Value;
import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShapesTest {
  private static boolean isWithin(Shape shape, double latitude, double longitude) {
    return Shapes.GEOMETRY.within(shape).test(new Value.Location(latitude, longitude));
  }

  private static Shape.Radius radius(double latitude, double longitude, double miles) {
    return new Shape.Radius(new Value.Location(latitude, longitude), miles);
  }

  private static Shape.Polygon polygon(double... axes) {
    var corners = new ArrayList<Value.Location>();
    for (int i = 0; i < axes.length; i += 2) {
      corners.add(new Value.Location(axes[i], axes[i + 1]));
    }
    return new Shape.Polygon(corners);
  }

  @Test
  void a_radius_goes_over_the_globe() {
    // From New York's city hall to Philadelphia's are 80.6 miles.
    assertThat(isWithin(radius(40.7128, -74.0060, 80.7), 39.9526, -75.1652)).isTrue();
    assertThat(isWithin(radius(40.7128, -74.0060, 80.4), 39.9526, -75.1652)).isFalse();
    // A degree of longitude at the equator has 69.09 miles, at 60 degrees half of that.
    assertThat(isWithin(radius(0, 179.5, 69.2), 0, -179.5)).isTrue();
    assertThat(isWithin(radius(0, 179.5, 69.0), 0, -179.5)).isFalse();
    assertThat(isWithin(radius(60, -180, 34.6), 60, 179)).isTrue();
    assertThat(isWithin(radius(60, -180, 34.4), 60, 179)).isFalse();
    assertThat(isWithin(radius(60, 180, 0.1), 60, -180)).isTrue();
    // Across a pole.
    assertThat(isWithin(radius(89.5, 10, 70), 89.5, -170)).isTrue();
    assertThat(isWithin(radius(-90, 0, 1), -90, 123)).isTrue();
    assertThat(isWithin(radius(12, 34, 1e-9), 12, 34)).isTrue();
    // Half around, there is nothing farther away.
    assertThat(isWithin(radius(0, 0, 12_436), 0, 180)).isFalse();
    assertThat(isWithin(radius(0, 0, 12_437), 0, 180)).isTrue();
  }

  @Test
  void edges_belong_to_their_shape() {
    var square = polygon(0, 0, 0, 1, 1, 1, 1, 0);
    var slope = polygon(46, -97, 47, -96, 46, -96);
    var rectangle = new Shape.Rectangle(46, -97, 47, -96);
    for (double at : new double[] {0, 0.25, 0.1, 1}) {
      assertThat(isWithin(square, 0, at)).isTrue();
      assertThat(isWithin(square, at, 1)).isTrue();
      assertThat(isWithin(rectangle, 46 + at, -97)).isTrue();
      assertThat(isWithin(rectangle, 47, -97 + at)).isTrue();
    }
    assertThat(isWithin(slope, 46.5, -96.5)).isTrue();
    assertThat(isWithin(slope, 47, -96)).isTrue();
    for (var shape : List.of(square, slope, rectangle)) {
      assertThat(isWithin(shape, Math.nextDown(0.0), 0.5)).isFalse();
      assertThat(isWithin(shape, Math.nextUp(47.0), -96)).isFalse();
    }
    assertThat(isWithin(square, -0.0, -0.0)).isTrue();
    // A dent is outside.
    var dented = polygon(0, 0, 0, 4, 4, 4, 1, 2, 4, 0);
    assertThat(isWithin(dented, 3, 2)).isFalse();
    assertThat(isWithin(dented, 1, 2)).isTrue();
    assertThat(isWithin(dented, 3, 0.2)).isTrue();
  }

  @Test
  void what_is_no_polygon_is_named() {
    assertThat(Shapes.GEOMETRY.fault(polygon(0, 0, 0, 1, 1, 1))).isEmpty();
    // The same corner twice, one after the other.
    assertThat(Shapes.GEOMETRY.fault(polygon(0, 0, 0, 1, 0, 1, 1, 1))).isEmpty();
    assertThat(Shapes.GEOMETRY.fault(polygon(0, 0, 1, 1, 0, 1, 1, 0)))
        .hasValueSatisfying(f -> assertThat(f).contains("0.500000 0.500000"));
    assertThat(Shapes.GEOMETRY.fault(polygon(0, 0, 0, 2, 1, 1, 2, 2, 2, 0, 1, 1)))
        .hasValueSatisfying(f -> assertThat(f).contains("1.000000 1.000000"));
    // Nothing but a line, nothing but a point.
    assertThat(Shapes.GEOMETRY.fault(polygon(0, 0, 1, 1, 2, 2))).isPresent();
    assertThat(Shapes.GEOMETRY.fault(polygon(3, 3, 3, 3, 3, 3)))
        .hasValue("This polygon has no area.");
  }

  /// Held against the JDK's geometry, and a radius against arrows from the middle of the earth.
  @Property(tries = 300)
  void it_agrees_with_others_and_boxes_hold_all(@ForAll long seed) {
    var random = new Random(seed);
    double y = random.nextInt(4) == 0 ? 88 - random.nextInt(177) : random.nextDouble() * 170 - 85;
    double x = random.nextInt(3) == 0 ? 180 - random.nextDouble() : random.nextDouble() * 360 - 180;
    var circle = radius(y, x, Math.pow(10, random.nextDouble() * 4.5 - 1));
    int corners = 3 + random.nextInt(100);
    var path = new Path2D.Double();
    var star = new ArrayList<Value.Location>();
    for (int i = 0; i < corners; i++) {
      double turn = 2 * Math.PI * i / corners;
      double out = 0.2 + random.nextDouble();
      var corner = new Value.Location(10 + out * Math.sin(turn), 20 + out * Math.cos(turn));
      star.add(corner);
      if (i == 0) {
        path.moveTo(corner.longitude(), corner.latitude());
      } else {
        path.lineTo(corner.longitude(), corner.latitude());
      }
    }
    var polygon = new Shape.Polygon(star);
    assertThat(Shapes.GEOMETRY.fault(polygon)).isEmpty();
    for (int n = 0; n < 50; n++) {
      double reach = Math.min(170, Math.toDegrees(circle.miles() / Shapes.EARTH) * 3);
      double latitude = Math.clamp(y + (random.nextDouble() - 0.5) * reach, -90, 90);
      double longitude =
          Math.IEEEremainder(x + (random.nextDouble() - 0.5) * reach * (1 + n % 5), 360);
      double away = Shapes.EARTH * angle(y, x, latitude, longitude);
      boolean in = isWithin(circle, latitude, longitude);
      if (Math.abs(away - circle.miles()) > 0.01) {
        assertThat(in).isEqualTo(away < circle.miles());
      }
      assertThat(in && !isInBoxes(circle, latitude, longitude)).isFalse();
      latitude = 10 + (random.nextDouble() - 0.5) * 3;
      longitude = 20 + (random.nextDouble() - 0.5) * 3;
      in = isWithin(polygon, latitude, longitude);
      assertThat(in).isEqualTo(path.contains(longitude, latitude));
      assertThat(in && !isInBoxes(polygon, latitude, longitude)).isFalse();
    }
    for (var corner : star) {
      assertThat(isWithin(polygon, corner.latitude(), corner.longitude())).isTrue();
      assertThat(isInBoxes(polygon, corner.latitude(), corner.longitude())).isTrue();
    }
  }

  private static boolean isInBoxes(Shape shape, double latitude, double longitude) {
    return Box.of(shape).stream()
        .anyMatch(b ->
            b.south() <= latitude
                && latitude <= b.north()
                && b.west() <= longitude
                && longitude <= b.east());
  }

  private static double angle(double y1, double x1, double y2, double x2) {
    double[] a = arrow(y1, x1);
    double[] b = arrow(y2, x2);
    double along = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    double i = a[1] * b[2] - a[2] * b[1];
    double j = a[2] * b[0] - a[0] * b[2];
    double k = a[0] * b[1] - a[1] * b[0];
    return Math.atan2(Math.sqrt(i * i + j * j + k * k), along);
  }

  private static double[] arrow(double latitude, double longitude) {
    double y = Math.toRadians(latitude);
    double x = Math.toRadians(longitude);
    return new double[] {Math.cos(y) * Math.cos(x), Math.cos(y) * Math.sin(x), Math.sin(y)};
  }
}
