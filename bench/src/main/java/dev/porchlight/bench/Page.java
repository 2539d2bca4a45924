package dev.porchlight.bench;

import java.util.Locale;

/// The page that is written, in Markdown.
final class Page {
  private final StringBuilder text = new StringBuilder();

  void title(String title) {
    text.append("\n## ").append(title).append("\n\n");
  }

  void words(String words) {
    text.append(words.strip()).append("\n\n");
  }

  /// Begins a table; the columns after the first `left` are numbers.
  void table(int left, String... columns) {
    row(columns);
    text.append('|');
    for (int i = 0; i < columns.length; i++) {
      text.append(i < left ? "---|" : "---:|");
    }
    text.append('\n');
  }

  void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  void endTable() {
    text.append('\n');
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  static String share(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  static String thousandths(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /// Milliseconds, from microseconds.
  static String millis(double micros) {
    return String.format(Locale.ROOT, micros < 10_000 ? "%.2f" : "%.1f", micros / 1000);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
