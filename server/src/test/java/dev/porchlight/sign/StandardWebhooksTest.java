package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.sign.StandardWebhooks.Key;
import dev.porchlight.sign.StandardWebhooks.Reason;
import dev.porchlight.sign.StandardWebhooks.Verification;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StandardWebhooksTest {
  private static final String CURRENT = "whsec_1VTOyllcHm1q9NE0zG0L8REVQ180feazm/3Fh5FZLhg=";
  private static final String OLDER = "whsec_4sdhHj/oTDItYsLyVdJbm0AbvMk7xqyqtilnquJXe3s=";
  private static final String PRIVATE =
      "whsk_YnEzE+S938ALBHJeyZtapYfdlDab4W3ZAEun/xksTUPbAPamhjr88obUH3J6dGlWeoF5qFiaOVUpTSzgChQl3g==";
  private static final String PUBLIC = "whpk_2wD2poY6/PKG1B9yenRpVnqBeahYmjlVKU0s4AoUJd4=";
  private static final String ID = "msg_01K3XQ5J8Z4T9W2V7N6M0CBRDE";
  private static final Instant AT = Instant.ofEpochSecond(1767225600);
  private static final byte[] BODY =
      "{\"type\":\"lead.created\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{\"lead_id\":\"L-1001\",\"name\":\"Zoë Müller\"}}"
          .getBytes(UTF_8);
  private static final String SIGNATURES =
      "v1,fS6AXPjfk+d4BaQ4LCUdRMDBIlunIvMB8tiwOBDJzPQ="
          + " v1,GjnYue2ltm7bgVoB23YO1cVX5rp89tOAch1PNmyVWwk=";
  private static final String ED25519 =
      "v1a,kODulHKeIrr0dcSctWDKjaZc0+x2YvEoNU2XdITmRrRQoE++3dQUFS3+mYtYzJVMg/9Z+vVgQqo5iZVc6lLnAw==";

  private static Key key(String text) {
    return StandardWebhooks.parseKey(text).key();
  }

  private static Function<String, List<String>> headers(String id, String time, String signature) {
    var map = Map.of("webhook-id", id, "webhook-timestamp", time, "webhook-signature", signature);
    return name -> map.containsKey(name) ? List.of(map.get(name)) : List.of();
  }

  private static Verification verify(String time, String signature, Instant now, Key... keys) {
    return StandardWebhooks.verify(headers(ID, time, signature), BODY, List.of(keys), now);
  }

  @Test
  void the_worked_example_comes_out_byte_for_byte() {
    assertThat(BODY).hasSize(108);
    assertThat(
            StandardWebhooks.headers(
                ID, AT.plusMillis(999), BODY, List.of(key(CURRENT), key(OLDER))))
        .containsExactly(
            Map.entry("webhook-id", ID),
            Map.entry("webhook-timestamp", "1767225600"),
            Map.entry("webhook-signature", SIGNATURES));
    assertThat(StandardWebhooks.headers(ID, AT, BODY, List.of(key(PRIVATE))))
        .containsEntry("webhook-signature", ED25519);
  }

  @Test
  void the_worked_example_is_accepted() {
    assertThat(verify("1767225600", SIGNATURES, AT, key(CURRENT)))
        .isEqualTo(new Verification.Accepted(ID, AT, 0));
    assertThat(verify("1767225600", SIGNATURES, AT, key(StandardWebhooks.newSecret()), key(OLDER)))
        .isEqualTo(new Verification.Accepted(ID, AT, 1));
    assertThat(verify("1767225600", ED25519, AT, key(PUBLIC)))
        .isInstanceOf(Verification.Accepted.class);
    assertThat(verify("1767225600", ED25519, AT, key(PRIVATE)))
        .isInstanceOf(Verification.Accepted.class);
    var profile =
        Objects.requireNonNull(SignatureProfiles.known().get("standard-webhooks"))
            .with(List.of(OLDER), SignatureProfile.Policy.REQUIRE);
    assertThat(
            profile.verify(
                new SignedRequest("POST", "/", headers(ID, "1767225600", SIGNATURES), BODY), AT))
        .isEqualTo(new Verdict.Verified(0));
  }

  @ParameterizedTest
  @CsvSource({"0, ''", "300, ''", "-300, ''", "301, TIMESTAMP_TOO_OLD", "-301, TIMESTAMP_TOO_NEW"})
  void three_hundred_seconds_pass_and_one_more_does_not(long late, String reason) {
    var outcome = verify("1767225600", SIGNATURES, AT.plusSeconds(late), key(CURRENT));
    assertThat(outcome)
        .isEqualTo(
            reason.isEmpty()
                ? new Verification.Accepted(ID, AT, 0)
                : new Verification.Refused(Reason.valueOf(reason)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1767225600.0",
        "+1767225600",
        "-1",
        "1e9",
        "0x1",
        "１７６７２２５６００",
        "99999999999999999999"
      })
  void a_timestamp_is_digits(String time) {
    assertThat(verify(time, SIGNATURES, AT, key(CURRENT)))
        .isEqualTo(new Verification.Refused(Reason.TIMESTAMP_MALFORMED));
  }

  @Test
  void the_header_s_text_is_signed_and_not_a_reprinted_number() {
    assertThat(verify("01767225600", SIGNATURES, AT, key(CURRENT)))
        .isEqualTo(new Verification.Refused(Reason.NO_MATCH));
  }

  @Test
  void odd_entries_are_skipped() {
    assertThat(
            verify("1767225600", "v9,AAAA v1 v1,%% v1,a,b v1,AAAA " + SIGNATURES, AT, key(CURRENT)))
        .isInstanceOf(Verification.Accepted.class);
    assertThat(verify("1767225600", "v9,AAAA v1 v1,%%", AT, key(CURRENT)))
        .isEqualTo(new Verification.Refused(Reason.NO_USABLE_SIGNATURE));
  }

  @Test
  void a_kind_of_key_takes_its_own_version_only() {
    assertThat(verify("1767225600", SIGNATURES.replace("v1,", "v1a,"), AT, key(CURRENT)))
        .isEqualTo(new Verification.Refused(Reason.NO_USABLE_SIGNATURE));
    assertThat(verify("1767225600", ED25519.replace("v1a,", "v1,"), AT, key(PUBLIC)))
        .isEqualTo(new Verification.Refused(Reason.NO_USABLE_SIGNATURE));
  }

  @Test
  void headers_come_exactly_once_and_are_not_endless() {
    for (var name : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
      for (var values : List.of(List.<String>of(), List.of(" "), List.of("a", "a"))) {
        var map = new HashMap<String, List<String>>();
        map.put("webhook-id", List.of(ID));
        map.put("webhook-timestamp", List.of("1767225600"));
        map.put("webhook-signature", List.of(SIGNATURES));
        map.put(name, values);
        assertThat(
                StandardWebhooks.verify(
                    n -> map.getOrDefault(n, List.of()), BODY, List.of(key(CURRENT)), AT))
            .isEqualTo(
                new Verification.Refused(
                    values.size() == 2 ? Reason.HEADER_REPEATED : Reason.HEADER_MISSING));
      }
    }
    assertThat(verify("1767225600", "v1,AA== ".repeat(20) + SIGNATURES, AT, key(CURRENT)))
        .isEqualTo(new Verification.Refused(Reason.TOO_MANY_SIGNATURES));
    assertThat(verify("1767225600", "x".repeat(4097), AT, key(CURRENT)))
        .isEqualTo(new Verification.Refused(Reason.TOO_MANY_SIGNATURES));
  }

  @Test
  void one_changed_bit_anywhere_is_refused() {
    for (int i = 0; i < BODY.length; i++) {
      var changed = BODY.clone();
      changed[i] ^= 1;
      assertThat(
              StandardWebhooks.verify(
                  headers(ID, "1767225600", SIGNATURES), changed, List.of(key(CURRENT)), AT))
          .isEqualTo(new Verification.Refused(Reason.NO_MATCH));
    }
  }

  @Test
  void secrets_are_read_tolerantly_with_a_warning() {
    assertThat(StandardWebhooks.parseKey(CURRENT).warnings()).isEmpty();
    assertThat(StandardWebhooks.parseKey(StandardWebhooks.newSecret()).warnings()).isEmpty();
    var bare = StandardWebhooks.parseKey("1VTOyllcHm1q9NE0zG0L8REVQ180feazm/3Fh5FZLhg");
    assertThat(bare.warnings()).hasSize(2);
    assertThat(verify("1767225600", SIGNATURES, AT, bare.key()))
        .isInstanceOf(Verification.Accepted.class);
    assertThat(
            StandardWebhooks.parseKey("whsec_" + Base64.getEncoder().encodeToString(new byte[18]))
                .warnings())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "whsec_", "whsec_!!!!", "whsec_ab-_", "whsk_AAAA", "whpk_AAAA", "whsk_"})
  void secrets_that_can_t_work_are_refused_at_once_and_not_shown(String text) {
    assertThatThrownBy(() -> StandardWebhooks.parseKey(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("!!!!")
        .hasMessageNotContaining("AAAA");
  }

  @Test
  void halves_of_different_pairs_are_refused() {
    var bytes = Base64.getDecoder().decode(PRIVATE.substring(5));
    bytes[0] ^= 1;
    assertThatThrownBy(
            () -> StandardWebhooks.parseKey("whsk_" + Base64.getEncoder().encodeToString(bytes)))
        .hasMessageContaining("belong together");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a b", "é"})
  void ids_that_are_not_ours_are_not_signed(String id) {
    assertThatThrownBy(() -> StandardWebhooks.headers(id, AT, BODY, List.of(key(CURRENT))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
