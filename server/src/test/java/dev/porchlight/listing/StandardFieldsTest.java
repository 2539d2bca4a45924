package dev.porchlight.listing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The fields that filters name.
class StandardFieldsTest {
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| `([^`]+)`.*\\|");

  @Test
  void the_table_in_the_documents_is_what_there_is() throws Exception {
    var page = Files.readString(Path.of("../docs/listings.md"));
    var told =
        ROW.matcher(page).results().map(m -> m.group(1) + " " + m.group(2) + " " + m.group(3));
    var there =
        StandardFields.all().stream()
            .map(f ->
                f.attribute().name()
                    + " "
                    + f.attribute()
                        .type()
                        .name()
                        .toLowerCase(Locale.ROOT)
                        .replace("character", "text")
                    + " "
                    + f.from())
            .collect(Collectors.toList());
    assertThat(told).containsExactlyElementsOf(there);
  }

  @Test
  void a_unit_is_not_converted_and_what_is_no_number_is_not_set() {
    var json =
        StandardFields.json(
            Map.of(
                "livingArea", "{\"value\": 150, \"unitCode\": \"MTK\"}",
                "lotSize", "{\"value\": 0.5, \"unitCode\": \"ACR\"}",
                "numberOfBedrooms", "\"three\"",
                "numberOfBathrooms", "\"2.5\"",
                "listingStatus", "\"Sold\"",
                "closeDate", "\"2026-03-14T00:00:00Z\""));
    assertThat(json.has("LivingArea")).isFalse();
    assertThat(json.has("BedsTotal")).isFalse();
    assertThat(json.path("LotSizeAcres").decimalValue()).isEqualByComparingTo("0.5");
    assertThat(json.path("BathsTotal").decimalValue()).isEqualByComparingTo("2.5");
    assertThat(json.path("StandardStatus").asString()).isEqualTo("Closed");
    assertThat(json.path("CloseDate").asString()).isEqualTo("2026-03-14");
  }
}
