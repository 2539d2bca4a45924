package dev.porchlight.door.spark;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.MemberMessage;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/my/account`, `/v1/accounts/<Id>`, and the messages of members to each other and from those
/// who write through a web site.
final class AccountResources {
  private static final int LONGEST_SUBJECT = 300;
  private static final int LONGEST_BODY = 10_000;
  private static final int LONGEST_WORD = 75;
  private static final int MOST_RECIPIENTS = 50;

  private final Store store;
  private final int hub;
  private final Contacts contacts;
  private final Resource.Doorkeeper doorkeeper;

  AccountResources(Store store, int hub, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    contacts = new Contacts(store);
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    return List.of(
        Resource.of("/my/account", doorkeeper).on("GET", Roles.ALL, this::mine),
        Resource.of("/accounts/{id}", doorkeeper).on("GET", Roles.ALL, this::get),
        Resource.of("/messages", doorkeeper)
            .on("GET", Roles.AGENTS, this::list)
            .on("POST", Roles.WRITERS, this::send),
        Resource.of("/messages/{id}", doorkeeper).on("GET", Roles.AGENTS, this::message));
  }

  private Reply.Full mine(SparkCall call) {
    var nodes = Nodes.in(store.settings());
    return Envelope.ok(List.of(view(nodes, call.caller().account())));
  }

  /// An account of the caller's company; for an MLS, of any of its own.
  private static Optional<Node> find(Nodes nodes, Caller caller, String id) {
    var account = caller.account();
    var root =
        account.kind() == Node.Kind.MLS ? Optional.of(account) : nodes.companyOf(account.id());
    return nodes
        .find(id)
        .filter(n -> n.kind() != Node.Kind.TEAM)
        .filter(n -> root.filter(r -> nodes.isWithin(n.id(), r.id())).isPresent());
  }

  private Reply.Full get(SparkCall call) {
    var nodes = Nodes.in(store.settings());
    return find(nodes, call.caller(), call.path("id"))
        .map(n -> Envelope.ok(List.of(view(nodes, n))))
        .orElseThrow(() -> new SparkException(SparkFault.NOT_FOUND));
  }

  static String uriOf(String account) {
    return "/v1/accounts/" + account;
  }

  static ObjectNode view(Nodes nodes, Node node) {
    var view = Json.object();
    view.put("ResourceUri", uriOf(node.id()));
    view.put("Id", node.id());
    view.put("Name", node.name());
    view.put("UserType", userType(node));
    nodes.officeOf(node.id()).ifPresent(o -> named(view, "Office", o));
    nodes.companyOf(node.id()).ifPresent(c -> named(view, "Company", c));
    nodes.all().stream()
        .filter(n -> n.kind() == Node.Kind.MLS && nodes.isWithin(node.id(), n.id()))
        .findFirst()
        .ifPresent(m -> named(view, "Mls", m));
    var emails = view.putArray("Emails");
    if (node.email() != null) {
      emails
          .addObject()
          .put("Type", "Work")
          .put("Name", "Work")
          .put("Primary", true)
          .put("Address", node.email());
    }
    // Of these nothing is known.
    for (var list : List.of("Phones", "Websites", "Addresses", "Images")) {
      view.putArray(list);
    }
    return view;
  }

  static String userType(Node node) {
    return switch (node.kind()) {
      case MLS -> "Mls";
      case COMPANY -> "Company";
      case OFFICE, TEAM -> "Office";
      case MEMBER -> "Member";
    };
  }

  private static void named(ObjectNode view, String level, Node node) {
    view.put(level, node.name());
    view.put(level + "Id", node.id());
  }

  private Reply.Full list(SparkCall call) throws BodyException, IOException {
    var asked =
        ListParameters.of(
            call, ListParameters.LARGEST_LIMIT, _ -> Optional.empty(), _ -> false, store.now());
    int skip = asked.skipped("Messages");
    var recipient = recipient(call);
    boolean alone = asked.pagination() == ListParameters.Pagination.COUNT_ALONE;
    var messages = MemberMessage.list(store, recipient, skip, alone ? 0 : asked.limit());
    var d =
        Envelope.results(
            messages.stream().map(AccountResources::view).map(asked::selected).toList());
    if (asked.pagination() != ListParameters.Pagination.NONE) {
      d.set("Pagination", asked.pagination(MemberMessage.count(store, recipient), skip));
    }
    return Envelope.reply(200, d);
  }

  private String recipient(SparkCall call) {
    return ContactResources.owner(call.caller(), Nodes.in(store.settings()));
  }

  private Reply.Full message(SparkCall call) {
    return MemberMessage.find(store, recipient(call), call.path("id"))
        .map(m -> Envelope.ok(List.of(view(m))))
        .orElseThrow(() -> new SparkException(SparkFault.NOT_FOUND));
  }

  private static ObjectNode view(MemberMessage message) {
    var view = Json.object();
    view.put("ResourceUri", uri(message.id()));
    view.put("Id", message.id());
    view.put("Type", message.type());
    view.put("Subject", message.subject());
    view.put("Body", message.body());
    view.putArray("Recipients").add(message.recipientId());
    if (message.senderId() != null) {
      view.put("SenderId", message.senderId());
    }
    if (message.listingId() != null) {
      view.put("ListingId", message.listingId());
    }
    view.put("CreatedTimestamp", ContactView.time(message.createdAt()));
    return view;
  }

  private static String uri(String id) {
    return "/v1/messages/" + id;
  }

  static SparkException wrong(String attribute, String why) {
    return SparkException.attribute(SparkFault.INVALID, attribute, attribute + " " + why + ".");
  }

  /// The one item in a body: clients send a list, an object in its place, or its attributes alone.
  ///
  /// @param name of the list
  static ObjectNode one(ObjectNode d, String name) {
    return switch (d.get(name)) {
      case null -> d;
      case ObjectNode item -> item;
      case ArrayNode list when list.size() == 1 && list.get(0) instanceof ObjectNode item -> item;
      case ArrayNode list when list.isEmpty() ->
          throw new SparkException(SparkFault.MISSING, "`" + name + "` is empty.");
      default -> throw wrong(name, "is a list of one item");
    };
  }

  /// A text in a body; null when it is not there, or blank.
  static @Nullable String text(ObjectNode body, String name, int longest, boolean lines) {
    var value = body.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(name, "is a string");
    }
    var text = value.stringValue();
    if (text.codePointCount(0, text.length()) > longest) {
      throw wrong(name, "has at most " + longest + " characters");
    }
    if (!ContactWriting.isPlain(text, lines)) {
      throw wrong(name, "has a control character or half a character in it");
    }
    return text.isBlank() ? null : text;
  }

  private List<String> recipients(SparkCall call, Nodes nodes, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return List.of(ContactResources.owner(call.caller(), nodes));
    }
    if (!(value instanceof ArrayNode list) || list.isEmpty() || list.size() > MOST_RECIPIENTS) {
      throw wrong("Recipients", "is a list of 1 to " + MOST_RECIPIENTS + " account ids");
    }
    var members = new ArrayList<String>();
    for (var element : list) {
      var node =
          find(nodes, call.caller(), element.isString() ? element.stringValue() : "")
              .orElseThrow(() -> wrong("Recipients", "names an account that is not there"));
      var member = node.kind() == Node.Kind.OFFICE ? nodes.frontDeskOf(node) : node;
      if (!members.contains(member.id())) {
        members.add(member.id());
      }
    }
    return members;
  }

  private Reply.Full send(SparkCall call) throws BodyException, IOException {
    var body = one(call.needBody(), "Messages");
    var nodes = Nodes.in(store.settings());
    var subject = text(body, "Subject", LONGEST_SUBJECT, false);
    var said = text(body, "Body", LONGEST_BODY, true);
    if (subject == null && said == null) {
      throw SparkException.attribute(
          SparkFault.MISSING, "Body", "A message needs a Subject or a Body.");
    }
    var type = text(body, "Type", LONGEST_WORD, false);
    var listing = text(body, "ListingId", LONGEST_WORD, false);
    var sender = text(body, "SenderId", LONGEST_WORD, false);
    if (sender != null
        && contacts.find(ContactResources.owner(call.caller(), nodes), sender).isEmpty()) {
      throw wrong("SenderId", "names no contact of yours");
    }
    var messages =
        recipients(call, nodes, body.get("Recipients")).stream()
            .map(r ->
                MemberMessage.of(
                    Draw.fresh(store.now(), hub),
                    r,
                    type == null ? "General" : type,
                    subject == null ? "" : subject,
                    said == null ? "" : said,
                    sender,
                    listing))
            .toList();
    boolean sent =
        store.write(
            WorkQueue.EDITS,
            new SizedUnit<>(
                batch -> {
                  // Looked at again here: an erasure may have come in between.
                  boolean there = sender == null || Persons.findContact(batch, sender).isPresent();
                  if (there) {
                    messages.forEach(m -> m.put(batch));
                  }
                  return there;
                },
                call.bytes().length * messages.size()));
    if (!sent) {
      throw wrong("SenderId", "names no contact of yours");
    }
    var first = messages.getFirst().id();
    return Envelope.created(uri(first), first);
  }
}
