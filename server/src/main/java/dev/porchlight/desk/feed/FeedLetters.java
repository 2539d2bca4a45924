package dev.porchlight.desk.feed;

import dev.porchlight.access.ConsoleLanguage;
import dev.porchlight.account.Node;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.value.Language;
import dev.porchlight.watch.FeedNews;
import dev.porchlight.watch.FeedNotice;
import dev.porchlight.watch.FeedOptOut;
import dev.porchlight.watch.Happening;
import dev.porchlight.watch.NewsFeed;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Reads what a notice to the holder of feeds says.
public final class FeedLetters {
  private final Store store;
  private final Persons persons;

  public FeedLetters(Store store) {
    this.store = store;
    persons = new Persons(store);
  }

  /// A listing with all that a notice says happened to it.
  ///
  /// @param what in the order of the feeds' words
  /// @param shown the standard fields as they were last, with what they were before
  /// @param meets whether it meets any of the searches still
  public record Home(List<Happening> what, ObjectNode shown, boolean meets) {}

  /// A mail to one address.
  ///
  /// @param sender who writes: the agent, or the office where that is its front desk
  /// @param homes newest first
  /// @param language in which it is written: a member's own, else that of the office's mails
  public record Letter(
      String holder, String name, String sender, String to, List<Home> homes, Language language) {}

  /// What came of looking for one.
  public sealed interface Found {
    record Ready(Letter letter) implements Found {}

    /// Nothing is to be sent any more.
    ///
    /// @param why in a sentence
    record Not(String why) implements Found {}
  }

  /// The mail that a delivery is, as things stand now.
  public Found letter(Delivery delivery) {
    var notice = FeedNotice.find(store, delivery.leadId());
    var addressees = notice.flatMap(n -> addressees(n.holderId()));
    if (notice.isEmpty() || addressees.isEmpty()) {
      return new Found.Not("Whom it was for is no longer there.");
    }
    var to = notice.get().addresses().get(delivery.version() - 1);
    if (FeedOptOut.find(store, notice.get().holderId()).isPresent()
        || addressees.get().contact() && hasWithdrawn(notice.get().holderId())) {
      return new Found.Not("Whom it was for wants no mail about listings any more.");
    }
    if (addressees.get().addresses().stream().noneMatch(to::equalsIgnoreCase)) {
      return new Found.Not("The address is no longer one that mail about listings goes to.");
    }
    return new Found.Ready(
        new Letter(
            notice.get().holderId(),
            addressees.get().name(),
            sender(addressees.get().owner()),
            to,
            homes(FeedNews.tell(store, notice.get())),
            language(notice.get().holderId(), addressees.get().owner())));
  }

  private Language language(String holder, String owner) {
    var settings = store.settings();
    return ConsoleLanguage.find(settings, holder)
        .flatMap(Language::find)
        .orElseGet(() -> NodeMail.languageOf(settings, owner));
  }

  /// Whether a contact's person no longer consents to mail.
  private boolean hasWithdrawn(String contact) {
    return persons
        .find(Scope.EVERYTHING, contact)
        .filter(c ->
            store
                .<Set<Consents.Channel>>read(h -> Consents.withdrawn(h, c.personId()))
                .contains(Consents.Channel.EMAIL))
        .isPresent();
  }

  private Optional<FeedAddressees> addressees(String holder) {
    var settings = store.settings();
    var node = Nodes.in(settings).find(holder);
    return node.isPresent()
        ? FeedAddressees.of(Nodes.in(settings), node.get(), false)
        : persons
            .find(Scope.EVERYTHING, holder)
            .flatMap(c -> FeedAddressees.of(settings, c, false));
  }

  private String sender(String owner) {
    var nodes = Nodes.in(store.settings());
    var office = nodes.officeOf(owner);
    return office
        .filter(o -> owner.equals(o.frontDesk()))
        .or(() -> nodes.find(owner))
        .map(Node::name)
        .orElse("Porchlight");
  }

  /// Of several changes of one listing the newest is shown, with all that happened.
  private static List<Home> homes(List<FeedNews.Told> told) {
    var all = new LinkedHashMap<String, Home>();
    for (var one : told) {
      var shown = (ObjectNode) Json.tree(one.block().shown());
      all.merge(
          one.block().listingId(),
          new Home(one.happenings(), shown, one.meets()),
          (newer, older) -> {
            var what = EnumSet.copyOf(older.what());
            what.addAll(newer.what());
            for (var name : List.of("PreviousListPrice", "PreviousMlsStatus")) {
              if (older.shown().has(name)) {
                newer.shown().set(name, older.shown().get(name));
              }
            }
            return new Home(List.copyOf(what), newer.shown(), newer.meets());
          });
    }
    return List.copyOf(all.values());
  }

  /// The event that a delivery is: `{"type", "timestamp", "data"}`; empty when its holder is gone.
  public Optional<ObjectNode> event(Delivery delivery) {
    var notice = FeedNotice.find(store, delivery.leadId());
    var addressees = notice.flatMap(n -> addressees(n.holderId()));
    if (notice.isEmpty() || addressees.isEmpty()) {
      return Optional.empty();
    }
    var event = Json.object();
    event.put("type", delivery.kind());
    event.put("timestamp", notice.get().at().toString());
    var data = event.putObject("data");
    data.put("sequence", delivery.seq());
    data.put("notice", notice.get().id());
    data.put(addressees.get().contact() ? "contact" : "account", notice.get().holderId());
    data.put("owner", addressees.get().owner());
    data.put("office", addressees.get().office());
    data.put("mails", notice.get().addresses().size());
    var items = data.putArray("items");
    for (var told : FeedNews.tell(store, notice.get())) {
      var item = items.addObject();
      item.put("listing", told.block().listingId());
      item.put("at", told.block().at().toString());
      var what = item.putArray("events");
      told.happenings().forEach(h -> what.add(h.word()));
      item.put("matching", told.meets());
      var feeds = item.putArray("feeds");
      for (var id : told.feeds().stream().sorted().toList()) {
        var feed = feeds.addObject().put("id", id);
        NewsFeed.find(store, id).ifPresent(f -> feed.put("name", f.name()));
      }
      item.set("fields", Json.tree(told.block().shown()));
    }
    return Optional.of(event);
  }
}
