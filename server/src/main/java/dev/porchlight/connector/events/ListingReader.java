package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.ListingChange;
import dev.porchlight.value.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads what an event says of a listing: tolerantly, as senders are known to write, into the form
/// of the contract's field table. What fits no form is kept as it was sent, and noted.
final class ListingReader {
  private static final String GROUP = "realestate/listing";
  private static final String TYPE = "PropertyListing";
  private static final int LONGEST_KEY = 200;

  private static final Map<String, String> SPELLINGS =
      Map.of(
          "@type", "type",
          "colistingAgent", "coListingAgent",
          "colistingOffice", "coListingOffice",
          "brokerAtrribution", "brokerAttribution");
  private static final Map<String, Integer> TEXTS = texts();
  private static final Set<String> COUNTS =
      Set.of(
          "numberOfBathrooms",
          "numberOfFullBathrooms",
          "numberOf1/2Bathrooms",
          "numberOf1/4Bathrooms",
          "numberOf3/4Bathrooms",
          "numberOfBedrooms",
          "numberOfRooms");
  private static final Set<String> NUMBERS = Set.of("stories", "yearBuilt");
  private static final Set<String> TIMES =
      Set.of("closeDate", "listingContractDate", "modificationTimestamp", "purchaseContractDate");
  private static final Set<String> QUANTITIES = Set.of("livingArea", "lotSize");
  private static final Set<String> PRICES = Set.of("listingPrice", "soldPrice");
  private static final Set<String> PARTIES =
      Set.of("buyerAgent", "buyerOffice", "listingAgent", "listingOffice", "coListingOffice");

  private final ListingNotes notes;
  private final ListingMeasures measures;
  private final ListingParties parties;
  private final ListingWords words;
  private final TreeMap<String, Object> members = new TreeMap<>();

  private ListingReader(ListingNotes notes) {
    this.notes = notes;
    this.measures = new ListingMeasures(notes);
    this.parties = new ListingParties(notes);
    this.words = new ListingWords(notes);
  }

  /// What the event says of a listing; null when its topic is about something else.
  static @Nullable ListingChange read(Topic topic, Map<?, ?> data, Findings findings) {
    if (!topic.group().equals(GROUP)) {
      return null;
    }
    var kind =
        switch (Objects.requireNonNullElse(topic.action(), "")) {
          case "update" -> ListingChange.Kind.UPDATE;
          case "delete" -> ListingChange.Kind.DELETE;
          case "updatebuyercompensation" -> ListingChange.Kind.COMPENSATION;
          default -> null;
        };
    if (kind == null) {
      return null;
    }
    var notes = new ListingNotes(findings);
    if (!(data.get("object") instanceof Map<?, ?> object)) {
      notes.note("the object of a listing event is the listing", "carried unread");
      return null;
    }
    return new ListingReader(notes).change(kind, object);
  }

  private ListingChange change(ListingChange.Kind kind, Map<?, ?> object) {
    object.forEach((name, value) -> member((String) name, value, object));
    boolean gone = kind == ListingChange.Kind.UPDATE && isTrue(object.get("deleted"));
    if (kind == ListingChange.Kind.COMPENSATION) {
      // Whatever else such an event shows of the listing is there to tell which one it is.
      members.keySet().retainAll(Set.of("buyerCompensation"));
    }
    var written = new TreeMap<String, String>();
    members.forEach((name, value) -> written.put(name, BodyJson.text(value)));
    var change =
        new ListingChange(
            gone ? ListingChange.Kind.DELETE : kind,
            key(object, "originatingSystemName"),
            key(object, "originatingSystemKey"),
            key(object, "listingId"),
            modified(object),
            written);
    if (!change.isNamed()) {
      notes.note(
          "a listing is known by originatingSystemName and originatingSystemKey, or by listingId",
          "carried, but no listing of the hub's is changed");
    }
    return change;
  }

  private @Nullable String key(Map<?, ?> object, String name) {
    var text =
        switch (object.get(name)) {
          case String s -> s.strip();
          case Num n -> ListingMeasures.plain(n);
          case null, default -> "";
        };
    if (text.length() > LONGEST_KEY) {
      notes.note(
          name,
          "a name of a listing has at most " + LONGEST_KEY + " characters",
          "kept, but the listing is not known by it");
      return null;
    }
    return text.isEmpty() ? null : text;
  }

  private static @Nullable Instant modified(Map<?, ?> object) {
    var time =
        object.get("modificationTimestamp") instanceof String text
            ? Times.parse(text.strip())
            : null;
    return time == null ? null : time.moment().at();
  }

  private void member(String written, @Nullable Object value, Map<?, ?> object) {
    if (value == null || !ListingNotes.isSaid(value)) {
      return;
    }
    var name = SPELLINGS.getOrDefault(written, written);
    if (!name.equals(written)) {
      if (ListingNotes.isSaid(object.get(name))) {
        notes.note(
            written, "the member is called `" + name + "`", "passed over: `" + name + "` is there");
        return;
      }
      notes.note(written, "the member is called `" + name + "`", "taken as that");
    }
    var read = read(name, written, value);
    if (read != null) {
      members.put(name, read);
    }
  }

  /// The value in the contract's form; null when there is none.
  private @Nullable Object read(String name, String written, Object value) {
    if (TEXTS.containsKey(name)) {
      return text(name, written, value, Objects.requireNonNullElse(TEXTS.get(name), 0));
    }
    if (COUNTS.contains(name)) {
      return measures.count(written, value);
    }
    if (NUMBERS.contains(name)) {
      return measures.number(written, value);
    }
    if (TIMES.contains(name)) {
      return measures.time(written, value);
    }
    if (QUANTITIES.contains(name)) {
      return measures.quantity(written, value);
    }
    if (PRICES.contains(name)) {
      return measures.price(written, value);
    }
    if (PARTIES.contains(name)) {
      return parties.party(written, value);
    }
    return switch (name) {
      case "type" -> type(written, value);
      case "listingOriginatingSystem" -> object(written, value);
      case "addressCountry" -> words.country(written, value);
      case "listingStatus" -> words.status(written, value);
      case "propertyType" -> words.type(written, value);
      case "propertySubType" -> words.subType(written, value);
      case "url" -> address(written, value);
      case "internetAddressDisplayYN" -> yesNo(written, value);
      case "latitude" -> measures.degrees(written, value, 90);
      case "longitude" -> measures.degrees(written, value, 180);
      case "image" -> images(written, value);
      case "coListingAgent" -> parties.parties(written, value);
      case "deleted" -> deleted(written, value);
      // What a later revision of the contract may bring is kept as it is.
      default -> value;
    };
  }

  /// Nothing to keep: the topic says what it is.
  private @Nullable Object type(String written, Object value) {
    if (!TYPE.equals(value)) {
      notes.note(written, "the type of a listing is " + TYPE, "read as that");
    }
    return null;
  }

  private Object object(String written, Object value) {
    if (!(value instanceof Map)) {
      notes.note(written, "an object", "kept as it is");
    }
    return value;
  }

  private Object text(String name, String written, Object value, int most) {
    var text =
        switch (value) {
          case String s -> s.strip();
          case Num n -> {
            notes.note(written, "`" + name + "` is text", "the number is written out");
            yield ListingMeasures.plain(n);
          }
          default -> null;
        };
    if (text == null) {
      notes.note(written, "`" + name + "` is text", "kept as it is");
      return value;
    }
    if (most > 0 && text.codePointCount(0, text.length()) > most) {
      notes.note(written, "at most " + most + " characters", "kept whole");
    }
    return text;
  }

  private Object address(String written, Object value) {
    var read = text("url", written, value, 0);
    if (read instanceof String) {
      notes.uri(List.of(written), read);
    }
    return read;
  }

  /// Nothing to keep: whether the listing is gone is said by the kind of the change.
  private @Nullable Object deleted(String written, Object value) {
    if (!(value instanceof Boolean)) {
      boolean read = isTrue(value) || value instanceof String s && isWord(s, "false");
      notes.note(written, "true or false", read ? "read out of the text" : "left out");
    }
    return null;
  }

  private static boolean isTrue(@Nullable Object value) {
    return value instanceof Boolean b && b || value instanceof String s && isWord(s, "true");
  }

  private static boolean isWord(String text, String word) {
    return text.strip().equalsIgnoreCase(word);
  }

  /// Anything but yes counts as no: an address is shown only where that is said.
  private Object yesNo(String written, Object value) {
    var read = isYes(value) ? "Y" : "N";
    if (!read.equals(value)) {
      notes.note(written, "Y or N", "read as " + read);
    }
    return read;
  }

  private static boolean isYes(@Nullable Object value) {
    return switch (value) {
      case Boolean b -> b;
      case String s ->
          s.strip().equalsIgnoreCase("Y")
              || s.strip().equalsIgnoreCase("yes")
              || s.strip().equalsIgnoreCase("true");
      case null, default -> false;
    };
  }

  private Object images(String written, Object value) {
    var list = value instanceof List<?> l ? l : List.of(value);
    if (!(value instanceof List)) {
      notes.note(written, "a list of images", "taken as a list of one");
    }
    var all = new ArrayList<Object>();
    for (int i = 0; i < list.size(); i++) {
      var item = list.get(i);
      var place = value instanceof List ? List.of(written, Integer.toString(i)) : List.of(written);
      if (item instanceof String uri) {
        notes.uri(place, uri);
        var image = new LinkedHashMap<String, Object>();
        image.put("type", "ImageObject");
        image.put("id", uri);
        all.add(image);
      } else if (item instanceof Map<?, ?> object) {
        notes.uris(place, object, "id", "@id", "url");
        all.add(item);
      } else {
        notes.note(written, "an image is an object or an address", "left out");
      }
    }
    return all;
  }

  private static Map<String, Integer> texts() {
    var all = new LinkedHashMap<String, Integer>();
    all.put("addressLocality", 50);
    all.put("addressRegion", 0);
    all.put("brokerAttribution", 0);
    all.put("description", 0);
    all.put("listingId", 0);
    all.put("originatingSystemKey", 0);
    all.put("originatingSystemName", 0);
    all.put("postalCode", 12);
    all.put("streetAddress", 75);
    all.put("universalPropertyId", 0);
    return all;
  }
}
