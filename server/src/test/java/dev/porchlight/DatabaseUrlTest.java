package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The setting that names a shared database.
class DatabaseUrlTest {
  private static final String URL = "jdbc:postgresql://db.example.org/leads";

  @Test
  void there_is_none_by_default() {
    assertThat(HubConfig.read(Map.of(), _ -> null, null).databaseUrl()).isNull();
  }

  @Test
  void it_comes_from_a_flag_else_the_environment_else_the_file(@TempDir Path folder)
      throws Exception {
    var file = Files.writeString(folder.resolve("p.yaml"), "database_url: " + URL + "3\n");
    assertThat(HubConfig.read(Map.of(), _ -> null, file).databaseUrl()).isEqualTo(URL + "3");
    assertThat(
            HubConfig.read(
                    Map.of(),
                    name -> name.equals("PORCHLIGHT_DATABASE_URL") ? URL + "2" : null,
                    file)
                .databaseUrl())
        .isEqualTo(URL + "2");
    assertThat(
            HubConfig.read(
                    Map.of("database_url", URL + "1"),
                    name -> name.equals("PORCHLIGHT_DATABASE_URL") ? URL + "2" : null,
                    file)
                .databaseUrl())
        .isEqualTo(URL + "1");
  }

  @Test
  void another_database_is_refused_with_a_sentence() {
    assertThatThrownBy(
            () -> HubConfig.read(Map.of("database_url", "jdbc:mysql://x/y"), _ -> null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jdbc:postgresql://");
  }
}
