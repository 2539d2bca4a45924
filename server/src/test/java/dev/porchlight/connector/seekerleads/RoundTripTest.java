package dev.porchlight.connector.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What goes out comes back, but for what was named.
class RoundTripTest {
  private static final SeekerLeads SEEKER = new SeekerLeads();
  private static final PublicJsonSchema LEAD = PublicJsonSchema.component("seeker-leads", "lead");

  @Property
  void every_lead_is_written_and_loses_what_is_named(
      @ForAll("leads") Lead lead, @ForAll boolean assumes) {
    var options = new WriteOptions(assumes ? Intent.BUYER : null, null);
    var out = (Written.Bytes) SEEKER.write(Messages.of(lead), options);
    var body = new String(out.body(), StandardCharsets.UTF_8);
    assertThat(LEAD.faults(out.body())).as(body).isEmpty();

    var reading = SEEKER.read(new Body(out.body(), "application/json", ""));
    var before = tree(lead);
    var fields = out.losses().stream().map(Loss::field).toList();
    assertThat(fields).doesNotHaveDuplicates();
    if (reading instanceof Reading.Unreadable) {
      // Nobody, and nothing said: there was nothing to lose but what no contract calls a person.
      assertThat(lead.enquirer().firstName() == null || fields.contains("enquirer.first_name"))
          .as(body)
          .isTrue();
      assertThat(lead.message() == null || fields.contains("message")).as(body).isTrue();
      return;
    }
    var back = (Reading.Facts) reading;
    assertThat(back.violations()).as(body).isEmpty();
    var after = tree((Lead) back.facts().getFirst());
    for (var field : fields) {
      assertThat(remove(before, field))
          .as(field + " of " + body)
          .isNotEqualTo(remove(after, field));
    }
    assertThat(prune(before)).as(body + out.losses()).isEqualTo(prune(after));
  }

  @Property
  void the_category_is_what_the_lead_is_about(@ForAll("leads") Lead lead) {
    var out = (Written.Bytes) SEEKER.write(Messages.of(lead), WriteOptions.NONE);
    var metadata = PublicJsonSchema.JSON.readTree(out.body()).get("metadata");
    assertThat(metadata.get("category").stringValue())
        .isEqualTo(
            switch (lead.interest()) {
              case Interest.Search _ -> "PROPERTY_SEARCH";
              case Interest.InListing _ when lead.intent() != Intent.SELLER -> "CLASSIFIED";
              case null, default -> "AGENCY";
            });
    if (metadata.get("category").stringValue().equals("AGENCY") && lead.intent() == Intent.SELLER) {
      assertThat(metadata.get("leadType").stringValue()).isEqualTo("SELL");
    }
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
