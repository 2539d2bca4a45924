package dev.porchlight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows that were deleted, and what is left of them between the others.
final class RewritingTest {
  private static final String SECRET = "zephyrine.quill@example.org";

  @TempDir Path folder;
  private Path file;
  private Connection connection;

  @BeforeEach
  void deleteRowsFromPagesThatWereSpread() throws SQLException {
    file = folder.resolve("porchlight.db");
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    execute("PRAGMA secure_delete = ON");
    execute("CREATE TABLE person (id TEXT PRIMARY KEY, mail TEXT NOT NULL) WITHOUT ROWID");
    var random = new Random(7);
    try (var insert = connection.prepareStatement("INSERT INTO person VALUES (?, ?)")) {
      for (int i = 0; i < 2000; i++) {
        insert.setString(1, Long.toHexString(random.nextLong()));
        insert.setString(2, i % 2 == 0 ? SECRET : "x".repeat(random.nextInt(400)));
        insert.execute();
      }
    }
    execute("DELETE FROM person WHERE mail = '" + SECRET + "'");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private boolean isLeft() throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(SECRET);
  }

  @Test
  void pages_keep_copies_of_rows_that_were_overwritten_until_the_file_is_written_anew()
      throws Exception {
    assertThat(isLeft()).as("else none of this would be needed").isTrue();
    var rewriting = new Rewriting(file);
    assertThat(rewriting.run(connection, Long.MAX_VALUE)).as("nobody asked for it").isFalse();
    rewriting.need(connection);
    assertThat(rewriting.run(connection, Long.MAX_VALUE)).isTrue();
    assertThat(isLeft()).isFalse();
    assertThat(rewriting.run(connection, Long.MAX_VALUE)).as("it is done").isFalse();
  }

  @Test
  void while_the_hub_runs_it_is_done_for_a_thousandth_of_the_time() throws Exception {
    var rewriting = new Rewriting(file);
    rewriting.need(connection);
    assertThat(rewriting.runAtTimes(connection)).isTrue();
    rewriting.need(connection);
    assertThat(rewriting.runAtTimes(connection)).as("again at once").isFalse();
    assertThat(rewriting.run(connection, Long.MAX_VALUE)).as("when it stops").isTrue();
  }

  @Test
  void a_file_that_is_too_large_waits() throws Exception {
    var rewriting = new Rewriting(file);
    rewriting.need(connection);
    assertThat(rewriting.run(connection, Files.size(file) - 1)).isFalse();
    assertThat(isLeft()).isTrue();
    assertThat(rewriting.run(connection, Files.size(file))).isTrue();
  }

  @Test
  void a_need_is_taken_back_with_its_transaction() throws Exception {
    var rewriting = new Rewriting(file);
    execute("BEGIN IMMEDIATE");
    rewriting.need(connection);
    execute("ROLLBACK");
    assertThat(rewriting.run(connection, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void a_file_that_somebody_holds_is_left_for_later() throws Exception {
    var rewriting = new Rewriting(file);
    rewriting.need(connection);
    execute("PRAGMA busy_timeout = 0");
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThat(rewriting.run(connection, Long.MAX_VALUE)).isFalse();
    }
    assertThat(rewriting.run(connection, Long.MAX_VALUE)).as("not at once again").isFalse();
    assertThat(new Rewriting(file).run(connection, Long.MAX_VALUE)).as("the next start").isTrue();
    assertThat(isLeft()).isFalse();
  }
}
