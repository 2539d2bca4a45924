package dev.porchlight.connector.seekerleads;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Text;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Gender;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.ListingKeys;
import dev.porchlight.value.Moment;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the body of `POST /leads` by the letter of its schema; all faults are found in one pass.
/// One instance a body.
final class RequestReader {
  private static final Pattern CLASSIFIED_ID = Pattern.compile("[0-9]{2}[1-9A-NP-Z]{10}");
  private static final Pattern NUMBER = Pattern.compile("[+]?[0-9() /.\\-]{6,21}[0-9]");
  private static final String DEFAULT_LANGUAGE = "FR";
  private static final Set<String> KNOWN =
      Set.of(
          "firstName",
          "lastName",
          "gender",
          "email",
          "language",
          "phoneNumbers",
          "message",
          "classifiedId",
          "submittedDate");
  private static final Set<String> KNOWN_OF_PHONE = Set.of("type", "number");

  private final Map<String, Object> root;
  private final Findings findings;
  private final List<String> faults = new ArrayList<>();

  private RequestReader(Map<String, Object> root, Findings findings) {
    this.root = root;
    this.findings = findings;
  }

  static Reading read(Body body) {
    var findings = new Findings();
    try {
      if (!(BodyJson.parse(body, findings) instanceof Map<?, ?> object)) {
        return refused("The body is not a JSON object.", false, findings);
      }
      @SuppressWarnings("unchecked") // BodyJson makes no others
      var root = (Map<String, Object>) object;
      return new RequestReader(root, findings).read();
    } catch (BodyJson.Unfit e) {
      return refused(e.reason(), e.isTooDeep(), findings);
    }
  }

  private static Reading refused(String reason, boolean tooDeep, Findings findings) {
    findings.violation("", reason, SeekerLeadRequests.REFUSED);
    return new Reading.Unreadable(reason, tooDeep, findings.violations());
  }

  private Reading read() {
    var firstName = name("firstName", false);
    var lastName = name("lastName", true);
    var gender = gender();
    var email = email();
    var language = language();
    var phones = phones();
    var message = text("message", true);
    var classifiedId = text("classifiedId", true);
    if (classifiedId != null && !CLASSIFIED_ID.matcher(classifiedId).matches()) {
      refuse(
          "/classifiedId",
          "must be two digits, then ten of the digits 1 to 9 and the letters A to Z without O");
    }
    var submitted = submitted();
    root.forEach((key, value) -> {
      if (!KNOWN.contains(key)) {
        findings.extra("/" + BodyJson.escape(key), value);
      }
    });
    if (!faults.isEmpty()) {
      var others = faults.size() - 1;
      return new Reading.Unreadable(
          faults.getFirst()
              + (others == 0
                  ? ""
                  : others == 1 ? " One more fault." : " " + others + " more faults."),
          false,
          findings.violations());
    }
    var lead =
        new Lead.Builder(
                new Enquirer(
                    filled(firstName),
                    filled(lastName),
                    null,
                    email,
                    null,
                    null,
                    null,
                    phones,
                    gender,
                    language,
                    null))
            .timestamp(submitted)
            .interest(
                new Interest.InListing(
                    Property.of(new ListingKeys(classifiedId, null, null, null, null, null))))
            .message(filled(message))
            .extras(findings.extras())
            .build();
    return new Reading.Facts(
        "createLeadRequest", List.of(lead), findings.violations(), BodyJson.fingerprint(root, ""));
  }

  private @Nullable String name(String key, boolean required) {
    var name = text(key, required);
    if (name != null && (name.isEmpty() || Codes.length(name) > Codes.LONGEST_NAME)) {
      refuse("/" + key, "must have 1 to 100 characters");
    }
    return name;
  }

  private @Nullable Gender gender() {
    var word = text("gender", false);
    var gender = word == null ? null : Codes.gender(word);
    if (word != null && gender == null) {
      refuse("/gender", "must be MALE, FEMALE, OTHER or PREFER_NOT_TO_DISCLOSE");
    }
    return gender;
  }

  private @Nullable String email() {
    var email = text("email", true);
    if (email != null && !Text.isPlainEmail(email)) {
      refuse("/email", "must be an e-mail address");
    }
    return email;
  }

  private @Nullable String language() {
    if (!root.containsKey("language")) {
      return DEFAULT_LANGUAGE;
    }
    var word = text("language", false);
    if (word != null && !Codes.isLanguage(word)) {
      refuse("/language", "must be DE, EN, ES, FR, HE, IT, NL, PT or RU");
      return null;
    }
    return word;
  }

  private List<PhoneNumber> phones() {
    var value = root.get("phoneNumbers");
    if (value == null) {
      refuse("/phoneNumbers", "is required");
      return List.of();
    }
    if (!(value instanceof List<?> entries)) {
      refuse("/phoneNumbers", "must be an array");
      return List.of();
    }
    if (entries.isEmpty()) {
      refuse("/phoneNumbers", "must have at least one entry");
    }
    var phones = new ArrayList<PhoneNumber>();
    for (int i = 0; i < entries.size(); i++) {
      var phone = phone("/phoneNumbers/" + i, entries.get(i));
      if (phone != null) {
        phones.add(phone);
      }
    }
    return phones;
  }

  private @Nullable PhoneNumber phone(String pointer, Object entry) {
    if (!(entry instanceof Map<?, ?> phone)) {
      refuse(pointer, "must be an object");
      return null;
    }
    phone.forEach((key, value) -> {
      if (key instanceof String name && value != null && !KNOWN_OF_PHONE.contains(name)) {
        findings.extra(pointer + "/" + BodyJson.escape(name), value);
      }
    });
    PhoneNumber.@Nullable Kind kind = null;
    var type = phone.get("type");
    if (type != null) {
      kind = type instanceof String word ? Codes.phone(word) : null;
      if (kind == null) {
        refuse(pointer + "/type", "must be MOBILE or LANDLINE");
      }
    }
    return switch (phone.get("number")) {
      case null -> {
        refuse(pointer + "/number", "is required");
        yield null;
      }
      case String number when NUMBER.matcher(number).matches() ->
          new PhoneNumber(number.strip(), kind, null);
      default -> {
        refuse(
            pointer + "/number",
            "must be 7 to 22 digits, blanks and ()/.- after an optional plus, the last one a"
                + " digit");
        yield null;
      }
    };
  }

  private @Nullable Moment submitted() {
    var text = text("submittedDate", true);
    if (text == null) {
      return null;
    }
    var time = Times.parse(text);
    if (time == null || !time.byContract()) {
      refuse("/submittedDate", "must be a date and time with its zone (RFC 3339)");
      return null;
    }
    return time.moment();
  }

  private @Nullable String text(String key, boolean required) {
    return switch (root.get(key)) {
      case null -> {
        if (required) {
          refuse("/" + key, "is required");
        }
        yield null;
      }
      case String text -> text;
      default -> {
        refuse("/" + key, "must be a string");
        yield null;
      }
    };
  }

  private void refuse(String pointer, String rule) {
    findings.violation(pointer, rule, SeekerLeadRequests.REFUSED);
    faults.add("`" + pointer.substring(1) + "` " + rule + ".");
  }

  private static @Nullable String filled(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
