package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The formats in which leads come in and go out, by the connectors of the hub itself.
final class AnyDoor {
  static final Map<String, Connector> CONNECTORS = Contracts.ofThisRelease();

  /// The formats of deliveries, by contract, as users call them.
  static final Map<String, String> OUT = new LinkedHashMap<>();

  static {
    OUT.put("connections-plus", "Connections Plus");
    OUT.put("lead-delivery-standard", "Lead Delivery, standard");
    OUT.put("lead-delivery", "Lead Delivery, enhanced");
    OUT.put("seeker-leads", "Seeker Leads");
    OUT.put("realestate-events", "real-estate event");
    OUT.put("porchlight", "own event");
    OUT.put("verbatim", "verbatim");
  }

  private static final WriteOptions BUYERS = new WriteOptions(Intent.BUYER, null);
  private static final Map<String, PublicJsonSchema> SCHEMAS =
      Map.of(
          "BuyerLead", PublicJsonSchema.payload("connections-plus", "BuyerLead"),
          "SellerLead", PublicJsonSchema.payload("connections-plus", "SellerLead"),
          "StandardLead", PublicJsonSchema.payload("lead-delivery", "StandardLead"),
          "EnhancedLead", PublicJsonSchema.payload("lead-delivery", "EnhancedLead"),
          "realestate/lead#add", PublicJsonSchema.payload("realestate-events", "leadAdd"),
          "lead.created", PublicJsonSchema.ownEvent("LeadCreated"),
          "seeker", PublicJsonSchema.component("seeker-leads", "lead"));

  /// One lead on its way out.
  ///
  /// @param assumed it could be written only because the endpoint assumed a role
  /// @param back the lead as a receiver of that format reads it, or null when it can't be told
  /// @param cannot why it can't be written; empty when it can
  record Sent(
      byte[] body, boolean assumed, Map<String, String> losses, Lead back, List<String> cannot) {}

  private AnyDoor() {}

  static Connector connector(String contract) {
    return Objects.requireNonNull(CONNECTORS.get(contract), contract);
  }

  static Reading read(String contract, byte[] body) {
    return connector(contract).read(new Body(body, "application/json", ""));
  }

  static @Nullable Lead lead(Reading reading) {
    return reading instanceof Reading.Facts facts ? (Lead) facts.facts().getFirst() : null;
  }

  /// Sends a lead that came in as those bytes by that contract; everything that can be said of what
  /// goes out is checked on the way.
  static Sent send(Lead lead, byte[] raw, String inContract, String out) {
    var message = message(lead, raw);
    var written = connector(out).write(message, WriteOptions.NONE);
    boolean assumed = false;
    if (written instanceof Written.CannotWrite && lead.intent() == Intent.UNKNOWN) {
      written = connector(out).write(message, BUYERS);
      assumed = written instanceof Written.Bytes;
    }
    return switch (written) {
      case Written.CannotWrite(var reasons) -> {
        assertThat(reasons).isNotEmpty();
        yield new Sent(new byte[0], false, Map.of(), lead, reasons);
      }
      case Written.Bytes(var body, _, var losses) -> {
        var by = losses.stream().collect(Collectors.toMap(Loss::field, Loss::reason));
        var back = back(lead, body, inContract, out);
        yield new Sent(body, assumed, by, back, List.of());
      }
    };
  }

  /// The lead as the hub has it that took it in a while after it arose.
  private static Message message(Lead lead, byte[] raw) {
    var m = Messages.of(lead, raw);
    return new Message(
        m.eventId(),
        m.kind(),
        m.at(),
        m.sequence(),
        m.id(),
        m.version(),
        m.derivedLeadId(),
        Instant.parse("2026-03-14T09:31:07Z"),
        m.sourceName(),
        m.sourceContract(),
        m.contactId(),
        m.ownerName(),
        lead,
        raw,
        m.rawContentType(),
        m.rawMessage());
  }

  private static Lead back(Lead lead, byte[] body, String inContract, String out) {
    var reader =
        switch (out) {
          case "verbatim" -> inContract;
          case "lead-delivery-standard" -> "lead-delivery";
          default -> out;
        };
    var reading = read(reader, body);
    if (!out.equals("verbatim")) {
      assertThat(reading.violations())
          .as(new String(body, java.nio.charset.StandardCharsets.UTF_8))
          .isEmpty();
      var name = reading instanceof Reading.Facts facts ? facts.message() : "seeker";
      var schema = SCHEMAS.get(out.equals("seeker-leads") ? "seeker" : name);
      assertThat(Objects.requireNonNull(schema, name).faults(body))
          .as(new String(body, java.nio.charset.StandardCharsets.UTF_8))
          .isEmpty();
    }
    assertThat(reading).as("what is written can be read").isInstanceOf(Reading.Facts.class);
    var back = Objects.requireNonNull(lead(reading));
    return out.equals("porchlight") ? asSent(lead, back) : back;
  }

  /// A reader of our events knows a lead by our id, and keeps the sender's beside it.
  private static Lead asSent(Lead lead, Lead back) {
    assertThat(back.leadId()).isEqualTo("0199-lead");
    var ids = new java.util.TreeMap<>(back.externalIds());
    if (lead.leadId() != null && !lead.externalIds().containsKey("lead_id")) {
      assertThat(ids.remove("lead_id"))
          .isEqualTo(lead.leadId().equals("0199-lead") ? null : lead.leadId());
    }
    return back.with(b -> b.leadId(lead.leadId()).externalIds(ids));
  }

  /// The fields of a lead by their dotted names; an amount of money and a list are one field.
  static Map<String, JsonNode> fields(Lead lead) {
    var fields = new LinkedHashMap<String, JsonNode>();
    var tree = LeadJson.write(lead);
    if (!tree.path("zone_assumed").asBoolean(false)) {
      tree.remove("zone_assumed");
    }
    flatten("", tree, fields);
    return fields;
  }

  private static void flatten(String path, ObjectNode tree, Map<String, JsonNode> to) {
    for (var entry : tree.properties()) {
      if (entry.getValue() instanceof ObjectNode below && !below.has("currency")
          || entry.getValue() instanceof ObjectNode words
              && path.isEmpty()
              && isWords(entry.getKey())) {
        flatten(path + entry.getKey() + ".", (ObjectNode) entry.getValue(), to);
      } else {
        to.put(path + entry.getKey(), entry.getValue());
      }
    }
  }

  private static boolean isWords(String key) {
    return List.of("external_ids", "qualification", "extras").contains(key);
  }
}
