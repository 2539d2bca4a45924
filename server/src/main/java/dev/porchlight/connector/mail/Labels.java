package dev.porchlight.connector.mail;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a mail's text by its labelled lines (`Phone: 555 0100`), as portals write them. What is
/// found goes by the names of the meta fields.
final class Labels {
  private static final int LONGEST_LABEL = 40;
  private static final String MESSAGE = "lead_message";
  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  private static void are(String field, String... labels) {
    for (var label : labels) {
      NAMES.put(label, field);
    }
  }

  static {
    are("lead_name", "name", "full name", "contact name", "lead name", "customer name");
    are("lead_name", "buyer name", "seller name", "sender", "nom complet", "nombre completo");
    are("lead_first_name", "first name", "firstname", "vorname", "prénom", "nombre");
    are("lead_last_name", "last name", "lastname", "surname", "family name", "nachname", "nom");
    are("lead_last_name", "cognome", "apellido", "apellidos");
    are("lead_email", "email", "e-mail", "email address", "e-mail address", "mail");
    are("lead_email", "adresse e-mail", "courriel", "correo", "correo electrónico");
    are("lead_phone", "phone", "phone number", "telephone", "tel", "mobile", "cell", "cell phone");
    are("lead_phone", "telefon", "telefonnummer", "handy", "téléphone", "teléfono", "telefono");
    are(MESSAGE, "message", "comments", "comment", "notes", "question", "inquiry", "enquiry");
    are(MESSAGE, "nachricht", "anfrage", "mensaje", "messaggio");
    are("lead_property_address", "property", "property address", "address", "listing address");
    are("lead_property_address", "adresse", "dirección", "indirizzo");
    are("lead_property_city", "city", "ort", "ville", "ciudad", "città");
    are("lead_property_state", "state");
    are("lead_property_zip", "zip", "zip code", "postal code", "postcode", "plz", "code postal");
    are("lead_property_price", "price", "list price", "listing price");
    are("lead_property_beds", "beds", "bedrooms");
    are("lead_property_baths", "baths", "bathrooms");
    are("lead_property_mls_id", "mls", "mls #", "mls#", "mls id", "mls number");
    are("lead_property_url", "link", "url", "listing url", "listing link");
    are("lead_id", "lead id", "lead_id", "inquiry id", "enquiry id", "lead number");
    are("lead_source", "source", "lead source");
    are("lead_type", "lead type");
    are("lead_timestamp", "date", "received", "submitted", "timestamp");
  }

  private Labels() {}

  /// What the lines say; the first of a name counts.
  static Map<String, String> read(String text) {
    var found = new LinkedHashMap<String, String>();
    @Nullable String waiting = null;
    var message = new ArrayList<String>();
    boolean inMessage = false;
    for (var raw : text.split("\\r?\\n|\\r", -1)) {
      var line = raw.strip();
      if (raw.stripTrailing().equals("--")) {
        break;
      }
      int colon = separator(line);
      var field = colon < 0 ? null : NAMES.get(label(line.substring(0, colon)));
      if (field != null && !(inMessage && Set.of("lead_name", "lead_source").contains(field))) {
        var value = line.substring(colon + 1).strip();
        inMessage = field.equals(MESSAGE) && !found.containsKey(MESSAGE) && message.isEmpty();
        if (inMessage) {
          message.add(value);
          waiting = null;
        } else if (value.isEmpty()) {
          waiting = field;
        } else {
          found.putIfAbsent(field, value);
          waiting = null;
        }
      } else if (inMessage) {
        message.add(raw.stripTrailing());
      } else if (waiting != null && !line.isEmpty()) {
        found.putIfAbsent(waiting, line);
        waiting = null;
      }
    }
    var words = String.join("\n", message).strip();
    if (!words.isEmpty()) {
      found.put(MESSAGE, words);
    }
    return found;
  }

  private static int separator(String line) {
    for (int i = 0; i < line.length() && i <= LONGEST_LABEL; i++) {
      char c = line.charAt(i);
      if (c == ':' || c == '\t' || c == '：') {
        return i;
      }
    }
    return -1;
  }

  private static String label(String text) {
    return text.replaceAll("[*•>_\\s]+", " ").strip().toLowerCase(Locale.ROOT);
  }
}
