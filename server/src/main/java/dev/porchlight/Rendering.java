package dev.porchlight;

import dev.porchlight.account.Scope;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.mail.LeadMail;
import dev.porchlight.connector.mail.NoticeMail;
import dev.porchlight.connector.mail.ReceiptMail;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointSecrets;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.desk.Messages;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.UnreadableLeadException;
import dev.porchlight.desk.events.Inboxes;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.desk.feed.ListingNames;
import dev.porchlight.desk.feed.Telling;
import dev.porchlight.desk.onward.ChangeBodies;
import dev.porchlight.desk.onward.Notices;
import dev.porchlight.door.seekerleads.SeekerLeadsApi;
import dev.porchlight.sign.XSignature;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.trace.TraceContext;
import dev.porchlight.value.Json;
import dev.porchlight.value.Language;
import dev.porchlight.value.Trail;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes deliveries in their endpoints' contracts: the contract itself, else the one to fall back
/// on, else, where the source speaks that very contract, the bytes as received.
final class Rendering implements Renderer {
  private static final Logger LOG = LoggerFactory.getLogger(Rendering.class);

  private final Map<String, Connector> connectors;
  private final Messages messages;
  private final ListingNames names;
  private final Receipts receipts;
  private final Function<String, String> sourceName;
  private final Function<Delivery, byte[]> notice;
  private final String hub;
  private final ChangeBodies changes;
  private final Inboxes inboxes;
  private final FeedRendering feeds;
  private final NotTaken notTaken;
  private final Function<String, Language> language;
  private final Function<String, ZoneId> zone;

  /// @param sourceName the name of a source by its id
  /// @param notice what a notice about an endpoint says
  /// @param language of mails to a node, by its id
  /// @param zone by whose clocks they tell times
  /// @param hub what this hub is called on the trails of leads
  Rendering(
      Map<String, Connector> connectors,
      Messages messages,
      ListingNames names,
      Receipts receipts,
      Function<String, String> sourceName,
      Function<Delivery, byte[]> notice,
      ChangeBodies changes,
      String hub,
      Inboxes inboxes,
      FeedRendering feeds,
      NotTaken notTaken,
      Function<String, Language> language,
      Function<String, ZoneId> zone) {
    this.zone = zone;
    this.language = language;
    this.connectors = connectors;
    this.messages = messages;
    this.names = names;
    this.receipts = receipts;
    this.sourceName = sourceName;
    this.notice = notice;
    this.hub = hub;
    this.changes = changes;
    this.inboxes = inboxes;
    this.feeds = feeds;
    this.notTaken = notTaken;
  }

  /// What is written, for somebody who looks: where a defect of ours stands in the way, they see
  /// that.
  Rendered show(Delivery delivery, Endpoint endpoint, EndpointSecrets secrets) {
    try {
      return render(delivery, endpoint, secrets);
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("Delivery {} could not be written: a defect of ours", delivery.id(), e);
      return new Rendered.CannotWrite(
          "It can't be written, by a defect of ours; the hub's own log says more.");
    }
  }

  @Override
  public void readAhead(List<Delivery> deliveries) {
    messages.readAhead(deliveries.stream().filter(Rendering::tellsOfALead).toList());
  }

  private static boolean tellsOfALead(Delivery delivery) {
    var kind = delivery.kind();
    return !kind.equals(Publishing.KIND)
        && !kind.equals(Telling.KIND)
        && !kind.equals(Planner.UNREAD)
        && !Notices.KINDS.contains(kind)
        && !ChangeBodies.areOf(kind);
  }

  @Override
  public Rendered render(Delivery delivery, Endpoint endpoint, EndpointSecrets secrets) {
    if (delivery.kind().equals(Publishing.KIND)) {
      return event(delivery, endpoint, secrets);
    }
    if (delivery.kind().equals(Telling.KIND)) {
      return switch (feeds.render(delivery, endpoint)) {
        case Rendered.Ready ready -> ready.with(named(ready.headers(), delivery));
        case Rendered.CannotWrite none -> none;
      };
    }
    if (delivery.kind().equals(Planner.UNREAD)) {
      return unread(delivery, endpoint);
    }
    if (Notices.KINDS.contains(delivery.kind()) && endpoint.isMail()) {
      return noticeMail(delivery, endpoint);
    }
    if (Notices.KINDS.contains(delivery.kind())) {
      return endpoint.contract().equals("porchlight")
          ? new Rendered.Ready(
              notice.apply(delivery),
              "application/json",
              "",
              false,
              "[]",
              headers(delivery, Trail.NONE.through(hub, delivery.id())))
          : new Rendered.CannotWrite(
              "The contract " + endpoint.contract() + " carries leads only.");
    }
    if (ChangeBodies.areOf(delivery.kind())) {
      return change(delivery, endpoint);
    }
    try {
      return delivery.kind().equals(Planner.UNDELIVERED)
          ? undelivered(delivery, endpoint)
          : messages
              .find(delivery)
              .map(message -> render(message, delivery, endpoint, secrets))
              .orElseGet(() -> new Rendered.CannotWrite("The person's data was erased."));
    } catch (UnreadableLeadException e) {
      LOG.error("Delivery {} can't be written: a defect of ours", delivery.id(), e);
      return new Rendered.CannotWrite(
          "What the hub keeps of the lead can't be read, by a defect of ours or of its disk:"
              + " `doctor` says more.");
    }
  }

  /// A lead that an endpoint has not taken, with who has and who has not.
  private Rendered undelivered(Delivery delivery, Endpoint endpoint) {
    return messages
        .find(delivery)
        .filter(message -> !message.lead().erased())
        .<Rendered>map(message ->
            new Rendered.Ready(
                LeadMail.write(
                    message,
                    language.apply(endpoint.node()),
                    zone.apply(endpoint.node()),
                    notTaken.of(delivery)),
                LeadMail.MEDIA_TYPE,
                "",
                false,
                "[]",
                headers(message, delivery, endpoint)))
        .orElseGet(() -> new Rendered.CannotWrite("The person's data was erased."));
  }

  /// How an endpoint fares, for people.
  private Rendered noticeMail(Delivery delivery, Endpoint endpoint) {
    var said = Json.tree(new String(notice.apply(delivery), StandardCharsets.UTF_8));
    var data = said.path("data");
    var name = data.path("endpoint_name").asString(data.path("endpoint").asString(""));
    var at = Instant.parse(said.path("timestamp").asString());
    var words = language.apply(endpoint.node());
    var clocks = zone.apply(endpoint.node());
    boolean removed = data.path("endpoint_removed").asBoolean(false);
    var bytes =
        switch (delivery.kind()) {
          case "endpoint.failing" ->
              NoticeMail.write(
                  words,
                  clocks,
                  name,
                  "notice.failing",
                  removed ? "notice.removed.text" : "notice.failing.text",
                  data.path("patience_used_percent").asInt(0),
                  at);
          case "endpoint.disabled" ->
              NoticeMail.write(
                  words,
                  clocks,
                  name,
                  "notice.disabled",
                  removed
                      ? "notice.removed.text"
                      : data.path("reason").asString("").equals("gone")
                          ? "notice.gone.text"
                          : "notice.disabled.text",
                  0,
                  at);
          case "endpoint.recovered" ->
              NoticeMail.write(
                  words, clocks, name, "notice.recovered", "notice.recovered.text", 0, at);
          default -> null;
        };
    return bytes == null
        ? new Rendered.CannotWrite("The contract mail carries leads only.")
        : new Rendered.Ready(
            bytes,
            LeadMail.MEDIA_TYPE,
            "",
            false,
            "[]",
            headers(delivery, Trail.NONE.through(hub, delivery.id())));
  }

  /// What became of a contact or a listing.
  private Rendered change(Delivery delivery, Endpoint endpoint) {
    if (!endpoint.contract().equals("porchlight")) {
      return new Rendered.CannotWrite(
          "The contract " + endpoint.contract() + " carries leads only.");
    }
    return changes
        .write(delivery)
        .<Rendered>map(body ->
            new Rendered.Ready(
                body,
                "application/json",
                "",
                false,
                "[]",
                headers(delivery, Trail.NONE.through(hub, delivery.id()))))
        .orElseGet(() -> new Rendered.CannotWrite("The person's data was erased."));
  }

  /// A party's copy of an event, signed as its contract has it beside what every endpoint gets.
  private Rendered event(Delivery delivery, Endpoint endpoint, EndpointSecrets secrets) {
    var copy = inboxes.findPushed(delivery.eventId(), endpoint.id());
    if (copy.isEmpty()) {
      return new Rendered.CannotWrite("The endpoint is no longer that of the event's receiver.");
    }
    var text = inboxes.write(copy.get());
    if (text.isEmpty()) {
      return new Rendered.CannotWrite("The event is no longer kept.");
    }
    var body = text.get().getBytes(StandardCharsets.UTF_8);
    var headers = named(Map.of(), delivery);
    var signed =
        !Boolean.FALSE.equals(endpoint.bodySignatureHeader()) && !secrets.shared().isEmpty();
    if (signed) {
      headers.put("X-Signature", XSignature.sha1(secrets.shared().getFirst(), body));
    }
    return new Rendered.Ready(body, "application/json", "", false, "[]", headers);
  }

  Rendered render(Message message, Delivery delivery, Endpoint endpoint, EndpointSecrets secrets) {
    return switch (render(message, endpoint, secrets)) {
      case Rendered.CannotWrite none -> none;
      case Rendered.Ready ready -> ready.with(headers(message, delivery, endpoint));
    };
  }

  /// A receipt that nobody could read.
  private Rendered unread(Delivery delivery, Endpoint endpoint) {
    var found = receipts.find(Scope.EVERYTHING, delivery.leadId());
    var raw = receipts.findRaw(delivery.leadId());
    if (found.isEmpty() || raw.isEmpty() || found.get().erasedAt() != null) {
      return new Rendered.CannotWrite("What came was erased.");
    }
    var receipt = found.get();
    return new Rendered.Ready(
        ReceiptMail.write(
            language.apply(endpoint.node()),
            zone.apply(endpoint.node()),
            sourceName.apply(receipt.sourceId()),
            receipt.id(),
            receipt.at(),
            receipt.reason(),
            raw.get()),
        LeadMail.MEDIA_TYPE,
        "",
        false,
        "[]",
        headers(delivery, Trail.NONE.through(hub, receipt.id())));
  }

  private Map<String, String> named(Map<String, String> known, Delivery delivery) {
    var headers = new LinkedHashMap<>(known);
    headers.put(Trail.HEADER, Trail.NONE.through(hub, delivery.id()).text());
    return headers;
  }

  private static Map<String, String> headers(Delivery delivery, Trail trail) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(Sending.DELIVERY, delivery.id());
    headers.put(Trail.HEADER, trail.text());
    return headers;
  }

  /// Every hub names itself and what it calls the lead.
  private Map<String, String> headers(Message message, Delivery delivery, Endpoint endpoint) {
    var headers = new LinkedHashMap<String, String>();
    if (endpoint.isMail()) {
      headers.put(Sending.DELIVERY, delivery.id());
    }
    headers.put(Trail.HEADER, Trail.parse(message.trail()).through(hub, message.id()).text());
    if (!message.traceparent().isEmpty() && !endpoint.isMail()) {
      headers.put(TraceContext.HEADER, message.traceparent());
    }
    return headers;
  }

  private Rendered render(Message message, Endpoint endpoint, EndpointSecrets secrets) {
    var reasons = new ArrayList<String>();
    var first = write(message, endpoint, endpoint.contract(), secrets, List.of(), reasons);
    if (first != null) {
      return first;
    }
    if (endpoint.fallbackContract() != null) {
      var note =
          new Loss(
              "contract",
              "Written as "
                  + endpoint.fallbackContract()
                  + " because it can't be written as "
                  + endpoint.contract()
                  + ": "
                  + String.join(" ", reasons));
      var second =
          write(message, endpoint, endpoint.fallbackContract(), secrets, List.of(note), reasons);
      if (second != null) {
        return second;
      }
    }
    if (endpoint.receivedBytes()
        && message.sourceContract().equals(endpoint.contract())
        && message.raw() != null) {
      var connector = connectors.get(endpoint.contract());
      return new Rendered.Ready(
          message.raw(),
          message.rawContentType(),
          connector == null ? "" : connector.channel(),
          connector != null && connector.signsByDefault(),
          losses(
              List.of(
                  new Loss(
                      "contract",
                      "Sent as received, because it can't be written anew: "
                          + String.join(" ", reasons)))),
          Map.of());
    }
    return new Rendered.CannotWrite(String.join(" ", reasons));
  }

  private @Nullable Rendered write(
      Message message,
      Endpoint endpoint,
      String contract,
      EndpointSecrets secrets,
      List<Loss> notes,
      List<String> reasons) {
    var connector = connectors.get(contract);
    if (connector == null) {
      reasons.add("There is no contract `" + contract + "` in this release.");
      return null;
    }
    var options =
        new WriteOptions(
            endpoint.assumedRole(),
            endpoint.digitalSignature() && !secrets.shared().isEmpty()
                ? body -> XSignature.of(secrets.shared().getFirst(), body)
                : null,
            language.apply(endpoint.node()),
            zone.apply(endpoint.node()));
    var told = contract.equals(SeekerLeadsApi.CONTRACT) ? names.complete(message) : message;
    return switch (connector.write(told, options)) {
      case Written.Bytes(var body, var contentType, var losses) -> {
        var all = new ArrayList<>(notes);
        all.addAll(losses);
        yield new Rendered.Ready(
            body,
            contentType,
            connector.channel(),
            connector.signsByDefault(),
            losses(all),
            Map.of());
      }
      case Written.CannotWrite(var why) -> {
        reasons.addAll(why);
        yield null;
      }
    };
  }

  private static String losses(List<Loss> losses) {
    return Json.write(losses);
  }
}
