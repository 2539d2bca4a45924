package dev.porchlight.console;

import dev.porchlight.web.Forms;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What somebody filled a form with, and what is wrong with it. For one thread.
public final class Form {
  /// Bytes that a form may have.
  static final int LONGEST = 256 * 1024;

  private final Map<String, List<String>> values;
  private final Map<String, String> errors = new LinkedHashMap<>();

  /// A form with something in it that is no UTF-8: what was meant is not known.
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException() {
      super("a form that is not UTF-8");
    }
  }

  /// @throws UnreadableException when it is no UTF-8
  static Form of(byte[] body) throws UnreadableException {
    if (!Forms.isText(body)) {
      throw new UnreadableException();
    }
    return new Form(Forms.decoded(Forms.pairs(new String(body, StandardCharsets.UTF_8))));
  }

  private Form(Map<String, List<String>> values) {
    this.values = values;
  }

  /// One that nobody has filled.
  public static Form empty() {
    return new Form(Map.of());
  }

  /// A field's text without blanks around it; empty when it was not filled.
  public String text(String name) {
    return raw(name).strip();
  }

  /// A field's text as it was typed: of a password, blanks are a part.
  public String raw(String name) {
    var all = values.getOrDefault(name, List.of());
    return all.isEmpty() ? "" : all.getFirst();
  }

  /// All values of a field, such as of several boxes that were ticked.
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /// Whether a box was ticked.
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /// Says what is wrong with a field, as a sentence; the first one said stays.
  public void refuse(String name, String sentence) {
    errors.putIfAbsent(name, sentence);
  }

  /// Whether nothing was refused.
  public boolean isFine() {
    return errors.isEmpty();
  }

  /// What is wrong with a field; empty when nothing is.
  public String error(String name) {
    return errors.getOrDefault(name, "");
  }

  /// A field of that name as it stands, for `field.jte`.
  public Field field(String name, String label) {
    return new Field(name, label, text(name), "text", "", error(name), false, "off", 300);
  }

  /// One field.
  ///
  /// @param type of the input, as in HTML
  /// @param hint a sentence below it; empty for none
  /// @param error what is wrong with it; empty when nothing is
  /// @param autocomplete as in HTML
  /// @param longest characters
  public record Field(
      String name,
      String label,
      String value,
      String type,
      String hint,
      String error,
      boolean required,
      String autocomplete,
      int longest) {

    /// Of another kind of input. A password's value is never shown again.
    public Field type(String other) {
      return new Field(
          name,
          label,
          other.equals("password") ? "" : value,
          other,
          hint,
          error,
          required,
          autocomplete,
          longest);
    }

    public Field hint(String sentence) {
      return new Field(name, label, value, type, sentence, error, required, autocomplete, longest);
    }

    public Field needed() {
      return new Field(name, label, value, type, hint, error, true, autocomplete, longest);
    }

    /// What a browser may fill in.
    public Field fill(String what) {
      return new Field(name, label, value, type, hint, error, required, what, longest);
    }

    public Field longest(int characters) {
      return new Field(name, label, value, type, hint, error, required, autocomplete, characters);
    }

    /// With a value where nothing was filled in.
    public Field or(String other) {
      return value.isEmpty()
          ? new Field(name, label, other, type, hint, error, required, autocomplete, longest)
          : this;
    }

    /// The ids of what describes it; empty for none.
    public String described() {
      return (hint.isEmpty() ? "" : name + "-hint ") + (error.isEmpty() ? "" : name + "-error");
    }
  }
}
