package dev.porchlight.connector.realtor;

import static dev.porchlight.connector.realtor.Bodies.DELIVERY;
import static dev.porchlight.connector.realtor.Bodies.PLUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What goes out comes back, but for what was named; what came in goes out again.
class RoundTripTest {
  private static final Map<String, PublicJsonSchema> SCHEMAS =
      Map.of(
          "BuyerLead", PublicJsonSchema.payload("connections-plus", "BuyerLead"),
          "SellerLead", PublicJsonSchema.payload("connections-plus", "SellerLead"),
          "StandardLead", PublicJsonSchema.payload("lead-delivery", "StandardLead"),
          "EnhancedLead", PublicJsonSchema.payload("lead-delivery", "EnhancedLead"));

  @Property
  void connections_plus_loses_what_it_names(@ForAll("leads") Lead lead, @ForAll Intent assumed) {
    losesWhatItNames(PLUS, PLUS, lead, assumed);
  }

  @Property
  void lead_delivery_loses_what_it_names(@ForAll("leads") Lead lead, @ForAll Intent assumed) {
    losesWhatItNames(DELIVERY, DELIVERY, lead, assumed);
  }

  @Property
  void a_forced_standard_lead_loses_what_it_names(@ForAll("leads") Lead lead) {
    losesWhatItNames(LeadDelivery.standard(), DELIVERY, lead, Intent.BUYER);
  }

  private static void losesWhatItNames(
      Connector writer, Connector reader, Lead lead, Intent assumed) {
    var assumes = isRole(assumed) ? assumed : null;
    var written =
        writer.write(Messages.of(lead), new WriteOptions(assumes, body -> "sig" + body.length));
    if (written instanceof Written.CannotWrite(var reasons)) {
      var email = lead.enquirer().email();
      assertThat(reasons).isNotEmpty();
      assertThat(
              email == null
                  || !Text.isEmail(email.strip())
                  || (writer == PLUS
                      && !isRole(lead.intent())
                      && (lead.intent() != Intent.UNKNOWN || assumes == null)))
          .isTrue();
      return;
    }
    var out = (Written.Bytes) written;
    var body = new String(out.body(), StandardCharsets.UTF_8);
    assertThat(Bodies.read(reader, out.body())).as(body).isInstanceOf(Reading.Facts.class);
    var back = Bodies.facts(reader, out.body());
    assertThat(back.violations()).as(body).isEmpty();
    assertThat(schema(back.message()).faults(out.body())).as(body).isEmpty();
    assertThat(body.contains("digital_signature"))
        .as(body)
        .isEqualTo(!back.message().equals("StandardLead"));

    var before = tree(lead);
    var after = tree(Bodies.lead(back));
    var fields = out.losses().stream().map(Loss::field).toList();
    assertThat(fields).doesNotHaveDuplicates();
    for (var field : fields) {
      assertThat(remove(before, field))
          .as(field + " of " + body)
          .isNotEqualTo(remove(after, field));
    }
    assertThat(prune(before)).as(body + out.losses()).isEqualTo(prune(after));
  }

  private static boolean isRole(Intent intent) {
    return intent == Intent.BUYER || intent == Intent.SELLER;
  }

  @Property
  void a_valid_buyer_lead_goes_out_as_it_came(@ForAll long seed) {
    goesOutAsItCame(PLUS, "BuyerLead", seed);
  }

  @Property
  void a_valid_seller_lead_goes_out_as_it_came(@ForAll long seed) {
    goesOutAsItCame(PLUS, "SellerLead", seed);
  }

  @Property
  void a_valid_standard_lead_goes_out_as_it_came(@ForAll long seed) {
    goesOutAsItCame(DELIVERY, "StandardLead", seed);
  }

  @Property
  void a_valid_enhanced_lead_goes_out_as_it_came(@ForAll long seed) {
    goesOutAsItCame(DELIVERY, "EnhancedLead", seed);
  }

  private static void goesOutAsItCame(Connector connector, String message, long seed) {
    var schema = schema(message);
    var body = new AnyBody(new Random(seed)).object(schema.tree(), true);
    var bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(schema.faults(bytes)).as(body.toString()).isEmpty();
    var reading = Bodies.facts(connector, bytes);
    var out =
        Bodies.bytes(connector.write(Messages.of(Bodies.lead(reading)), WriteOptions.NONE)).body();
    assertThat(schema.faults(out)).isEmpty();
    assertThat(AnyBody.normal(PublicJsonSchema.JSON.readTree(out), schema.tree()))
        .as(body.toString())
        .isEqualTo(AnyBody.normal(body, schema.tree()));
  }

  private static PublicJsonSchema schema(String message) {
    return Objects.requireNonNull(SCHEMAS.get(message), message);
  }

  private static ObjectNode tree(Lead lead) {
    var tree = LeadJson.write(lead);
    if (!tree.path("zone_assumed").asBoolean(false)) {
      tree.remove("zone_assumed");
    }
    return tree;
  }

  /// Removes a field by its dotted name; the keys of maps may hold dots themselves.
  private static JsonNode remove(ObjectNode tree, String field) {
    int dot = field.indexOf('.');
    if (tree.has(field) || dot < 0) {
      var removed = tree.remove(field);
      return removed == null ? JsonNodeFactory.instance.missingNode() : removed;
    }
    return tree.get(field.substring(0, dot)) instanceof ObjectNode below
        ? remove(below, field.substring(dot + 1))
        : JsonNodeFactory.instance.missingNode();
  }

  private static ObjectNode prune(ObjectNode tree) {
    for (var key : List.copyOf(tree.propertyNames())) {
      if (tree.get(key) instanceof ObjectNode below && prune(below).isEmpty()) {
        tree.remove(key);
      }
    }
    return tree;
  }

  @Provide
  Arbitrary<Lead> leads() {
    return AnyLead.any();
  }
}
