package dev.porchlight.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Reads the places of a shape, `46.87 -96.78, 46.88 -96.70`: latitude, blank, longitude.
final class Coordinates {
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,3}(\\.[0-9]{1,20})?");
  private static final Pattern LISTING = Pattern.compile("[0-9]{26}");
  private static final int ONE_WAY = 180;

  private final Lexer lexer;
  private final String text;

  /// Where the text begins in the filter.
  private final int from;

  private final List<Value.Location> places = new ArrayList<>();

  private Coordinates(Lexer lexer, String text, int from) {
    this.lexer = lexer;
    this.text = text;
    this.from = from;
  }

  /// Reads places.
  ///
  /// @param literal where the text's opening quote stands
  /// @param line whether each is joined with the next, and the last with the first
  /// @throws FilterException at the first that is none
  static List<Value.Location> read(Lexer lexer, String text, int literal, boolean line) {
    var coordinates = new Coordinates(lexer, text, literal + 1);
    int at = 0;
    while (at <= text.length()) {
      int comma = text.indexOf(',', at);
      int end = comma < 0 ? text.length() : comma;
      coordinates.place(at, end, line);
      at = end + 1;
    }
    var places = coordinates.places;
    if (line && isTooLong(places.getLast(), places.getFirst())) {
      throw coordinates.fail(0, text.length(), tooLong());
    }
    return places;
  }

  private void place(int begin, int end, boolean line) {
    int at = begin;
    while (at < end && isBlank(text.charAt(at))) {
      at++;
    }
    int stop = end;
    while (stop > at && isBlank(text.charAt(stop - 1))) {
      stop--;
    }
    int gap = at;
    while (gap < stop && !isBlank(text.charAt(gap))) {
      gap++;
    }
    int second = gap;
    while (second < stop && isBlank(text.charAt(second))) {
      second++;
    }
    var latitude = text.substring(at, gap);
    var longitude = text.substring(second, stop);
    if (!NUMBER.matcher(latitude).matches() || !NUMBER.matcher(longitude).matches()) {
      throw fail(
          at,
          Math.max(stop, at + 1),
          LISTING.matcher(latitude).matches() && longitude.isEmpty()
              ? "A shape around a listing's id is not known here. Write the listing's latitude and"
                  + " longitude, such as 46.87 -96.78."
              : "A place is its latitude and its longitude in degrees with a blank between, such as"
                  + " 46.87 -96.78; places are separated by commas.");
    }
    double y = Double.parseDouble(latitude);
    double x = Double.parseDouble(longitude);
    if (Math.abs(y) > Value.Location.POLE) {
      throw fail(at, gap, "A latitude is between -90 and 90. It stands before the longitude.");
    }
    if (Math.abs(x) > Value.Location.ANTIMERIDIAN) {
      throw fail(second, stop, "A longitude is between -180 and 180.");
    }
    var place = new Value.Location(y, x);
    if (line && !places.isEmpty() && isTooLong(places.getLast(), place)) {
      throw fail(at, stop, tooLong());
    }
    places.add(place);
  }

  private static boolean isTooLong(Value.Location a, Value.Location b) {
    return Math.abs(a.longitude() - b.longitude()) > ONE_WAY;
  }

  private static String tooLong() {
    return "From one corner to the next are at most 180 degrees of longitude, else it could be"
        + " either way around the globe. Cut a shape at the 180th meridian in two.";
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private FilterException fail(int begin, int end, String message) {
    return lexer.fail(from + begin, from + end, message);
  }
}
