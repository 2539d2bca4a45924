package dev.porchlight.filter;

import java.util.Objects;

/// What a filter needs to know about one attribute.
///
/// @param name as filters write it: `[A-Z][A-Za-z0-9]*`, or `"Group"."Label"` with the quotes for a
///   custom field
/// @param type of its value, or of each element when it is a list
/// @param list whether it holds several values
/// @param searchable whether filters may name it; one that is not is refused as if it did not exist
/// @param wildcards what wildcards mean on it; of no effect unless the type is character
public record Attribute(
    String name, Type type, boolean list, boolean searchable, Wildcards wildcards) {
  /// Checks that nothing is null.
  public Attribute {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(wildcards, "wildcards");
  }

  /// A searchable attribute with one value; wildcards are tried on the whole of it.
  public static Attribute of(String name, Type type) {
    return new Attribute(name, type, false, true, Wildcards.WHOLE);
  }

  /// A searchable attribute with several values; wildcards are tried on each.
  public static Attribute listOf(String name, Type type) {
    return new Attribute(name, type, true, true, Wildcards.WHOLE);
  }

  /// The same attribute with another rule for wildcards.
  public Attribute with(Wildcards rule) {
    return new Attribute(name, type, list, searchable, rule);
  }

  /// The same attribute, hidden from filters.
  public Attribute notSearchable() {
    return new Attribute(name, type, list, false, wildcards);
  }
}
