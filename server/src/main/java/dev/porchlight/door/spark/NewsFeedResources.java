package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.account.NodeMail;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.FeedEvents;
import dev.porchlight.watch.FeedOptOut;
import dev.porchlight.watch.FeedSchedule;
import dev.porchlight.watch.NewsFeed;
import dev.porchlight.watch.SavedSearch;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/newsfeeds`: subscriptions to saved searches, with their schedules, and what happened to
/// listings that meet them.
final class NewsFeedResources {
  private static final Set<SparkRole> READERS =
      Set.of(SparkRole.PUBLIC, SparkRole.VOW, SparkRole.PORTAL, SparkRole.PRIVATE);
  private static final int LONGEST_NAME = 75;
  private static final int MOST = 1000;

  private final Store store;
  private final int hub;
  private final Holders holders;
  private final FeedEvents events;
  private final Resource.Doorkeeper doorkeeper;

  NewsFeedResources(Store store, int hub, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    holders = new Holders(store);
    events = new FeedEvents(store);
    this.doorkeeper = doorkeeper;
  }

  /// Which events are listed.
  private enum Which {
    ALL(""),
    APPROVED("/approved"),
    UNAPPROVED("/unapproved"),
    UNVIEWED("/unviewed");

    private final String path;

    Which(String path) {
      this.path = path;
    }

    boolean has(FeedEvents.Trace item) {
      return switch (this) {
        case ALL -> true;
        case APPROVED -> item.approved();
        case UNAPPROVED -> !item.approved();
        case UNVIEWED -> item.approved() && !item.viewed();
      };
    }
  }

  List<Resource> resources() {
    var all = new ArrayList<>(feeds());
    var users = SavedSearchResources.WRITERS;
    for (var which : Which.values()) {
      all.add(
          Resource.of("/newsfeeds/events" + which.path, doorkeeper)
              .on("GET", users, c -> events(c, own(c), which)));
      all.add(
          Resource.of("/contacts/{id}/newsfeeds/events" + which.path, doorkeeper)
              .on("GET", Roles.AGENTS, c -> events(c, holders.contact(c), which)));
    }
    all.add(
        Resource.of("/newsfeeds/events/{event}", doorkeeper)
            .on("GET", users, c -> event(c, own(c)))
            .on("PUT", users, c -> mark(c, own(c))));
    all.add(
        Resource.of("/contacts/{id}/newsfeeds/events/{event}", doorkeeper)
            .on("GET", Roles.AGENTS, c -> event(c, holders.contact(c)))
            .on("PUT", Roles.AGENTS, c -> mark(c, holders.contact(c))));
    return all;
  }

  private List<Resource> feeds() {
    var users = SavedSearchResources.WRITERS;
    return List.of(
        Resource.of("/newsfeeds", doorkeeper)
            .on("GET", users, c -> list(c, own(c)))
            .on("POST", users, c -> create(c, own(c))),
        Resource.of("/newsfeeds/schedule", doorkeeper)
            .on("GET", users, c -> schedule(own(c)))
            .on("POST", users, c -> setSchedule(c, own(c), true))
            .on("DELETE", users, c -> endSchedule(c, own(c))),
        Resource.of("/newsfeeds/{id}", doorkeeper)
            .on("GET", READERS, this::get)
            .on("PUT", users, this::update)
            .on("DELETE", users, this::delete),
        Resource.of("/contacts/{id}/newsfeeds", doorkeeper)
            .on("GET", Roles.AGENTS, c -> list(c, holders.contact(c)))
            .on("POST", Roles.AGENTS, c -> create(c, holders.contact(c))),
        Resource.of("/contacts/{id}/newsfeeds/schedule", doorkeeper)
            .on("GET", Roles.AGENTS, c -> schedule(holders.contact(c)))
            .on("POST", Roles.AGENTS, c -> setSchedule(c, holders.contact(c), false))
            .on("DELETE", Roles.AGENTS, c -> endSchedule(c, holders.contact(c))));
  }

  private String own(SparkCall call) {
    return holders.own(call.caller());
  }

  private static String uri(String id) {
    return "/v1/newsfeeds/" + id;
  }

  static ObjectNode view(Holders holders, Caller caller, NewsFeed feed) {
    var view = Json.object();
    view.put("ResourceUri", uri(feed.id()));
    view.put("Id", feed.id());
    view.put(
        "OwnerId",
        caller.role().isConsumer() || holders.isContact(feed.holderId())
            ? feed.holderId()
            : holders.account(caller));
    view.put("Name", feed.name());
    view.put("Type", "SavedSearch");
    view.put("Active", feed.active());
    view.put("NotificationsActive", feed.notifying());
    view.put("Curated", feed.curated());
    var events = view.putArray("Events");
    feed.events().forEach(events::add);
    view.putArray("NotificationMethods").add("Email");
    view.putObject("Subscription")
        .put("Id", feed.searchId())
        .put("ResourceUri", SavedSearchResources.uri(feed.searchId()));
    if (feed.expiresOn() != null) {
      view.put("ExpirationDate", feed.expiresOn());
    }
    view.put("CreatedTimestamp", ContactView.time(feed.createdAt()));
    view.put("ModificationTimestamp", ContactView.time(feed.modifiedAt()));
    return view;
  }

  /// Some feeds, with when something last happened in each.
  private List<ObjectNode> views(Caller caller, List<NewsFeed> feeds) {
    var last = events.last(feeds);
    return feeds.stream()
        .map(feed -> {
          var view = view(holders, caller, feed);
          var at = last.get(feed.id());
          return at == null ? view : view.put("LastEventTimestamp", ContactView.time(at));
        })
        .toList();
  }

  private Reply.Full list(SparkCall call, String holder) throws BodyException, IOException {
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "News feeds",
            (skip, limit) -> NewsFeed.list(store, holder, skip, limit),
            () -> NewsFeed.count(store, holder),
            (found, _) -> views(call.caller(), found)));
  }

  private List<NewsFeed> feedsOf(String holder) {
    return NewsFeed.list(store, holder, 0, MOST);
  }

  /// What waits for approval is not for consumers.
  private static boolean mayRead(Caller caller, FeedEvents.Trace item) {
    return item.approved() || !caller.role().isConsumer();
  }

  private Reply.Full events(SparkCall call, String holder, Which which)
      throws BodyException, IOException {
    var feeds = feedsOf(holder);
    var caller = call.caller();
    Predicate<FeedEvents.Trace> wanted = i -> mayRead(caller, i) && which.has(i);
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "Events",
            (skip, limit) -> limit == 0 ? List.of() : events.list(feeds, wanted, skip, limit),
            () -> events.count(feeds, wanted),
            (found, _) -> found.stream().map(i -> view(caller, holder, i)).toList()));
  }

  private FeedEvents.Item readable(SparkCall call, String holder) {
    return events
        .find(feedsOf(holder), call.path("event"))
        .filter(i -> mayRead(call.caller(), i.trace()))
        .orElseThrow(Holders::missing);
  }

  private Reply.Full event(SparkCall call, String holder) {
    return Envelope.ok(List.of(view(call.caller(), holder, readable(call, holder))));
  }

  /// Agents say whether an event is approved; whoever reads it, whether it was viewed.
  private Reply.Full mark(SparkCall call, String holder) throws BodyException, IOException {
    var item = readable(call, holder).trace();
    var body = WatchBodies.items(call.needBody(), "Events").getFirst();
    var approved = WatchBodies.flag(body, "Approved");
    var viewed = WatchBodies.flag(body, "Viewed");
    if (approved.isEmpty() && viewed.isEmpty()) {
      throw new SparkException(SparkFault.MISSING, "Approved or Viewed is to be said.");
    }
    if (approved.isPresent() && call.caller().role().isConsumer()) {
      throw new SparkException(
          SparkFault.NOT_FOR_CALLER, "Whoever keeps the feed for you approves its events.");
    }
    WatchBodies.write(
        store,
        1024,
        batch -> {
          if (NewsFeed.find(batch, item.feed().id()).isEmpty()) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          FeedEvents.mark(batch, item, approved.orElse(null), viewed.orElse(null));
          return WatchBodies.Outcome.of(true);
        });
    return Envelope.done();
  }

  private ObjectNode view(Caller caller, String holder, FeedEvents.Item item) {
    var view = Json.object();
    var below = holders.isContact(holder) && !caller.role().isConsumer();
    view.put(
        "ResourceUri",
        (below ? ContactView.uri(holder) : "/v1") + "/newsfeeds/events/" + item.id());
    view.put("Id", item.id());
    view.put("NewsFeedId", item.feed().id());
    view.put("Event", item.happenings().getFirst().word());
    var all = view.putArray("Events");
    item.happenings().forEach(h -> all.add(h.word()));
    view.put("ListingId", item.block().listingId());
    view.put("Matching", item.meets());
    view.put("Approved", item.approved());
    view.put("Viewed", item.viewed());
    view.put("EventTimestamp", ContactView.time(item.block().at()));
    var listing = (ObjectNode) Json.tree(item.block().shown());
    if (caller.role().isConsumer() && !listing.path("InternetAddressDisplayYN").asBoolean(false)) {
      // The owner does not want it shown online, or did not say.
      listing.remove("UnparsedAddress");
    }
    view.putObject("Listing").set("StandardFields", listing);
    return view;
  }

  private Reply.Full get(SparkCall call) {
    var feed =
        NewsFeed.find(store, call.path("id"))
            .filter(f -> holders.reaches(call.caller(), f.holderId()))
            .orElseThrow(Holders::missing);
    return Envelope.ok(views(call.caller(), List.of(feed)));
  }

  /// What is written of a feed; empty where nothing is said.
  private record Written(
      Optional<String> name,
      Optional<Boolean> active,
      Optional<Boolean> notifying,
      Optional<Boolean> curated,
      Optional<List<String>> events,
      boolean expires,
      @Nullable String expiresOn) {
    static Written read(ObjectNode item) {
      var type = AccountResources.text(item, "Type", LONGEST_NAME, false);
      if (type != null && !type.equals("SavedSearch")) {
        throw AccountResources.wrong("Type", "is SavedSearch");
      }
      var events = WatchBodies.texts(item, "Events", NewsFeed.EVENTS.size(), LONGEST_NAME);
      if (events.filter(e -> !NewsFeed.EVENTS.containsAll(e)).isPresent()) {
        throw AccountResources.wrong(
            "Events", "names some of " + String.join(", ", NewsFeed.EVENTS));
      }
      var methods = WatchBodies.texts(item, "NotificationMethods", 1, LONGEST_NAME);
      if (methods.filter(m -> !List.of("Email").containsAll(m)).isPresent()) {
        throw AccountResources.wrong("NotificationMethods", "names nothing but Email");
      }
      return new Written(
          Optional.ofNullable(AccountResources.text(item, "Name", LONGEST_NAME, false))
              .map(String::strip),
          WatchBodies.flag(item, "Active"),
          WatchBodies.flag(item, "NotificationsActive"),
          WatchBodies.flag(item, "Curated"),
          events,
          item.has("ExpirationDate"),
          date(AccountResources.text(item, "ExpirationDate", LONGEST_NAME, false)));
    }

    private static @Nullable String date(@Nullable String text) {
      try {
        return text == null ? null : LocalDate.parse(text.strip()).toString();
      } catch (DateTimeParseException e) {
        throw AccountResources.wrong("ExpirationDate", "is a date such as 2026-12-31");
      }
    }

    NewsFeed applied(NewsFeed to) {
      return new NewsFeed(
          to.id(),
          to.holderId(),
          to.searchId(),
          name.orElse(to.name()),
          active.orElse(to.active()),
          notifying.orElse(to.notifying()),
          curated.orElse(to.curated()),
          events.orElse(to.events()),
          expires ? expiresOn : to.expiresOn(),
          to.seq(),
          to.createdAt(),
          to.modifiedAt());
    }
  }

  /// The search that a body names: by its id, or within `Subscription`.
  private static String search(ObjectNode item) {
    var subscription = item.get("Subscription");
    var place =
        subscription instanceof ObjectNode object
            ? object.get("SavedSearch") instanceof ObjectNode inner ? inner : object
            : item;
    for (var name : List.of("Id", "SavedSearchId", "Subscription", "SavedSearch")) {
      if (place == item && name.equals("Id")) {
        continue;
      }
      var id = place.get(name);
      if (id != null && id.isString()) {
        return id.stringValue();
      }
    }
    throw SparkException.attribute(
        SparkFault.MISSING,
        "Subscription",
        "Subscription, with the Id of a saved search, is required and missing.");
  }

  private Reply.Full create(SparkCall call, String holder) throws BodyException, IOException {
    var caller = call.caller();
    var account = holders.account(caller);
    var items = WatchBodies.items(call.needBody(), "NewsFeeds");
    if (items.size() > 1) {
      throw AccountResources.wrong("NewsFeeds", "is a list of one item");
    }
    var item = items.getFirst();
    var written = Written.read(item);
    var search = search(item);
    boolean given = SavedSearch.isGiven(store, search, holder);
    var draw = Draw.fresh(store.now(), hub);
    WatchBodies.write(
        store,
        call.bytes().length,
        batch -> {
          if (!Holders.reaches(batch, caller, account, holder)) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          var known =
              SavedSearch.find(batch, search)
                  .filter(s ->
                      s.holderId().equals(holder)
                          || given
                          || !caller.role().isConsumer() && s.holderId().equals(account));
          if (known.isEmpty()) {
            return WatchBodies.Outcome.refused(
                AccountResources.wrong("Subscription", "names no saved search of yours"));
          }
          var refusal = refusal(batch, known.get(), holder);
          if (refusal != null) {
            return WatchBodies.Outcome.refused(refusal);
          }
          var feed =
              written.applied(
                  new NewsFeed(
                      draw.digits(),
                      holder,
                      search,
                      known.get().name(),
                      true,
                      true,
                      false,
                      NewsFeed.EVENTS,
                      null,
                      0,
                      draw.at(),
                      draw.at()));
          if (!known.get().holderId().equals(holder) && !SavedSearch.give(batch, search, holder)) {
            return WatchBodies.Outcome.refused(new SparkException(SparkFault.NOT_FOR_NEWS_FEED));
          }
          feed.put(batch, true);
          if (feed.notifying() && FeedSchedule.find(batch, holder).isEmpty()) {
            FeedSchedule.instantly(holder, draw.digits(), draw.at())
                .set(batch, NodeMail.zoneOf(batch.settings(), account));
          }
          return WatchBodies.Outcome.of(true);
        });
    return Envelope.created(uri(draw.digits()), draw.digits());
  }

  private static @Nullable SparkException refusal(Batch batch, SavedSearch search, String holder) {
    if (search.filter().isEmpty()) {
      return new SparkException(
          SparkFault.NOT_FOR_NEWS_FEED, "A search without a Filter can't be subscribed to.");
    }
    if (NewsFeed.find(batch, search.id(), holder).isPresent()) {
      return new SparkException(SparkFault.ALREADY_SUBSCRIBED);
    }
    int feeds =
        batch
            .sql()
            .createQuery("SELECT COUNT(*) FROM news_feed WHERE holder_id = ?")
            .bind(0, holder)
            .mapTo(Integer.class)
            .one();
    return feeds >= MOST
        ? new SparkException(SparkFault.INVALID, "There are " + MOST + " news feeds already.")
        : null;
  }

  private Reply.Full update(SparkCall call) throws BodyException, IOException {
    var items = WatchBodies.items(call.needBody(), "NewsFeeds");
    if (items.size() > 1) {
      throw AccountResources.wrong("NewsFeeds", "is a list of one item");
    }
    var written = Written.read(items.getFirst());
    change(
        call,
        (batch, feed) -> {
          var changed = written.applied(feed);
          if (!changed.equals(feed)) {
            changed.put(batch, false);
          }
        });
    return Envelope.done();
  }

  private Reply.Full delete(SparkCall call) {
    change(call, (batch, feed) -> feed.delete(batch));
    return Envelope.done();
  }

  private void change(SparkCall call, java.util.function.BiConsumer<Batch, NewsFeed> change) {
    var caller = call.caller();
    var account = holders.account(caller);
    var id = call.path("id");
    WatchBodies.write(
        store,
        1024,
        batch -> {
          var feed =
              NewsFeed.find(batch, id)
                  .filter(f -> Holders.reaches(batch, caller, account, f.holderId()));
          if (feed.isEmpty()) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          change.accept(batch, feed.get());
          return WatchBodies.Outcome.of(true);
        });
  }

  private Reply.Full schedule(String holder) {
    var results = new ArrayList<ObjectNode>();
    FeedSchedule.find(store, holder)
        .ifPresent(s -> {
          var view = Json.object();
          view.put("Id", s.id());
          view.put("Frequency", s.instant() ? "Instant" : "Scheduled");
          if (!s.instant()) {
            s.hours().forEach(view.putArray("HoursOfDay")::add);
            s.weekdays().forEach(view.putArray("DaysOfWeek")::add);
            s.monthDays().forEach(view.putArray("DaysOfMonth")::add);
            if (s.zone() != null) {
              view.put("TimeZone", s.zone());
            }
            if (s.dueAt() != null) {
              view.put("NextTimestamp", ContactView.time(s.dueAt()));
            }
          }
          if (s.toldAt() != null) {
            view.put("LastTimestamp", ContactView.time(s.toldAt()));
          }
          FeedOptOut.find(store, holder)
              .ifPresent(o -> view.put("UnsubscribedTimestamp", ContactView.time(o.at())));
          results.add(view);
        });
    return Envelope.ok(results);
  }

  private static List<Integer> numbers(ObjectNode item, String name, int least, int most) {
    var value = item.get(name);
    if (value == null || value.isNull()) {
      return List.of();
    }
    var numbers = new TreeSet<Integer>();
    if (value instanceof ArrayNode list) {
      for (var element : list) {
        int number = element.isInt() ? element.intValue() : least - 1;
        if (number < least || number > most) {
          throw AccountResources.wrong(name, "has whole numbers from " + least + " to " + most);
        }
        numbers.add(number);
      }
      return List.copyOf(numbers);
    }
    throw AccountResources.wrong(name, "is a list of whole numbers");
  }

  private static @Nullable String zone(ObjectNode item) {
    var zone = AccountResources.text(item, "TimeZone", LONGEST_NAME, false);
    if (zone != null && !ZoneId.getAvailableZoneIds().contains(zone)) {
      throw AccountResources.wrong("TimeZone", "is the name of a zone, such as America/Chicago");
    }
    return zone;
  }

  /// @param own whether the caller is the holder, who alone may want mails again
  private Reply.Full setSchedule(SparkCall call, String holder, boolean own)
      throws BodyException, IOException {
    var item = WatchBodies.items(call.needBody(), "Schedules").getFirst();
    var frequency = AccountResources.text(item, "Frequency", LONGEST_NAME, false);
    if (frequency == null) {
      throw SparkException.attribute(
          SparkFault.MISSING, "Frequency", "Frequency is required and missing.");
    }
    if (!Set.of("Instant", "Scheduled").contains(frequency)) {
      throw AccountResources.wrong("Frequency", "is Instant or Scheduled");
    }
    boolean instant = frequency.equals("Instant");
    var hours = numbers(item, "HoursOfDay", 0, 23);
    if (!instant && hours.isEmpty()) {
      throw SparkException.attribute(
          SparkFault.MISSING, "HoursOfDay", "A schedule needs HoursOfDay.");
    }
    var draw = Draw.fresh(store.now(), hub);
    var schedule =
        instant
            ? FeedSchedule.instantly(holder, draw.digits(), draw.at())
            : FeedSchedule.at(
                holder,
                draw.digits(),
                hours,
                numbers(item, "DaysOfWeek", 0, 6),
                numbers(item, "DaysOfMonth", 1, 31),
                zone(item),
                draw.at());
    var caller = call.caller();
    var account = holders.account(caller);
    WatchBodies.write(
        store,
        1024,
        batch -> {
          if (!Holders.reaches(batch, caller, account, holder)) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          schedule.set(batch, NodeMail.zoneOf(batch.settings(), account));
          if (own) {
            FeedOptOut.delete(batch, holder);
          }
          return WatchBodies.Outcome.of(true);
        });
    var uri = call.request().path().replaceAll("/$", "");
    return Envelope.created(uri, schedule.id());
  }

  private Reply.Full endSchedule(SparkCall call, String holder) {
    var caller = call.caller();
    var account = holders.account(caller);
    WatchBodies.write(
        store,
        1024,
        batch -> {
          var known = FeedSchedule.find(batch, holder);
          if (known.isEmpty() || !Holders.reaches(batch, caller, account, holder)) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          known.get().delete(batch);
          return WatchBodies.Outcome.of(true);
        });
    return Envelope.done();
  }
}
