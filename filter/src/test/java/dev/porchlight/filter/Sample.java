package dev.porchlight.filter;

import java.time.Instant;

/// A catalogue like that of contacts, and one attribute of each other type.
final class Sample {
  static final Instant NOW = Instant.parse("2026-03-14T15:09:26.5Z");

  static final Catalogue CATALOGUE =
      Catalogue.of(
              Attribute.of("DisplayName", Type.CHARACTER).with(Wildcards.WORDS),
              Attribute.of("City", Type.CHARACTER),
              Attribute.of("Login", Type.CHARACTER).with(Wildcards.NONE),
              Attribute.of("Note", Type.CHARACTER).notSearchable(),
              Attribute.listOf("Tags", Type.CHARACTER),
              Attribute.of("Created", Type.DATETIME),
              Attribute.of("Born", Type.DATE),
              Attribute.of("Opens", Type.TIME),
              Attribute.of("Active", Type.BOOLEAN),
              Attribute.of("Rooms", Type.INTEGER),
              Attribute.of("Price", Type.DECIMAL),
              Attribute.of("Place", Type.LOCATION))
          .with(RoughGeometry.GEOMETRY);

  static Filter read(String text) {
    return Filter.parse(text, CATALOGUE, NOW);
  }

  private Sample() {}
}
