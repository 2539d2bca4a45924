package dev.porchlight.door.spark;

import dev.porchlight.person.PortalAccount;
import dev.porchlight.sign.Passwords;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What somebody writes into a contact's portal account. Attributes that can only be read are left
/// aside: clients send back the whole of what they were shown.
///
/// @param login whether LoginName is among it, which null takes away
/// @param password whether Password is among it; the hash is made with the rest, outside of any
///   unit
/// @param enabled null where it says nothing
/// @param language null where it says nothing
record PortalWriting(
    boolean login,
    @Nullable String loginName,
    boolean password,
    @Nullable String passwordHash,
    @Nullable Boolean enabled,
    @Nullable String language) {
  /// The shortest password that a consumer may have, in characters.
  static final int SHORTEST_PASSWORD = 8;

  static final String LOGIN_NAME = "LoginName";
  static final String PASSWORD = "Password";
  static final String ENABLED = "Enabled";

  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

  /// @throws SparkException 1053 for an attribute that breaks its rule
  static PortalWriting read(ObjectNode d) {
    var loginName = AccountResources.text(d, LOGIN_NAME, PortalAccount.LONGEST_LOGIN, false);
    var enabled = flag(ENABLED, d.get(ENABLED));
    var settings = object(d, "Settings");
    if (settings != null) {
      var inner = flag("Settings.Enabled", settings.get(ENABLED));
      enabled = inner == null ? enabled : inner;
    }
    var locale = object(d, "Locale");
    var language = locale == null ? null : AccountResources.text(locale, "Language", 35, false);
    if (language != null && !LANGUAGE.matcher(language).matches()) {
      throw AccountResources.wrong("Locale", "has a Language such as en or fr-CA");
    }
    var password = password(d.get(PASSWORD));
    return new PortalWriting(
        d.has(LOGIN_NAME),
        loginName == null ? null : loginName.strip(),
        d.has(PASSWORD),
        password == null ? null : Passwords.hash(password),
        enabled,
        language);
  }

  private static @Nullable String password(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw AccountResources.wrong(PASSWORD, "is a string");
    }
    var objection = objection(value.stringValue());
    if (objection != null) {
      throw AccountResources.wrong(PASSWORD, objection);
    }
    return value.stringValue();
  }

  /// What is wrong with a password; null when it may be one.
  static @Nullable String objection(String password) {
    int length = password.codePointCount(0, password.length());
    if (length < SHORTEST_PASSWORD || password.length() > Passwords.LONGEST) {
      return "has " + SHORTEST_PASSWORD + " to " + Passwords.LONGEST + " characters";
    }
    return password.isBlank() ? "is not of blanks alone" : null;
  }

  private static @Nullable ObjectNode object(ObjectNode d, String name) {
    return switch (d.get(name)) {
      case null -> null;
      case ObjectNode object -> object;
      case JsonNode other when other.isNull() -> null;
      default -> throw AccountResources.wrong(name, "is an object");
    };
  }

  /// True and false, also as the words that the Ruby client sends.
  static @Nullable Boolean flag(String name, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return null;
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    return switch (value.isString() ? value.stringValue() : "") {
      case "true" -> true;
      case "false" -> false;
      default -> throw AccountResources.wrong(name, "is true or false");
    };
  }

  /// An account with all this said of it.
  PortalAccount applied(PortalAccount account) {
    var changed = account;
    if (login) {
      changed = changed.withLogin(loginName);
    }
    if (password) {
      changed = changed.withPassword(passwordHash);
    }
    if (enabled != null) {
      changed = changed.withEnabled(enabled);
    }
    return language == null ? changed : changed.withLanguage(language);
  }
}
