package dev.porchlight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshFileTest {
  @TempDir Path folder;

  @Test
  void a_process_that_makes_one_store_keeps_no_copy_of_it() throws SQLException, IOException {
    var fresh = new FreshFile();
    var copy = folder.resolve("copy.db");
    try (var made = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("first.db"));
        var statement = made.createStatement()) {
      statement.execute("CREATE TABLE t (x)");
      fresh.keep(made);
      fresh.put(copy, true);
      assertThat(copy).doesNotExist();
      fresh.keep(made);
      fresh.put(copy, true);
      assertThat(copy).isNotEmptyFile();
    }
  }
}
