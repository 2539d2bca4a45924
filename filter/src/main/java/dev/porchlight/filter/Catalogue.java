package dev.porchlight.filter;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The attributes a filter may name. Many threads may ask it at once.
@FunctionalInterface
public interface Catalogue {
  /// The attribute of that name, letter case included; empty when there is none.
  Optional<Attribute> find(String name);

  /// What checks the shapes that a filter names.
  default Geometry geometry() {
    return Geometry.NONE;
  }

  /// The same attributes with a geometry.
  default Catalogue with(Geometry geometry) {
    var attributes = this;
    return new Catalogue() {
      @Override
      public Optional<Attribute> find(String name) {
        return attributes.find(name);
      }

      @Override
      public Geometry geometry() {
        return geometry;
      }
    };
  }

  /// A catalogue of just these attributes.
  ///
  /// @throws IllegalStateException when two have the same name
  static Catalogue of(Attribute... attributes) {
    Map<String, Attribute> byName =
        Arrays.stream(attributes)
            .collect(Collectors.toUnmodifiableMap(Attribute::name, Function.identity()));
    return name -> Optional.ofNullable(byName.get(name));
  }
}
