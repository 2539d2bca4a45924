package dev.porchlight.api;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Principals;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Explanation;
import dev.porchlight.delivery.SentBody;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Source;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.value.Violation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The JSON that our API shows of each thing.
final class Views {
  private Views() {}

  static ObjectNode node(Node node) {
    var json = Json.object();
    json.put("id", node.id());
    json.put("kind", node.kind().name().toLowerCase(java.util.Locale.ROOT));
    json.put("name", node.name());
    put(json, "parent", node.parent());
    put(json, "email", node.email());
    put(json, "front_desk", node.frontDesk());
    put(json, "ended_at", node.endedAt());
    return json;
  }

  static ObjectNode source(Source source, String baseUrl, List<Credential> keys, Instant now) {
    var json = Json.object();
    json.put("id", source.id());
    json.put("name", source.name());
    json.put("contract", source.contract());
    json.put("node", source.node());
    json.put("region", source.region());
    put(json, "retention", source.retention());
    json.put("url", baseUrl + "/in/" + source.name());
    if (source.portal() != null) {
      json.put("portal", source.portal());
    }
    if (source.signature() != null) {
      json.set("signature", source.signature());
    }
    var list = json.putArray("keys");
    for (var key : keys) {
      if (key.isLive(now)) {
        list.add(key(key));
      }
    }
    return json;
  }

  static ObjectNode key(Credential key) {
    var json = Json.object();
    json.put("id", key.id());
    json.put("hint", Json.tree(key.body()).path("hint").asString(""));
    json.put("created_at", key.createdAt().toString());
    put(json, "expires_at", key.expiresAt());
    return json;
  }

  /// @param now against which its certificates are judged
  static ObjectNode endpoint(Endpoint e, Instant now) {
    var json = Json.object();
    json.put("id", e.id());
    json.put("name", e.name());
    json.put("node", e.node());
    json.put("url", e.url());
    json.put("append_channel", e.appendChannel());
    json.put("contract", e.contract());
    json.put("api_key_header", e.apiKeyHeader());
    var kinds = json.putArray("kinds");
    e.kinds().stream().sorted().forEach(kinds::add);
    var sources = json.putArray("sources");
    e.sources().stream().sorted().forEach(sources::add);
    json.put("tests", e.tests());
    put(json, "assumed_role", e.assumedRole() == null ? null : e.assumedRole().word());
    put(json, "fallback_contract", e.fallbackContract());
    json.put("received_bytes", e.receivedBytes());
    if (e.bodySignatureHeader() != null) {
      json.put("x_signature", e.bodySignatureHeader());
    }
    json.put("digital_signature", e.digitalSignature());
    json.put("disabled", e.disabled());
    TermsMembers.show(e.terms(), json);
    TlsMember.show(e.terms().tls(), now, json);
    if (e.subscription() != null) {
      json.put("client", e.subscription().client());
    }
    return json;
  }

  private static final String ERROR = "error";

  static ObjectNode contact(Contact c) {
    var json = Json.object();
    json.put("id", c.id());
    json.put("person_id", c.personId());
    json.put("office", c.officeId());
    json.put("owner", c.ownerId());
    json.put("display_name", c.body().displayName());
    put(json, "given_name", c.body().givenName());
    put(json, "family_name", c.body().familyName());
    var emails = json.putArray("emails");
    c.body().emails().forEach(emails::add);
    var phones = json.putArray("phones");
    c.body().phones().forEach(phones::add);
    var tags = json.putArray("tags");
    c.body().tags().forEach(tags::add);
    var typed = json.putArray("typed");
    c.body().typed().forEach(typed::add);
    var invalid = json.putArray("invalid_emails");
    c.body().card().invalidEmails().forEach(invalid::add);
    json.put("record_status", c.recordStatus());
    var details = json.putObject("details");
    c.body().card().details().forEach(details::put);
    put(json, "note", c.body().card().note());
    if (c.body().isUnreadable()) {
      json.put(ERROR, "What is kept of the contact can't be read: `doctor` says more.");
    }
    var aside = json.putObject("aside");
    c.body().card().aside().forEach((name, value) -> aside.set(name, Json.tree(value)));
    json.put("created_at", c.createdAt().toString());
    json.put("modified_at", c.modifiedAt().toString());
    return json;
  }

  static ObjectNode duplicate(Persons.PossibleDuplicate d, boolean receiptVisible) {
    var json = Json.object();
    json.put("person_id", d.personId());
    put(json, "receipt", receiptVisible ? d.receiptId() : null);
    json.put("evidence", d.evidence());
    return json;
  }

  /// A lead in a list: what it is, without its story.
  static ObjectNode lead(LeadRecord lead, Leads.Version newest, Settings settings) {
    var json = Json.object();
    json.put("id", lead.id());
    json.put("lead_id", lead.externalId());
    json.put("lead_id_derived", lead.derived());
    json.put("communications_guid", lead.guid());
    json.put("source", lead.sourceId());
    json.put("office", lead.officeId());
    json.put("contact_id", lead.contactId());
    json.put("person_id", lead.personId());
    json.put("test", lead.test());
    json.put("version", lead.version());
    put(json, "erased_at", lead.erasedAt());
    json.put("created_at", lead.createdAt().toString());
    json.put("updated_at", lead.updatedAt().toString());
    var answers = (ObjectNode) Json.tree(lead.answers());
    Nodes.in(settings)
        .find(answers.path("member").asString(""))
        .ifPresent(n -> answers.put("member_name", n.name()));
    json.set("answers", answers);
    content(json, newest);
    return json;
  }

  /// What a version says; where that can't be read, nothing, and that it can't.
  private static void content(ObjectNode json, Leads.Version version) {
    try {
      json.set("content", Json.tree(version.fact()));
    } catch (IllegalArgumentException _) {
      json.putObject("content");
      json.put(ERROR, "What is kept of the lead can't be read: `doctor` says more.");
    }
  }

  static ObjectNode version(Leads.Version v) {
    var json = Json.object();
    json.put("version", v.version());
    json.put("receipt", v.receiptId());
    json.put("received_at", v.at().toString());
    content(json, v);
    return json;
  }

  static ObjectNode receipt(Receipt r, Settings settings) {
    var json = Json.object();
    json.put("id", r.id());
    json.put("received_at", r.at().toString());
    json.put("source", r.sourceId());
    dev.porchlight.desk.Sources.in(settings)
        .find(r.sourceId())
        .ifPresent(s -> json.put("source_name", s.name()));
    json.put("channel", r.channel());
    json.put("content_type", r.contentType());
    json.put("size", r.size());
    json.put("state", r.state().word());
    json.put("message", r.message());
    json.put("communications_guid", r.guid());
    put(json, "lead", r.leadId());
    if (r.version() > 0) {
      json.put("version", r.version());
    }
    put(json, "reason", r.reason().isEmpty() ? null : r.reason());
    put(json, "signature", r.signature().isEmpty() ? null : r.signature());
    put(json, "corrects", r.corrects());
    put(json, "erased_at", r.erasedAt());
    return json;
  }

  static ObjectNode violation(Violation v) {
    var json = Json.object();
    json.put("pointer", v.pointer());
    json.put("rule", v.rule());
    json.put("action", v.action());
    return json;
  }

  /// Deliveries of one page, or one.
  ///
  /// @param ailing how endpoints fare that don't take what they are sent
  static ObjectNode delivery(
      Deliveries.Standing s, Store store, Map<String, EndpointHealth> ailing) {
    var id = s.delivery().endpointId();
    var endpoint = Endpoints.in(store.settings()).find(id);
    var json = delivery(s, endpoint.or(() -> Endpoints.findPast(store, id)).orElse(null));
    if (endpoint.isEmpty()) {
      json.put("endpoint_state", "removed");
    } else if (endpoint.get().disabled()) {
      json.put("endpoint_state", "disabled");
      if (s.state().state() == DeliveryState.State.PENDING) {
        // Nothing is tried then.
        json.remove("next_attempt_at");
        json.put("waits", Explanation.disabled(Optional.ofNullable(ailing.get(id))));
      }
    }
    return json;
  }

  private static ObjectNode delivery(Deliveries.Standing s, @Nullable Endpoint endpoint) {
    var d = s.delivery();
    var json = Json.object();
    json.put("id", d.id());
    json.put("endpoint", d.endpointId());
    if (endpoint != null) {
      json.put("endpoint_name", endpoint.name());
      json.put("contract", endpoint.contract());
    }
    json.put("event_id", d.eventId());
    json.put("kind", d.kind());
    json.put("sequence", d.seq());
    json.put("lead", d.leadId());
    json.put("version", d.version());
    json.put("planned_at", d.plannedAt().toString());
    json.put("why", d.why());
    json.put("state", s.state().state().word());
    json.put("attempts_made", s.state().attempts());
    put(json, "next_attempt_at", s.state().nextAt());
    put(json, "ended_at", s.state().endedAt());
    put(json, "reason", s.state().reason().isEmpty() ? null : s.state().reason());
    json.set("losses", Json.tree(s.state().losses()));
    return json;
  }

  static ObjectNode attempt(Attempt a) {
    var json = Json.object();
    json.put("n", a.n());
    json.put("at", a.at().toString());
    json.put("duration_ms", a.duration().toNanos() / 1_000_000.0);
    json.put("outcome", a.outcome().word());
    if (a.status() != null) {
      json.put("status", a.status());
    }
    put(json, "error", a.error().isEmpty() ? null : a.error());
    json.put("sent_bytes", a.sentBytes());
    put(json, "sent_sha256", a.digest().isEmpty() ? null : a.digest());
    if (a.answer().length > 0) {
      json.put("answer_head", new String(a.answer(), StandardCharsets.UTF_8));
    }
    return json;
  }

  /// The bytes that went out, or why they can't be shown; null where none did.
  static @Nullable ObjectNode sent(SentBody sent) {
    return switch (sent) {
      case SentBody.Next _ -> null;
      case SentBody.Same(var ready, var attempt, var attempts) -> {
        var json = Json.object();
        json.put("sha256", attempt.digest());
        var numbers = json.putArray("attempts");
        attempts.forEach(numbers::add);
        json.put("content_type", ready.contentType());
        try {
          json.put(
              "body",
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(ready.body())).toString());
        } catch (CharacterCodingException _) {
          json.put("body_base64", Base64.getEncoder().encodeToString(ready.body()));
        }
        yield json;
      }
      case SentBody.Other(_, var attempt) -> {
        var json = Json.object();
        json.put("sha256", attempt.digest());
        json.putArray("attempts").add(attempt.n());
        json.put(
            "gone",
            "Written anew, it has another digest: the endpoint, what it tells of or this program"
                + " has changed since.");
        yield json;
      }
    };
  }

  static ObjectNode token(Credential c) {
    var grant = Json.read(c.body(), Principals.Grant.class);
    var json = Json.object();
    json.put("id", c.id());
    json.put("name", c.owner());
    json.putArray("scopes").add(grant.permission().word());
    put(json, "node", grant.node());
    put(json, "endpoint", grant.endpoint());
    json.put("hint", grant.hint());
    json.put("created_at", c.createdAt().toString());
    put(json, "expires_at", c.expiresAt());
    put(json, "revoked_at", c.revokedAt());
    return json;
  }

  private static void put(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}
