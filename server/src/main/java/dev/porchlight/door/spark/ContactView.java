package dev.porchlight.door.spark;

import dev.porchlight.person.Activities;
import dev.porchlight.person.Activity;
import dev.porchlight.person.Comment;
import dev.porchlight.person.ContactBody;
import dev.porchlight.person.ContactDetail;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.watch.FeedEvents;
import dev.porchlight.watch.NewsFeed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows contacts as the contract has them. What is not set is left out; of texts that leads made
/// longer than the contract allows, as much is shown as fits, but an address or a number whole or
/// not at all: cut, it would be somebody else's.
final class ContactView {
  /// How many of its comments a contact shows as its notes: alone, and in a list, where a page has
  /// to stay small.
  private static final int NOTES = 25;

  private static final int NOTES_IN_A_LIST = 3;

  /// What a reply may add to a contact.
  enum Expansion {
    ACTIVITY("Activity"),
    NEWS_FEED_SUMMARY("NewsFeedSummary"),
    NEWS_FEED_NOTIFICATION_SUMMARY("NewsFeedNotificationSummary"),
    NOTES("Notes"),
    PORTAL("Portal"),
    VOW_ACTIVE("VowActive"),
    VOW_ENABLED("VowEnabled"),
    UNIQUE_PRIMARY_EMAIL("UniquePrimaryEmail"),
    UNIQUE_PRIMARY_EMAIL_CHECK("UniquePrimaryEmailCheck");

    private final String word;

    Expansion(String word) {
      this.word = word;
    }

    static Optional<Expansion> of(String word) {
      for (var expansion : values()) {
        if (expansion.word.equals(word)) {
          return Optional.of(expansion);
        }
      }
      return Optional.empty();
    }
  }

  /// Those that show something of a contact's portal account.
  private static final Set<Expansion> ACCOUNT =
      Set.of(Expansion.PORTAL, Expansion.VOW_ACTIVE, Expansion.VOW_ENABLED);

  private static final int MOST_FEEDS = 1000;

  private final Contacts contacts;
  private final Activities activities;
  private final Store store;
  private final Set<String> select;
  private final Set<String> expand;
  private final Caller caller;
  private final boolean single;
  private final boolean owner;

  /// @param single whether it is the only one that was asked for
  /// @param owner whether to say whose contact it is
  ContactView(
      Contacts contacts,
      Activities activities,
      Store store,
      Set<String> select,
      Set<String> expand,
      Caller caller,
      boolean single,
      boolean owner) {
    this.contacts = contacts;
    this.activities = activities;
    this.store = store;
    this.select = select;
    this.expand = expand;
    this.caller = caller;
    this.single = single;
    this.owner = owner;
  }

  static String uri(String id) {
    return "/v1/contacts/" + id;
  }

  /// Some of them.
  List<ObjectNode> views(List<Contacts.Listed> listed) {
    var beside = beside(listed);
    return listed.stream().map(l -> view(l, beside)).toList();
  }

  /// One of them.
  ObjectNode view(Contacts.Listed listed) {
    return view(listed, beside(List.of(listed)));
  }

  /// What is kept beside contacts, by contact.
  private record Beside(
      Map<String, List<Comment>> notes,
      Map<String, PortalAccount> accounts,
      Map<String, Activity> activity,
      Instant now) {}

  private Beside beside(List<Contacts.Listed> listed) {
    boolean accounts = ACCOUNT.stream().map(e -> e.word).anyMatch(expand::contains);
    return new Beside(
        notes(listed),
        accounts ? contacts.accounts(listed) : Map.of(),
        activity(listed),
        contacts.now());
  }

  /// By owner.
  private Map<String, Activity> activity(List<Contacts.Listed> listed) {
    return expand.contains(Expansion.ACTIVITY.word) && Roles.AGENTS.contains(caller.role())
        ? activities.of(listed.stream().map(l -> l.contact().ownerId()).collect(Collectors.toSet()))
        : Map.of();
  }

  /// What is remarked about consumers is not for them.
  private Map<String, List<Comment>> notes(List<Contacts.Listed> listed) {
    return expand.contains(Expansion.NOTES.word) && !caller.role().isConsumer()
        ? contacts.newestComments(listed, single ? NOTES : NOTES_IN_A_LIST)
        : Map.of();
  }

  private ObjectNode view(Contacts.Listed listed, Beside beside) {
    var contact = listed.contact();
    var body = contact.body();
    var view = Json.object();
    view.put("ResourceUri", uri(contact.id()));
    view.put("Id", contact.id());
    text(view, ContactAttributes.DISPLAY_NAME, Optional.of(body.shownName()), LONGEST_NAME);
    whole(view, ContactAttributes.PRIMARY_EMAIL, body.primaryEmail(), LONGEST_EMAIL);
    if (owner || select.contains(ContactAttributes.OWNER_ID)) {
      put(view, ContactAttributes.OWNER_ID, () -> contact.ownerId());
    }
    put(view, ContactAttributes.RECORD_STATUS, contact::recordStatus);
    list(view, ContactAttributes.SECONDARY_EMAILS, fitting(body.secondaryEmails(), LONGEST_EMAIL));
    list(
        view,
        ContactAttributes.NOTIFICATION_EMAILS,
        fitting(body.card().notificationEmails(), LONGEST_EMAIL));
    list(view, "InvalidEmails", fitting(body.card().invalidEmails(), LONGEST_EMAIL));
    text(view, ContactAttributes.GIVEN_NAME, Optional.ofNullable(body.givenName()), LONGEST_TEXT);
    text(view, ContactAttributes.FAMILY_NAME, Optional.ofNullable(body.familyName()), LONGEST_TEXT);
    whole(view, ContactAttributes.PRIMARY_PHONE, body.primaryPhone(), LONGEST_TEXT);
    for (var detail : ContactDetail.ALL) {
      text(view, detail.attribute(), body.detail(detail), LONGEST_TEXT);
    }
    put(view, "ModificationTimestamp", () -> time(listed.modifiedAt()));
    put(view, "CreatedTimestamp", () -> time(contact.createdAt()));
    if (!caller.role().isConsumer()) {
      list(view, ContactAttributes.TAGS, tags(body));
    }
    if (wants(ContactAttributes.SETTINGS)) {
      view.putObject(ContactAttributes.SETTINGS)
          .put("ReverseProspecting", body.card().reverseProspecting());
    }
    if (!caller.role().isConsumer()) {
      text(view, ContactAttributes.NOTE, Optional.ofNullable(body.card().note()), LONGEST_NOTE);
    }
    for (var word : expand) {
      Expansion.of(word).ifPresent(e -> expand(view, e, listed, beside));
    }
    return view;
  }

  private static final int LONGEST_NAME = ContactAttributes.LONGEST_NAME;
  private static final int LONGEST_EMAIL = ContactAttributes.LONGEST_EMAIL;
  private static final int LONGEST_TEXT = ContactAttributes.LONGEST_TEXT;
  private static final int LONGEST_NOTE = ContactAttributes.LONGEST_NOTE;

  private static List<String> tags(ContactBody body) {
    return body.tags().stream().map(t -> cut(t, ContactAttributes.LONGEST_TAG)).distinct().toList();
  }

  private boolean wants(String attribute) {
    return select.isEmpty() || select.contains(attribute);
  }

  private void put(ObjectNode view, String attribute, Supplier<String> value) {
    if (wants(attribute)) {
      view.put(attribute, value.get());
    }
  }

  private void text(ObjectNode view, String attribute, Optional<String> text, int longest) {
    if (wants(attribute)) {
      text.filter(t -> !t.isEmpty()).ifPresent(t -> view.put(attribute, cut(t, longest)));
    }
  }

  private void whole(ObjectNode view, String attribute, Optional<String> text, int longest) {
    if (wants(attribute)) {
      text.filter(t -> fits(t, longest)).ifPresent(t -> view.put(attribute, t));
    }
  }

  /// Empty lists are shown to who asks for them.
  private void list(ObjectNode view, String attribute, List<String> texts) {
    if (select.contains(attribute) || select.isEmpty() && !texts.isEmpty()) {
      ArrayNode list = view.putArray(attribute);
      texts.forEach(list::add);
    }
  }

  private static List<String> fitting(List<String> texts, int longest) {
    return texts.stream().filter(t -> fits(t, longest)).toList();
  }

  private static boolean fits(String text, int longest) {
    return text.codePointCount(0, text.length()) <= longest;
  }

  static String cut(String text, int longest) {
    return fits(text, longest) ? text : text.substring(0, text.offsetByCodePoints(0, longest));
  }

  /// In UTC, to the second.
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private FeedEvents.Summary summary(Contacts.Listed listed) {
    return new FeedEvents(store)
        .summary(NewsFeed.list(store, listed.contact().id(), 0, MOST_FEEDS));
  }

  private void expand(ObjectNode view, Expansion expansion, Contacts.Listed listed, Beside beside) {
    var account = Optional.ofNullable(beside.accounts().get(listed.contact().id()));
    switch (expansion) {
      case ACTIVITY -> {
        var activity = beside.activity().get(listed.contact().ownerId());
        if (activity != null) {
          activity(view, activity, listed.contact().id());
        }
      }
      case NEWS_FEED_SUMMARY -> {
        var summary = summary(listed);
        var to = view.putObject("NewsFeedSummary");
        if (summary.last() != null) {
          to.put("LastListingEventTimestamp", time(summary.last()));
        }
        to.put("UnapprovedListingEventCount", summary.unapproved())
            .put("UnreadListingEventCount", summary.unread());
      }
      case NEWS_FEED_NOTIFICATION_SUMMARY -> {
        var id = listed.contact().id();
        var summary =
            new FeedEvents(store)
                .told(
                    id,
                    NewsFeed.list(store, id, 0, MOST_FEEDS).stream()
                        .filter(NewsFeed::notifying)
                        .toList());
        var to = view.putObject("NewsFeedNotificationSummary");
        if (summary.last() != null) {
          to.put("LastListingNotificationEventTimestamp", time(summary.last()));
        }
        to.put("UnapprovedListingNotificationEventCount", summary.unapproved())
            .put("UnreadListingNotificationEventCount", summary.unread());
      }
      case NOTES -> {
        var list = view.putArray("Notes");
        for (var comment : beside.notes().getOrDefault(listed.contact().id(), List.of())) {
          list.addObject()
              .put("Id", comment.id())
              .put("ResourceUri", CommentResources.uri(comment))
              .put("Note", comment.text())
              .put("UserId", comment.userId())
              .put("CreatedTimestamp", time(comment.createdAt()));
        }
      }
      case PORTAL -> {
        boolean own = caller.contact().filter(listed.contact().id()::equals).isPresent();
        if (PortalResources.mayExpand(caller.role(), own)) {
          account.ifPresent(a -> view.set("Portal", PortalResources.view(listed.contact(), a)));
        }
      }
      case VOW_ACTIVE ->
          view.put("VowActive", account.filter(a -> a.isActive(beside.now())).isPresent());
      case VOW_ENABLED ->
          view.put("VowEnabled", account.filter(PortalAccount::enabled).isPresent())
              .put("VowExists", account.isPresent());
      case UNIQUE_PRIMARY_EMAIL, UNIQUE_PRIMARY_EMAIL_CHECK -> unique(view, listed);
    }
  }

  private void activity(ObjectNode view, Activity activity, String id) {
    var shown = put(view.putObject("Activity"), activity.now(id));
    if (single) {
      var days = shown.putArray("DailyActivity");
      activity.daily(id).forEach(v -> put(days.addObject(), v));
    }
  }

  private static ObjectNode put(ObjectNode to, Activity.Value value) {
    return to.put("Score", value.score()).put("RelativeScore", value.relative());
  }

  private void unique(ObjectNode view, Contacts.Listed listed) {
    var contact = listed.contact();
    contact
        .body()
        .primaryEmail()
        .ifPresent(e ->
            view.put("UniquePrimaryEmail", !contacts.isShared(contact.ownerId(), e, contact.id())));
  }
}
