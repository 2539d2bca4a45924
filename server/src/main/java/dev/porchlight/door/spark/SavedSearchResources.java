package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.filter.Catalogue;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.Limits;
import dev.porchlight.geo.Shapes;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.ListingAttributes;
import dev.porchlight.watch.NewsFeed;
import dev.porchlight.watch.SavedSearch;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/savedsearches`: searches for listings that accounts and contacts keep.
final class SavedSearchResources {
  static final Set<SparkRole> WRITERS = Set.of(SparkRole.VOW, SparkRole.PORTAL, SparkRole.PRIVATE);

  private static final int LONGEST_NAME = 75;
  private static final int LONGEST_DESCRIPTION = 1000;
  private static final int LONGEST_FILTER = Limits.CHARACTERS;
  private static final int LONGEST_ID = 75;
  private static final int LONGEST_TAG = 75;
  private static final int MOST_TAGS = 50;
  private static final int LARGEST_ANNOTATIONS = 10_000;

  private final Store store;
  private final int hub;
  private final Holders holders;
  private final Resource.Doorkeeper doorkeeper;

  SavedSearchResources(Store store, int hub, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    holders = new Holders(store);
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    return List.of(
        Resource.of("/savedsearches", doorkeeper)
            .on("GET", Roles.ALL, c -> list(c, holders.own(c.caller()), SavedSearch.Kind.HELD))
            .on("POST", WRITERS, c -> create(c, holders.own(c.caller()))),
        Resource.of("/savedsearches/tags", doorkeeper).on("GET", Roles.ALL, this::tags),
        Resource.of("/savedsearches/tags/{tag...}", doorkeeper).on("GET", Roles.ALL, this::tagged),
        Resource.of("/savedsearches/{id}", doorkeeper)
            .on("GET", Roles.ALL, this::get)
            .on("PUT", WRITERS, this::update)
            .on("DELETE", WRITERS, this::delete),
        Resource.of("/savedsearches/{id}/contacts/{contact}", doorkeeper)
            .on("PUT", Roles.AGENTS, this::give)
            .on("DELETE", Roles.AGENTS, this::take),
        Resource.of("/provided/savedsearches", doorkeeper).on("GET", Roles.ALL, this::provided),
        Resource.of("/contacts/{id}/savedsearches", doorkeeper)
            .on("GET", Roles.AGENTS, c -> list(c, holders.contact(c), SavedSearch.Kind.BOTH))
            .on("POST", Roles.AGENTS, c -> create(c, holders.contact(c))),
        Resource.of("/contacts/{id}/provided/savedsearches", doorkeeper)
            .on("GET", Roles.AGENTS, c -> list(c, holders.contact(c), SavedSearch.Kind.GIVEN)));
  }

  static String uri(String id) {
    return "/v1/savedsearches/" + id;
  }

  /// Shows searches.
  ///
  /// @param provided whether all of them are shown as given by somebody
  private List<ObjectNode> views(
      Caller caller, List<SavedSearch> searches, Set<String> expand, String holder) {
    boolean feeds = expand.contains("NewsFeeds") || expand.contains("NewsFeedSubscriptionSummary");
    boolean agent = caller.role() == SparkRole.PRIVATE;
    var contacts =
        agent
            ? SavedSearch.contacts(store, searches, holders.account(caller))
            : Map.<String, List<String>>of();
    var bySearch =
        feeds || agent
            ? NewsFeed.ofSearches(
                store, searches, agent ? holders.account(caller) : holders.own(caller))
            : Map.<String, List<NewsFeed>>of();
    var views = new ArrayList<ObjectNode>();
    for (var search : searches) {
      var view = Json.object();
      view.put("ResourceUri", uri(search.id()));
      view.put("Id", search.id());
      view.put("OwnerId", holders.shownOwner(caller, search.holderId(), search.makerId()));
      view.put("Name", search.name());
      if (search.description() != null) {
        view.put("Description", search.description());
      }
      view.put("Filter", search.filter());
      if (search.quickSearchId() != null) {
        view.put("QuickSearchId", search.quickSearchId());
      }
      // A site sees nothing that contacts hold.
      var reached =
          bySearch.getOrDefault(search.id(), List.of()).stream()
              .filter(f -> agent || !holders.isContact(f.holderId()) || caller.role().isConsumer())
              .toList();
      if (agent) {
        var ids = new ArrayList<>(contacts.getOrDefault(search.id(), List.of()));
        if (holders.isContact(search.holderId())) {
          ids.addFirst(search.holderId());
        }
        var list = view.putArray("ContactIds");
        ids.forEach(list::add);
        var unsubscribed = view.putArray("UnsubscribedContactIds");
        reached.stream()
            .filter(f -> !f.active() && ids.contains(f.holderId()))
            .forEach(f -> unsubscribed.add(f.holderId()));
      }
      var tags = view.putArray("Tags");
      search.tags().forEach(tags::add);
      if (search.annotations() != null) {
        view.set("Annotations", Json.tree(search.annotations()));
      }
      view.put("Provided", !search.holderId().equals(holder) || isProvided(search, caller));
      view.put("ModificationTimestamp", ContactView.time(search.modifiedAt()));
      if (expand.contains("NewsFeeds")) {
        var list = view.putArray("NewsFeeds");
        reached.forEach(f -> list.add(NewsFeedResources.view(holders, caller, f)));
      }
      if (expand.contains("NewsFeedSubscriptionSummary")) {
        view.putObject("NewsFeedSubscriptionSummary")
            .put("ActiveSubscription", reached.stream().anyMatch(NewsFeed::active));
      }
      views.add(view);
    }
    return views;
  }

  /// For a consumer, what an account made for them is given by it.
  private static boolean isProvided(SavedSearch search, Caller caller) {
    return caller.role().isConsumer() && !search.makerId().equals(search.holderId());
  }

  private Reply.Full list(SparkCall call, String holder, SavedSearch.Kind kind)
      throws BodyException, IOException {
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "Saved searches",
            (skip, limit) -> SavedSearch.list(store, holder, kind, skip, limit),
            () -> SavedSearch.count(store, holder, kind),
            (found, asked) -> views(call.caller(), found, asked.expand(), holder)));
  }

  /// Agents are given nothing by anybody.
  private Reply.Full provided(SparkCall call) throws BodyException, IOException {
    return call.caller().role().isConsumer()
        ? list(call, holders.own(call.caller()), SavedSearch.Kind.GIVEN)
        : Envelope.ok(List.of());
  }

  private Reply.Full tags(SparkCall call) {
    return Envelope.ok(
        SavedSearch.listTags(store, holders.own(call.caller())).stream()
            .map(t -> Json.object().put("ResourceUri", "/v1/savedsearches/tags/" + t).put("Tag", t))
            .toList());
  }

  private Reply.Full tagged(SparkCall call) throws BodyException, IOException {
    var own = holders.own(call.caller());
    var found = SavedSearch.listTagged(store, own, call.path("tag"));
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "Saved searches",
            (skip, limit) -> found.stream().skip(skip).limit(limit).toList(),
            found::size,
            (page, asked) -> views(call.caller(), page, asked.expand(), own)));
  }

  /// A search that the caller may read: their own, one of their contacts', one that is given to
  /// them or to one of those.
  private SavedSearch readable(SparkCall call) {
    var caller = call.caller();
    var search = SavedSearch.find(store, call.path("id")).orElseThrow(Holders::missing);
    boolean may =
        holders.reaches(caller, search.holderId())
            || switch (caller.role()) {
              case IDX, PUBLIC -> false;
              case VOW, PORTAL ->
                  caller
                      .contact()
                      .filter(c -> SavedSearch.isGiven(store, search.id(), c))
                      .isPresent();
              case PRIVATE ->
                  SavedSearch.isGivenToSomebodyOf(store, search.id(), holders.account(caller));
            };
    if (!may) {
      throw Holders.missing();
    }
    return search;
  }

  private Reply.Full get(SparkCall call) throws BodyException, IOException {
    var search = readable(call);
    var expand = ListParameters.names(call, "_expand");
    var select = ListParameters.names(call, "_select");
    var holder = call.caller().role().isConsumer() ? holders.own(call.caller()) : search.holderId();
    var view = views(call.caller(), List.of(search), expand, holder).getFirst();
    if (!select.isEmpty()) {
      var kept = new ArrayList<>(select);
      kept.addAll(List.of("Id", "ResourceUri"));
      kept.addAll(expand);
      view.retain(kept);
    }
    return Envelope.ok(List.of(view));
  }

  /// What is written of a search; empty where nothing is said.
  ///
  /// @param description what it is to be, null within for none
  private record Written(
      Optional<String> name,
      Optional<Optional<String>> description,
      Optional<String> filter,
      Optional<Optional<String>> quickSearchId,
      Optional<List<String>> tags,
      Optional<Optional<String>> annotations,
      boolean autoName,
      List<tools.jackson.databind.JsonNode> dropped) {

    boolean isEmpty() {
      return name.isEmpty()
          && description.isEmpty()
          && filter.isEmpty()
          && quickSearchId.isEmpty()
          && tags.isEmpty()
          && annotations.isEmpty();
    }

    SavedSearch applied(SavedSearch to) {
      return new SavedSearch(
          to.id(),
          to.holderId(),
          to.makerId(),
          name.orElse(to.name()),
          or(description, to.description()),
          filter.orElse(to.filter()),
          or(quickSearchId, to.quickSearchId()),
          tags.orElse(to.tags()),
          or(annotations, to.annotations()),
          to.seq(),
          to.createdAt(),
          to.modifiedAt());
    }

    private static @Nullable String or(Optional<Optional<String>> said, @Nullable String known) {
      return said.isPresent() ? said.get().orElse(null) : known;
    }
  }

  private Written read(SparkCall call, ObjectNode item) throws BodyException, IOException {
    var name = AccountResources.text(item, "Name", LONGEST_NAME, false);
    if (item.has("Name") && name == null) {
      throw SparkException.attribute(SparkFault.MISSING, "Name", "Name is required.");
    }
    var filter = AccountResources.text(item, "Filter", LONGEST_FILTER, false);
    var dropped = new ArrayList<tools.jackson.databind.JsonNode>();
    if (filter != null) {
      var parsed = parse(call, filter);
      parsed.dropped().forEach(e -> dropped.add(ListParameters.view(e)));
    }
    var annotations = item.get("Annotations");
    var kept = annotations == null || annotations.isNull() ? null : annotations.toString();
    if (kept != null && kept.length() > LARGEST_ANNOTATIONS) {
      throw AccountResources.wrong(
          "Annotations", "has at most " + LARGEST_ANNOTATIONS + " characters as JSON");
    }
    return new Written(
        Optional.ofNullable(name).map(String::strip),
        said(
            item,
            "Description",
            AccountResources.text(item, "Description", LONGEST_DESCRIPTION, true)),
        item.has("Filter") ? Optional.of(filter == null ? "" : filter) : Optional.empty(),
        said(
            item, "QuickSearchId", AccountResources.text(item, "QuickSearchId", LONGEST_ID, false)),
        WatchBodies.texts(item, "Tags", MOST_TAGS, LONGEST_TAG),
        said(item, "Annotations", kept),
        WatchBodies.flag(item, "AutoName").orElse(false),
        dropped);
  }

  private static Optional<Optional<String>> said(
      ObjectNode item, String name, @Nullable String value) {
    return item.has(name) ? Optional.of(Optional.ofNullable(value)) : Optional.empty();
  }

  /// The filter is read as it will be when listings are matched against it; its text is kept.
  private Filter parse(SparkCall call, String filter) throws BodyException, IOException {
    Catalogue catalogue =
        name ->
            switch (name) {
              case "SavedSearch" -> throw new SparkException(SparkFault.NO_SAVED_SEARCH_IN_FILTER);
              case "EmailLink" -> throw new SparkException(SparkFault.NO_EMAIL_LINK_IN_FILTER);
              case "SharedListing", "SharedLink", "SharedListings" ->
                  throw new SparkException(SparkFault.NO_SHARED_LISTINGS_IN_FILTER);
              default -> ListingAttributes.CATALOGUE.find(name);
            };
    return ListParameters.parse(
        filter, catalogue.with(Shapes.GEOMETRY), ListParameters.isPermissive(call), store.now());
  }

  private static SparkException incomplete() {
    return SparkException.attribute(
        SparkFault.MISSING, "Filter", "A search needs a Filter or a QuickSearchId.");
  }

  private static SparkException taken() {
    return SparkException.attribute(
        SparkFault.CONFLICT,
        "Name",
        "There is a search with this Name already; with AutoName it gets another.");
  }

  /// The name under which a search can be kept; empty when it is taken.
  private static Optional<String> free(
      Batch batch, String holder, String name, boolean automatic, String except) {
    if (!SavedSearch.isTaken(batch, holder, name, except)) {
      return Optional.of(name);
    }
    if (!automatic) {
      return Optional.empty();
    }
    for (int n = 2; n <= SavedSearch.MOST + 1; n++) {
      var end = " (" + n + ")";
      var other = ContactView.cut(name, LONGEST_NAME - end.length()) + end;
      if (!SavedSearch.isTaken(batch, holder, other, except)) {
        return Optional.of(other);
      }
    }
    return Optional.empty();
  }

  private Reply.Full create(SparkCall call, String holder) throws BodyException, IOException {
    var caller = call.caller();
    var account = holders.account(caller);
    var maker = caller.role().isConsumer() ? holder : account;
    var searches = new ArrayList<SavedSearch>();
    var writings = new ArrayList<Written>();
    for (var item : WatchBodies.items(call.needBody(), "SavedSearches")) {
      var written = read(call, item);
      if (written.name().isEmpty()) {
        throw SparkException.attribute(SparkFault.MISSING, "Name", "Name is required and missing.");
      }
      var draw = Draw.fresh(store.now(), hub);
      var search =
          written.applied(
              new SavedSearch(
                  draw.digits(),
                  holder,
                  maker,
                  "",
                  null,
                  "",
                  null,
                  List.of(),
                  null,
                  0,
                  draw.at(),
                  draw.at()));
      if (search.filter().isEmpty() && search.quickSearchId() == null) {
        throw incomplete();
      }
      searches.add(search);
      writings.add(written);
    }
    WatchBodies.write(
        store,
        call.bytes().length,
        batch -> {
          if (!Holders.reaches(batch, caller, account, holder)) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          if (SavedSearch.count(batch, holder) + searches.size() > SavedSearch.MOST) {
            return WatchBodies.Outcome.refused(tooMany());
          }
          var names = new ArrayList<String>();
          for (int i = 0; i < searches.size(); i++) {
            var name = free(batch, holder, searches.get(i).name(), writings.get(i).autoName(), "");
            if (name.isEmpty() || names.stream().anyMatch(name.get()::equalsIgnoreCase)) {
              return WatchBodies.Outcome.refused(taken());
            }
            names.add(name.get());
          }
          for (int i = 0; i < searches.size(); i++) {
            searches.get(i).named(names.get(i)).put(batch, true);
          }
          return WatchBodies.Outcome.of(true);
        });
    var d =
        Envelope.results(
            searches.stream()
                .map(s -> Json.object().put("Id", s.id()).put("ResourceUri", uri(s.id())))
                .toList());
    var dropped = writings.stream().flatMap(w -> w.dropped().stream()).toList();
    if (!dropped.isEmpty()) {
      d.putArray("SparkQLErrors").addAll(dropped);
    }
    return Envelope.reply(201, d);
  }

  private static SparkException tooMany() {
    return new SparkException(
        SparkFault.INVALID, "There are " + SavedSearch.MOST + " searches already.");
  }

  /// Whoever made it changes it; an agent also what was made for a contact that is theirs now.
  private static @Nullable SparkException objection(
      Batch batch, Caller caller, String account, SavedSearch search) {
    if (!Holders.reaches(batch, caller, account, search.holderId())) {
      // It could be read, so it is given to them or to one of their contacts.
      return notYours();
    }
    boolean holdersOwn = search.makerId().equals(search.holderId());
    boolean may =
        caller.role().isConsumer() ? holdersOwn : !holdersOwn || search.holderId().equals(account);
    return may ? null : notYours();
  }

  private static SparkException notYours() {
    return new SparkException(
        SparkFault.NOT_FOR_CALLER, "You may read this search; whoever made it changes it.");
  }

  private Reply.Full update(SparkCall call) throws BodyException, IOException {
    var caller = call.caller();
    var account = holders.account(caller);
    var id = readable(call).id();
    var items = WatchBodies.items(call.needBody(), "SavedSearches");
    if (items.size() > 1) {
      throw AccountResources.wrong("SavedSearches", "is a list of one item");
    }
    var written = read(call, items.getFirst());
    if (written.isEmpty()) {
      throw new SparkException(SparkFault.MISSING, "Nothing is to be changed.");
    }
    WatchBodies.write(
        store,
        call.bytes().length,
        batch -> {
          var known = SavedSearch.find(batch, id);
          if (known.isEmpty()) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          var objection = objection(batch, caller, account, known.get());
          if (objection != null) {
            return WatchBodies.Outcome.refused(objection);
          }
          var changed = written.applied(known.get());
          if (changed.filter().isEmpty() && changed.quickSearchId() == null) {
            return WatchBodies.Outcome.refused(incomplete());
          }
          var name =
              free(batch, changed.holderId(), changed.name(), written.autoName(), changed.id());
          if (name.isEmpty()) {
            return WatchBodies.Outcome.refused(taken());
          }
          changed.named(name.get()).put(batch, false);
          return WatchBodies.Outcome.of(true);
        });
    var d = Envelope.success();
    if (!written.dropped().isEmpty()) {
      d.putArray("SparkQLErrors").addAll(written.dropped());
    }
    return Envelope.reply(200, d);
  }

  private Reply.Full delete(SparkCall call) {
    var caller = call.caller();
    var account = holders.account(caller);
    var id = readable(call).id();
    WatchBodies.write(
        store,
        1024,
        batch -> {
          var known = SavedSearch.find(batch, id);
          if (known.isEmpty()) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          var objection = objection(batch, caller, account, known.get());
          if (objection != null) {
            return WatchBodies.Outcome.refused(objection);
          }
          known.get().delete(batch);
          return WatchBodies.Outcome.of(true);
        });
    return Envelope.done();
  }

  private Reply.Full give(SparkCall call) {
    return handOver(call, true);
  }

  private Reply.Full take(SparkCall call) {
    return handOver(call, false);
  }

  private Reply.Full handOver(SparkCall call, boolean give) {
    var caller = call.caller();
    var account = holders.account(caller);
    var search = readable(call).id();
    var contact = call.path("contact");
    WatchBodies.write(
        store,
        1024,
        batch -> {
          var known = SavedSearch.find(batch, search);
          var there = Persons.findContact(batch, contact).filter(c -> c.ownerId().equals(account));
          if (known.isEmpty() || there.isEmpty()) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          if (!give && SavedSearch.take(batch, search, contact)) {
            return WatchBodies.Outcome.of(true);
          }
          boolean own = known.get().holderId().equals(contact);
          if (give && own) {
            return WatchBodies.Outcome.of(true);
          }
          if (!known.get().holderId().equals(account)) {
            return WatchBodies.Outcome.refused(
                new SparkException(
                    SparkFault.INVALID,
                    "This search is a contact's own, or another account's: it can't be given to"
                        + " contacts, or taken from its own."));
          }
          if (!give) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          return SavedSearch.give(batch, search, contact)
              ? WatchBodies.Outcome.of(true)
              : WatchBodies.Outcome.refused(
                  new SparkException(
                      SparkFault.INVALID,
                      "A search is given to at most " + SavedSearch.MOST_CONTACTS + " contacts."));
        });
    return Envelope.done();
  }
}
