package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HubConfigTest {
  @Test
  void its_words_hold_no_secret() {
    var secrets =
        Map.of(
            "PORCHLIGHT_SECRET_KEY", "the-key",
            "PORCHLIGHT_ADMIN_TOKEN", "the-token",
            "PORCHLIGHT_DATABASE_URL", "jdbc:postgresql://db/x?user=hub&password=the-password");
    var config = HubConfig.read(Map.of("port", "8123"), secrets::get, null);
    assertThat(config.toString())
        .contains("port=8123", "secretKey=set", "adminToken=set", "database=set")
        .doesNotContain("the-key", "the-token", "the-password", "user=hub");
    assertThat(HubConfig.read(Map.of(), _ -> null, null).toString())
        .contains("secretKey=none", "adminToken=none", "database=none");
  }

  @Test
  void events_are_kept_for_ever_unless_told_otherwise() {
    assertThat(HubConfig.read(Map.of(), _ -> null, null).eventsKeptDays()).isZero();
    var environment = Map.of("PORCHLIGHT_EVENTS_KEPT_DAYS", "30");
    assertThat(HubConfig.read(Map.of(), environment::get, null).eventsKeptDays()).isEqualTo(30);
  }
}
