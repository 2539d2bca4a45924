package dev.porchlight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeptStatementsTest {
  private final KeptStatements kept = new KeptStatements();
  private Handle handle;

  @BeforeEach
  void open() throws SQLException {
    handle = Jdbi.open(DriverManager.getConnection("jdbc:sqlite::memory:"));
    handle.execute("CREATE TABLE word (n INTEGER PRIMARY KEY, text TEXT)");
    handle.execute("INSERT INTO word VALUES (1, 'one'), (2, 'two'), (3, 'three')");
    handle.setStatementBuilder(kept);
  }

  @AfterEach
  void close() {
    handle.close();
  }

  private List<String> from(int n) {
    return handle
        .createQuery("SELECT text FROM word WHERE n >= :n ORDER BY n")
        .bind("n", n)
        .mapTo(String.class)
        .list();
  }

  @Test
  void a_query_that_is_asked_again_is_kept_and_answers_anew() {
    assertThat(from(2)).containsExactly("two", "three");
    assertThat(kept.size()).isEqualTo(1);
    assertThat(from(3)).containsExactly("three");
    assertThat(kept.made()).isEqualTo(1);
    handle.execute("UPDATE word SET text = 'drei' WHERE n = 3");
    assertThat(from(3)).containsExactly("drei");
    assertThat(kept.made()).as("and the update").isEqualTo(2);
  }

  @Test
  void the_same_query_runs_within_itself() {
    var seen = new ArrayList<String>();
    try (var outer =
        handle
            .createQuery("SELECT text FROM word WHERE n >= :n ORDER BY n")
            .bind("n", 1)
            .mapTo(String.class)
            .stream()) {
      outer.forEach(text -> seen.add(text + from(3)));
    }
    assertThat(seen).containsExactly("one[three]", "two[three]", "three[three]");
    assertThat(kept.size()).isEqualTo(1);
  }

  @Test
  void a_query_that_failed_answers_the_next_time() {
    var sql = "SELECT abs(:n)";
    assertThatThrownBy(
            () -> handle.createQuery(sql).bind("n", Long.MIN_VALUE).mapTo(Long.class).one())
        .hasMessageContaining("integer overflow");
    assertThat(handle.createQuery(sql).bind("n", -5L).mapTo(Long.class).one()).isEqualTo(5);
  }

  @Test
  void only_so_many_are_kept() {
    for (int i = 0; i < 500; i++) {
      int n = i;
      assertThat(handle.createQuery("SELECT " + n).mapTo(Integer.class).one()).isEqualTo(n);
    }
    assertThat(kept.size()).isEqualTo(128);
  }
}
