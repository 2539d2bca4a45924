package dev.porchlight.door.spark;

import dev.porchlight.account.Nodes;
import dev.porchlight.person.Comment;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/contacts/<Id>/comments`: what is remarked about a contact, by whoever may write the
/// contact, for whoever may read it. It is not changed, only made and taken off.
final class CommentResources {
  private static final int LONGEST = 10_000;

  private final Store store;
  private final int hub;
  private final Contacts contacts;
  private final Resource.Doorkeeper doorkeeper;

  CommentResources(Store store, int hub, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    contacts = new Contacts(store);
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    return List.of(
        Resource.of("/contacts/{id}/comments", doorkeeper)
            .on("GET", Roles.READERS, this::list)
            .on("POST", Roles.WRITERS, this::create),
        Resource.of("/contacts/{id}/comments/{comment}", doorkeeper)
            .on("GET", Roles.READERS, this::get)
            .on("DELETE", Roles.WRITERS, this::delete));
  }

  private static SparkException missing() {
    return new SparkException(SparkFault.NOT_FOUND);
  }

  static String uri(Comment comment) {
    return ContactView.uri(comment.contactId()) + "/comments/" + comment.id();
  }

  private static ObjectNode view(Nodes nodes, Comment comment) {
    var view = Json.object();
    view.put("ResourceUri", uri(comment));
    view.put("Id", comment.id());
    view.put("Comment", comment.text());
    view.put("UserId", comment.userId());
    view.put("UserUri", AccountResources.uriOf(comment.userId()));
    nodes.find(comment.userId()).ifPresent(n -> view.put("UserType", AccountResources.userType(n)));
    view.put("ReferenceId", comment.contactId());
    view.put("ReferenceType", "Contact");
    view.put("ReferenceUri", ContactView.uri(comment.contactId()));
    view.put("CreatedTimestamp", ContactView.time(comment.createdAt()));
    view.put("ModificationTimestamp", ContactView.time(comment.createdAt()));
    return view;
  }

  /// The contact that is asked about, which must be one of the caller's.
  private String contact(SparkCall call, Nodes nodes) {
    return contacts
        .find(ContactResources.owner(call.caller(), nodes), call.path("id"))
        .orElseThrow(CommentResources::missing)
        .contact()
        .id();
  }

  private Reply.Full list(SparkCall call) throws BodyException, IOException {
    var asked =
        ListParameters.of(
            call, ListParameters.LARGEST_LIMIT, _ -> Optional.empty(), _ -> false, store.now());
    int skip = asked.skipped("Comments");
    var nodes = Nodes.in(store.settings());
    var contact = contact(call, nodes);
    boolean alone = asked.pagination() == ListParameters.Pagination.COUNT_ALONE;
    var comments = Comment.list(store, contact, skip, alone ? 0 : asked.limit());
    var d =
        Envelope.results(comments.stream().map(c -> view(nodes, c)).map(asked::selected).toList());
    if (asked.pagination() != ListParameters.Pagination.NONE) {
      d.set("Pagination", asked.pagination(Comment.count(store, contact), skip));
    }
    return Envelope.reply(200, d);
  }

  private Reply.Full get(SparkCall call) {
    var nodes = Nodes.in(store.settings());
    return Comment.find(store, contact(call, nodes), call.path("comment"))
        .map(c -> Envelope.ok(List.of(view(nodes, c))))
        .orElseThrow(CommentResources::missing);
  }

  private Reply.Full create(SparkCall call) throws BodyException, IOException {
    var body = AccountResources.one(call.needBody(), "Comments");
    var text = AccountResources.text(body, "Comment", LONGEST, true);
    if (text == null) {
      throw SparkException.attribute(
          SparkFault.MISSING, "Comment", "Comment is required and missing.");
    }
    var nodes = Nodes.in(store.settings());
    var owner = ContactResources.owner(call.caller(), nodes);
    var comment =
        Comment.of(
            Draw.fresh(store.now(), hub), call.path("id"), call.caller().account().id(), text);
    boolean done =
        store.write(
            WorkQueue.EDITS,
            new SizedUnit<>(
                batch -> {
                  boolean there =
                      Persons.findContact(batch, comment.contactId())
                          .filter(c -> c.ownerId().equals(owner))
                          .isPresent();
                  if (there) {
                    comment.put(batch);
                  }
                  return there;
                },
                call.bytes().length));
    if (!done) {
      throw missing();
    }
    return Envelope.reply(201, Envelope.results(List.of(view(nodes, comment))));
  }

  private Reply.Full delete(SparkCall call) {
    var contact = contact(call, Nodes.in(store.settings()));
    boolean done =
        store.write(WorkQueue.EDITS, batch -> Comment.delete(batch, contact, call.path("comment")));
    if (!done) {
      throw missing();
    }
    return Envelope.done();
  }
}
