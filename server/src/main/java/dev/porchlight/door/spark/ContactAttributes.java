package dev.porchlight.door.spark;

import dev.porchlight.person.ContactDetail;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The attributes of a contact that are written, as the contract's table has them. What filters may
/// name is the person package's catalogue.
final class ContactAttributes {
  /// What a value looks like.
  enum Form {
    TEXT,
    /// Text that may have line breaks.
    LINES,
    EMAIL,
    EMAILS,
    TAGS,
    STATUS,
    SETTINGS,
    FLAG,
    OWNER
  }

  /// Who may write it.
  enum Writable {
    /// Whoever may write the contact.
    ALL,
    /// Agents and their sites; not the consumer whose contact it is.
    NOT_CONSUMERS,
    /// Only while the contact is made.
    ON_POST,
    /// Nobody.
    NO
  }

  /// @param required whether a contact can't be made without it
  /// @param max in characters; of a list, of each element
  record Attribute(String name, Form form, Writable writable, boolean required, int max) {}

  static final String DISPLAY_NAME = "DisplayName";
  static final String PRIMARY_EMAIL = "PrimaryEmail";
  static final String PRIMARY_PHONE = "PrimaryPhoneNumber";
  static final String GIVEN_NAME = "GivenName";
  static final String FAMILY_NAME = "FamilyName";
  static final String SECONDARY_EMAILS = "SecondaryEmails";
  static final String NOTIFICATION_EMAILS = "AdditionalNotificationEmails";
  static final String TAGS = "Tags";
  static final String NOTE = "Note";
  static final String RECORD_STATUS = "RecordStatus";
  static final String SETTINGS = "Settings";
  static final String OWNER_ID = "OwnerId";
  static final String NOTIFY = "Notify";

  static final int LONGEST_NAME = 75;
  static final int LONGEST_EMAIL = 75;
  static final int LONGEST_TAG = 75;
  static final int LONGEST_TEXT = 300;
  static final int LONGEST_NOTE = 10_000;
  static final int LONGEST_COUNTRY_CODE = 2;

  private static final Map<String, Attribute> ALL = all();

  private ContactAttributes() {}

  private static Map<String, Attribute> all() {
    var all = new LinkedHashMap<String, Attribute>();
    no(all, "ResourceUri");
    no(all, "Id");
    add(all, DISPLAY_NAME, Form.TEXT, Writable.ALL, true, LONGEST_NAME);
    add(all, PRIMARY_EMAIL, Form.EMAIL, Writable.ALL, true, LONGEST_EMAIL);
    add(all, OWNER_ID, Form.OWNER, Writable.NOT_CONSUMERS, false, 0);
    add(all, RECORD_STATUS, Form.STATUS, Writable.NOT_CONSUMERS, false, 0);
    add(all, SECONDARY_EMAILS, Form.EMAILS, Writable.ALL, false, LONGEST_EMAIL);
    add(all, NOTIFICATION_EMAILS, Form.EMAILS, Writable.ALL, false, LONGEST_EMAIL);
    no(all, "InvalidEmails");
    add(all, GIVEN_NAME, Form.TEXT, Writable.ALL, false, LONGEST_TEXT);
    add(all, FAMILY_NAME, Form.TEXT, Writable.ALL, false, LONGEST_TEXT);
    add(all, PRIMARY_PHONE, Form.TEXT, Writable.ALL, false, LONGEST_TEXT);
    for (var detail : ContactDetail.ALL) {
      add(all, detail.attribute(), form(detail), writable(detail), false, longest(detail));
    }
    no(all, "ModificationTimestamp");
    no(all, "CreatedTimestamp");
    add(all, TAGS, Form.TAGS, Writable.NOT_CONSUMERS, false, LONGEST_TAG);
    no(all, "NewsFeedNotificationUI");
    no(all, "PortalInvitationTimestamp");
    add(all, NOTIFY, Form.FLAG, Writable.ON_POST, false, 0);
    add(all, SETTINGS, Form.SETTINGS, Writable.NOT_CONSUMERS, false, 0);
    add(all, NOTE, Form.LINES, Writable.NOT_CONSUMERS, false, LONGEST_NOTE);
    no(all, "VowActive");
    no(all, "VowExists");
    no(all, "VowEnabled");
    no(all, "PortalLoginName");
    no(all, "UniquePrimaryEmail");
    return Collections.unmodifiableMap(all);
  }

  private static void no(Map<String, Attribute> all, String name) {
    add(all, name, Form.TEXT, Writable.NO, false, 0);
  }

  private static void add(
      Map<String, Attribute> all,
      String name,
      Form form,
      Writable writable,
      boolean required,
      int max) {
    all.put(name, new Attribute(name, form, writable, required, max));
  }

  private static Form form(ContactDetail detail) {
    return switch (detail) {
      case HOME_STREET_ADDRESS,
          HOME_LOCALITY,
          HOME_REGION,
          HOME_POSTAL_CODE,
          WORK_STREET_ADDRESS,
          WORK_LOCALITY,
          WORK_REGION,
          WORK_POSTAL_CODE ->
          Form.LINES;
      case MIDDLE_NAME,
          SPOUSE_GIVEN_NAME,
          SPOUSE_MIDDLE_NAME,
          SPOUSE_FAMILY_NAME,
          HOME_PHONE_NUMBER,
          WORK_PHONE_NUMBER,
          FAX_PHONE_NUMBER,
          MOBILE_PHONE_NUMBER,
          PAGER_PHONE_NUMBER,
          OTHER_PHONE_NUMBER,
          MOBILE_PHONE_COUNTRY_CODE,
          ORGANIZATION,
          POSITION,
          BIRTHDAY,
          ANNIVERSARY,
          ASSISTANT,
          CHILDREN,
          STATUS,
          OTHER,
          PETS,
          REFERRED_BY,
          SALUTATION ->
          Form.TEXT;
    };
  }

  /// Consumers change their names, addresses and numbers.
  private static Writable writable(ContactDetail detail) {
    return switch (detail) {
      case MIDDLE_NAME,
          SPOUSE_GIVEN_NAME,
          SPOUSE_MIDDLE_NAME,
          SPOUSE_FAMILY_NAME,
          HOME_PHONE_NUMBER,
          WORK_PHONE_NUMBER,
          FAX_PHONE_NUMBER,
          MOBILE_PHONE_NUMBER,
          PAGER_PHONE_NUMBER,
          OTHER_PHONE_NUMBER,
          MOBILE_PHONE_COUNTRY_CODE,
          HOME_STREET_ADDRESS,
          HOME_LOCALITY,
          HOME_REGION,
          HOME_POSTAL_CODE,
          WORK_STREET_ADDRESS,
          WORK_LOCALITY,
          WORK_REGION,
          WORK_POSTAL_CODE ->
          Writable.ALL;
      case ORGANIZATION,
          POSITION,
          BIRTHDAY,
          ANNIVERSARY,
          ASSISTANT,
          CHILDREN,
          STATUS,
          OTHER,
          PETS,
          REFERRED_BY,
          SALUTATION ->
          Writable.NOT_CONSUMERS;
    };
  }

  private static int longest(ContactDetail detail) {
    return detail == ContactDetail.MOBILE_PHONE_COUNTRY_CODE ? LONGEST_COUNTRY_CODE : LONGEST_TEXT;
  }

  static Optional<Attribute> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /// All that the contract describes, in its order.
  static Iterable<Attribute> list() {
    return ALL.values();
  }
}
