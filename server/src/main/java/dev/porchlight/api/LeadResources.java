package dev.porchlight.api;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Answered;
import dev.porchlight.desk.Aside;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Handover;
import dev.porchlight.desk.KeptBody;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Pulse;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Resubmission;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.erasure.Erasures;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.desk.events.NumberedListings;
import dev.porchlight.desk.onward.Fallback;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Comment;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Leads with their stories, receipts, contacts.
final class LeadResources {
  private static final Logger LOG = LoggerFactory.getLogger(LeadResources.class);
  private static final int MOST_IN_STORY = 200;
  private static final int SHOWN_OF_BODY = 64 * 1024;
  private static final Duration LINK_LIFE = Duration.ofHours(24);

  private final Store store;
  private final int hub;
  private final Leads leads;
  private final Receipts receipts;
  private final Persons persons;
  private final Deliveries deliveries;
  private final Resubmission resubmission;
  private final Answered answered;
  private final Credentials credentials;
  private final BiFunction<String, Body, Reading> reader;
  private final Erasures erasures;
  private final Listings listings;

  /// @param reader reads a body by the contract of that name
  LeadResources(
      Store store,
      int hub,
      Leads leads,
      Receipts receipts,
      Persons persons,
      Deliveries deliveries,
      Desk desk,
      Credentials credentials,
      BiFunction<String, Body, Reading> reader,
      Erasures erasures,
      Listings listings) {
    this.store = store;
    this.hub = hub;
    this.leads = leads;
    this.receipts = receipts;
    this.persons = persons;
    this.deliveries = deliveries;
    this.resubmission = new Resubmission(store, desk, receipts, reader);
    this.answered = new Answered(store, leads);
    this.credentials = credentials;
    this.reader = reader;
    this.erasures = erasures;
    this.listings = listings;
  }

  Reply list(Call call) {
    call.filters("source", "lead_id", "contact_id", "test");
    var request = call.request();
    var test =
        request
            .queryValue("test")
            .map(t ->
                switch (t) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw Call.invalid("test", "true or false");
                })
            .orElse(null);
    // A source by its id or its name.
    var source =
        request
            .queryValue("source")
            .map(s ->
                Sources.in(store.settings())
                    .findByName(s)
                    .map(dev.porchlight.desk.Source::id)
                    .orElse(s))
            .orElse(null);
    var found =
        leads.search(
            call.scope(),
            new Leads.Query(
                source,
                request.queryValue("lead_id").orElse(null),
                request.queryValue("contact_id").orElse(null),
                test,
                call.seqCursor(),
                call.limit()));
    var newest = leads.getNewest(found.rows());
    return call.list(
        found,
        l -> Views.lead(l, Objects.requireNonNull(newest.get(l.id())), store.settings()),
        p -> Long.toString(p));
  }

  private LeadRecord lead(Call call) {
    return leads
        .find(call.scope(), call.path("id"))
        .orElseThrow(() -> AccountResources.missing("lead"));
  }

  /// The whole story in one reply. The listing that the lead names, where the hub knows it by now.
  private Optional<String> listing(LeadRecord lead) {
    var newest = leads.getNewest(lead);
    var said = newest.lead().orElse(Lead.NOTHING).interest();
    if (!(said instanceof Interest.InListing(var property))) {
      return Optional.empty();
    }
    var root = Nodes.in(store.settings()).rootOf(lead.officeId()).map(Node::id).orElse("");
    var number = property.mlsName() == null ? property.mlsId() : null;
    return listings
        .findNamed(
            root,
            property.keys() == null ? null : property.keys().classifiedId(),
            property.mlsName(),
            property.mlsId(),
            property.listingUrl())
        .or(() ->
            number == null
                ? Optional.empty()
                : NumberedListings.ofLead(store, newest.receiptId(), root, number));
  }

  Reply get(Call call) {
    var lead = lead(call);
    var view = Views.lead(lead, leads.getNewest(lead), store.settings());
    view.put("evidence", lead.evidence());
    PinResources.show(new Pins(store), Pins.Kind.LEAD, lead.id(), view);
    listing(lead).ifPresent(id -> view.put("listing", id));
    if (lead.erasedAt() != null) {
      erasures.findOfLead(lead.id()).ifPresent(e -> view.set("erasure", PersonResources.view(e)));
    }
    Sources.in(store.settings())
        .find(lead.sourceId())
        .ifPresent(s -> {
          view.put("source_name", s.name());
          view.put("contract", s.contract());
        });
    persons
        .find(call.scope(), lead.contactId())
        .ifPresent(c -> view.set("contact", Views.contact(c)));
    duplicates(call, lead.personId(), view);
    var versions = view.putArray("versions");
    leads.listVersions(lead.id()).forEach(v -> versions.add(Views.version(v)));
    var came = view.putArray("receipts");
    var all = view.putArray("violations");
    receipts
        .list(call.scope(), new Receipts.Query(null, null, lead.id(), "", MOST_IN_STORY))
        .reversed()
        .forEach(r -> {
          var item = receipt(r);
          came.add(item);
          item.path("violations")
              .forEach(v -> {
                var copy = ((ObjectNode) v).deepCopy();
                copy.put("receipt", r.id());
                all.add(copy);
              });
        });
    var owed = view.putArray("deliveries");
    var ailing = deliveries.listAiling();
    var endpoints = Endpoints.in(store.settings());
    deliveries
        .list(call.scope(), new Deliveries.Query(null, lead.id(), null, MOST_IN_STORY))
        .stream()
        .sorted(Deliveries.Standing.told(endpoints))
        .forEach(s -> {
          var item = Views.delivery(s, store, ailing);
          var attempts = item.putArray("attempts");
          deliveries.listAttempts(s.delivery().id()).forEach(a -> attempts.add(Views.attempt(a)));
          owed.add(item);
        });
    new LeftOutMember(store, deliveries).show(call, lead.id(), view);
    var steps = view.putArray("steps");
    LeadSteps.list(store, lead.id()).forEach(step -> steps.add(EventViews.step(step)));
    var history = view.putArray("history");
    var handovers = Handover.list(store, lead);
    var owner = view.putObject("owner");
    var now = Handover.owner(store, lead, handovers);
    member(owner, "member", now.member());
    owner.put("since", now.since().toString());
    if (!now.by().isEmpty()) {
      member(owner, "by", now.by());
    }
    if (!now.from().isEmpty()) {
      member(owner, "from", now.from());
    }
    if (!now.reason().isEmpty()) {
      owner.put("reason", now.reason());
    }
    new Pulse(store).firstAct(lead).ifPresent(at -> view.put("first_act_at", at.toString()));
    var lines = new TreeMap<Long, ObjectNode>();
    for (var line : leads.listHistory(lead.id())) {
      var item = history(line.seq(), line.at(), line.kind(), line.ref());
      if (line.kind().equals(Answered.KIND)) {
        member(item, "by", line.ref());
      }
      lines.put(line.seq(), item);
    }
    for (var handover : handovers) {
      var item = history(handover.seq(), handover.at(), handover.kind(), handover.contact());
      if (!handover.from().isEmpty()) {
        member(item, "from", handover.from());
      }
      member(item, "to", handover.to());
      member(item, "by", handover.by());
      lines.put(handover.seq(), item);
    }
    history.addAll(lines.values());
    return Call.ok(view);
  }

  private static ObjectNode history(long seq, Instant at, String kind, String ref) {
    var item = Json.object();
    item.put("sequence", seq);
    item.put("at", at.toString());
    item.put("kind", kind);
    item.put("ref", ref);
    return item;
  }

  /// Somebody by id, and by name where it is a member.
  private void member(ObjectNode view, String name, String id) {
    view.put(name, id);
    Nodes.in(store.settings())
        .find(id.replaceFirst("^member ", ""))
        .ifPresent(n -> view.put(name + "_name", n.name()));
  }

  private void duplicates(Call call, String person, ObjectNode view) {
    var list = view.putArray("possible_duplicates");
    persons
        .listPossibleDuplicates(call.scope(), person)
        .forEach(d ->
            list.add(Views.duplicate(d, receipts.find(call.scope(), d.receiptId()).isPresent())));
  }

  /// A link to the lead's page that opens it for 24 hours, for whoever has the link.
  Reply link(Call call) throws Exception {
    var lead = lead(call);
    var token = Tokens.create("pll_");
    var draw = Draw.fresh(store.now(), hub);
    var credential =
        new Credential(
            Tokens.hash(token),
            draw.uuid("link"),
            Credential.Kind.LINK,
            lead.id(),
            "{}",
            draw.at(),
            draw.at().plus(LINK_LIFE),
            null);
    var view = Json.object();
    view.put("url", call.request().baseUrl() + "/leads/" + lead.id() + "?token=" + token);
    view.put("expires_at", draw.at().plus(LINK_LIFE).toString());
    return call.change(batch -> {
      credentials.add(batch, credential);
      return new Call.Answer(201, view);
    });
  }

  private ObjectNode receipt(Receipt receipt) {
    var view = Views.receipt(receipt, store.settings());
    var violations = view.putArray("violations");
    receipts.listViolations(receipt.id()).forEach(v -> violations.add(Views.violation(v)));
    switch (receipt.state()) {
      case QUARANTINED, REFUSED, ASIDE, MENDED -> history(receipt, view);
      case DONE, REPEAT, OWED, ERASED -> {}
    }
    return view;
  }

  /// Who put it aside, or took it back from there, when and why.
  private void history(Receipt receipt, ObjectNode view) {
    var marks = Aside.list(store, receipt.id());
    if (marks.isEmpty()) {
      return;
    }
    var history = view.putArray("history");
    for (var mark : marks) {
      var item = history.addObject();
      item.put("at", mark.at().toString());
      item.put("kind", mark.aside() ? Aside.PUT : Aside.TAKEN_BACK);
      member(item, "by", mark.principal());
      if (!mark.reason().isEmpty()) {
        item.put("reason", mark.reason());
      }
    }
  }

  Reply listReceipts(Call call) {
    call.filters("state", "source", "lead");
    var request = call.request();
    var state =
        request
            .queryValue("state")
            .map(s ->
                Call.parameter(
                    "state",
                    "done, repeat, owed, quarantined, refused, aside, mended or erased",
                    s,
                    Receipt.State::of))
            .orElse(null);
    var source =
        request
            .queryValue("source")
            .map(s ->
                Sources.in(store.settings())
                    .findByName(s)
                    .map(dev.porchlight.desk.Source::id)
                    .orElse(s))
            .orElse(null);
    return call.list(
        receipts.search(
            call.scope(),
            new Receipts.Query(
                state,
                source,
                request.queryValue("lead").orElse(null),
                call.idCursor(),
                call.limit())),
        r -> Views.receipt(r, store.settings()),
        Function.identity());
  }

  private Receipt found(Call call) {
    return receipts
        .find(call.scope(), call.path("id"))
        .orElseThrow(() -> AccountResources.missing("receipt"));
  }

  Reply getReceipt(Call call) {
    var receipt = found(call);
    var view = receipt(receipt);
    view.set("headers", Json.tree(receipt.headers()));
    PinResources.show(new Pins(store), Pins.Kind.RECEIPT, receipt.id(), view);
    receipts
        .findRaw(receipt.id())
        .ifPresent(bytes -> {
          view.put(
              "raw_text",
              new String(bytes, 0, Math.min(bytes.length, SHOWN_OF_BODY), StandardCharsets.UTF_8));
          view.put("raw_text_cut", bytes.length > SHOWN_OF_BODY);
          read(receipt, bytes).ifPresent(read -> view.set("read", read));
        });
    return Call.ok(view);
  }

  /// What the connector reads of a body now, which need not be what it read when the body came.
  private Optional<ObjectNode> read(Receipt receipt, byte[] bytes) {
    var source = Sources.in(store.settings()).find(receipt.sourceId());
    if (source.isEmpty()) {
      return Optional.empty();
    }
    var view = Json.object();
    Reading reading;
    try {
      reading = KeptBody.read(body -> reader.apply(source.get().contract(), body), receipt, bytes);
    } catch (RuntimeException e) {
      LOG.error("Receipt {} could not be read: a defect of ours", receipt.id(), e);
      view.put("readable", false);
      view.put("reason", "Reading failed by a defect of ours.");
      view.putArray("facts");
      view.putArray("violations");
      return Optional.of(view);
    }
    switch (reading) {
      case Reading.Facts f -> {
        view.put("readable", true);
        view.put("message", f.message());
        var facts = view.putArray("facts");
        for (var fact : f.facts()) {
          switch (fact) {
            case Lead lead -> facts.add(LeadJson.write(lead));
          }
        }
      }
      case Reading.Unreadable u -> {
        view.put("readable", false);
        view.put("reason", u.reason());
        view.putArray("facts");
      }
    }
    var violations = view.putArray("violations");
    reading.violations().forEach(v -> violations.add(Views.violation(v)));
    return Optional.of(view);
  }

  Reply getRaw(Call call) {
    var receipt = found(call);
    var raw =
        receipts
            .findRaw(receipt.id())
            .orElseThrow(() -> new FaultException(Fault.NOT_FOUND, "The body is no longer kept."));
    // Never as what it claims to be: a browser must not run a stranger's bytes.
    return Reply.of(200, "application/octet-stream", raw)
        .with("Content-Disposition", "attachment; filename=\"" + receipt.id() + ".bin\"")
        .with("X-Received-Content-Type", printable(receipt.contentType()))
        .with("Cache-Control", "no-store");
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  /// Takes a mended body in a quarantined receipt's place; without a body, the same bytes again.
  Reply resubmit(Call call) throws Exception {
    return switch (resubmission.resubmit(found(call), call.bytes(), call.principal().id())) {
      case Resubmission.Outcome.Refused(var why) ->
          throw new FaultException(Fault.STATE_CONFLICT, why);
      case Resubmission.Outcome.Unreadable(var why) ->
          throw new FaultException(Fault.BODY_UNREADABLE, why);
      case Resubmission.Outcome.Taken(var receipt) ->
          Call.reply(receipt.state() == Receipt.State.QUARANTINED ? 422 : 200, receipt(receipt));
    };
  }

  /// Puts a receipt aside that nobody will mend.
  Reply putAside(Call call) throws Exception {
    var known = found(call);
    var members = call.members(Set.of("reason"));
    if (members.text("reason").isEmpty()) {
      throw new FaultException(Fault.BODY_INVALID, "The member `reason` is needed.");
    }
    var reason = members.line("reason", Aside.LONGEST_REASON).orElseThrow();
    return moved(
        call,
        batch -> Aside.put(batch, known.id(), call.principal().id(), reason),
        "Only a receipt that is quarantined or refused can be put aside; this one is "
            + known.state().word()
            + ".");
  }

  /// Takes a receipt back that somebody put aside.
  Reply takeBack(Call call) throws Exception {
    var known = found(call);
    var reason = call.members(Set.of("reason")).line("reason", Aside.LONGEST_REASON).orElse("");
    return moved(
        call,
        batch -> {
          var back = Aside.takeBack(batch, known.id(), call.principal().id(), reason);
          back.ifPresent(receipt -> Fallback.takenBack(batch, receipt.id()));
          return back;
        },
        "Only a receipt that is aside can be taken back; this one is "
            + known.state().word()
            + ".");
  }

  private Reply moved(Call call, Function<Batch, Optional<Receipt>> move, String refusal)
      throws Exception {
    return call.change(batch -> {
      var receipt =
          move.apply(batch).orElseThrow(() -> new FaultException(Fault.STATE_CONFLICT, refusal));
      return new Call.Answer(200, Views.receipt(receipt, batch.settings()));
    });
  }

  /// Says that a person has answered a lead.
  Reply markAnswered(Call call) {
    if (!answered.mark(call.scope(), call.path("id"), call.principal().id())) {
      throw AccountResources.missing("lead");
    }
    return get(call);
  }

  Reply listContacts(Call call) {
    call.filters();
    return call.list(
        most -> persons.list(call.scope(), call.seqCursor(), most),
        Views::contact,
        c -> Long.toString(c.seq()));
  }

  /// What members noted about a contact, newest first.
  Reply listNotes(Call call) {
    var contact = contact(call);
    call.filters();
    return call.list(
        most -> Comment.listBefore(store, contact.id(), call.idCursor(), most),
        note -> {
          var view = Json.object();
          view.put("id", note.id());
          view.put("at", note.createdAt().toString());
          member(view, "by", note.userId());
          view.put("text", note.text());
          return view;
        },
        Comment::id);
  }

  private Contact contact(Call call) {
    return persons
        .find(call.scope(), call.path("id"))
        .orElseThrow(() -> AccountResources.missing("contact"));
  }

  Reply getContact(Call call) {
    var contact = contact(call);
    var view = Views.contact(contact);
    duplicates(call, contact.personId(), view);
    view.set("consents", EventViews.consents(Consents.list(store, contact.personId())));
    var list = view.putArray("leads");
    List<LeadRecord> theirs =
        leads.list(
            call.scope(),
            new Leads.Query(null, null, contact.id(), null, Long.MAX_VALUE, MOST_IN_STORY));
    theirs.forEach(l -> list.add(l.id()));
    new LeftOutMember(store, deliveries).show(call, contact.id(), view);
    return Call.ok(view);
  }
}
