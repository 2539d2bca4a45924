package dev.porchlight.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.backup.BackupException;
import dev.porchlight.store.backup.Backups;
import dev.porchlight.store.sqlite.SqliteBackups;
import dev.porchlight.value.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A backup of a running hub is its state at one moment, and is looked over before it is restored.
class BackupTest {
  private static final String TOKEN = "backup-admin-token-0001";
  private static final String KEY = "backup-source-key-0000000000001";

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private Hub hub;

  @BeforeEach
  void start() throws Exception {
    hub = Hub.start(HubConfig.local(folder.resolve("data"), TOKEN));
    var made =
        post(
            "/api/v1/sources",
            """
            {"name": "portal", "contract": "connections-plus", "api_key": "%s"}\
            """
                .formatted(KEY));
    assertThat(made.statusCode()).isEqualTo(201);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(hub.address().resolve(path))
            .header("Authorization", "Bearer " + TOKEN)
            .header("X-API-Key", KEY)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int lead(String id) throws Exception {
    return post(
            "/in/portal/lead",
            """
            {"lead_id": "%s", "role": "buyer", "timestamp": "2026-11-01T10:00:00Z",
             "contact": {"first_name": "Ana", "last_name": "Lopez", "email": "%s@example.com"}}\
            """
                .formatted(id, id))
        .statusCode();
  }

  private static Set<String> leads(Hub hub) {
    return hub.store()
        .read(h ->
            new HashSet<>(
                h.createQuery("SELECT external_id FROM lead").mapTo(String.class).list()));
  }

  private HubConfig restored() {
    return HubConfig.local(folder.resolve("restored/data"), TOKEN);
  }

  @Test
  void leads_go_on_arriving_during_a_backup_which_holds_a_prefix_of_them() throws Exception {
    var before = ConcurrentHashMap.<String>newKeySet();
    for (int i = 0; i < 50; i++) {
      assertThat(lead("early-" + i)).isEqualTo(200);
      before.add("early-" + i);
    }
    // Enough that it is copied in many steps.
    hub.store()
        .write(
            WorkQueue.EDITS,
            batch ->
                batch
                    .sql()
                    .execute(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
                            + " 200) INSERT INTO receipt_raw SELECT 'big-' || i, 0,"
                            + " randomblob(100000) FROM n"));
    var running = new AtomicBoolean(true);
    var someArrived = new CountDownLatch(20);
    Backups.Backup backup;
    try (var threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> sender =
          threads.submit(() -> {
            int n = 0;
            for (; running.get(); n++) {
              assertThat(lead("late-" + n)).isEqualTo(200);
              someArrived.countDown();
            }
            return n;
          });
      someArrived.await();
      backup = hub.backups().make(false);
      running.set(false);
      assertThat(sender.get()).isGreaterThan(20);
    }
    assertThat(backup.manifest().withKey()).isFalse();
    assertThat(Files.exists(backup.folder().resolve("secret.key"))).isFalse();
    assertThat(hub.backups().list()).containsExactly(backup);

    var there = restored();
    SqliteBackups.restore(backup.folder(), there.data(), there.secretKeyFile());
    // The key is not in it: without it the hub says what is missing.
    assertThatThrownBy(() -> Hub.start(there).close()).hasMessageContaining("key file");
    Files.copy(folder.resolve("data.key"), there.secretKeyFile());
    try (var second = Hub.start(there)) {
      assertThat(leads(second)).containsAll(before);
      long late = leads(second).stream().filter(l -> l.startsWith("late-")).count();
      for (int n = 0; n < late; n++) {
        assertThat(leads(second)).as("no gap in what it holds").contains("late-" + n);
      }
      assertThat(late).isGreaterThanOrEqualTo(20);
      assertThat(second.checkRebuild().differences()).isEmpty();
      assertThat(second.examine()).noneMatch(f -> f.level().equals("fault"));
    }
  }

  @Test
  void the_api_makes_one_with_the_key_that_starts_as_it_is() throws Exception {
    assertThat(lead("one")).isEqualTo(200);
    var answer = post("/api/v1/backups", "{\"include_key\": true}");
    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode view = Json.tree(answer.body());
    assertThat(view.path("with_key").booleanValue()).isTrue();
    assertThat(view.path("counts").path("lead").longValue()).isEqualTo(1);
    var from = Path.of(view.path("folder").stringValue());
    assertThat(from.getParent()).isEqualTo(folder.resolve("data/backups"));
    assertThat(SqliteBackups.verify(from).sha256()).isEqualTo(view.path("sha256").stringValue());

    var there = restored();
    SqliteBackups.restore(from, there.data(), there.secretKeyFile());
    try (var second = Hub.start(there)) {
      assertThat(leads(second)).containsExactly("one");
    }
    var list =
        client.send(
            HttpRequest.newBuilder(hub.address().resolve("/api/v1/backups"))
                .header("Authorization", "Bearer " + TOKEN)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(Json.tree(list.body()).path("items").size()).isEqualTo(1);
  }

  @Test
  void only_an_administrators_token_makes_one() throws Exception {
    var answer =
        client.send(
            HttpRequest.newBuilder(hub.address().resolve("/api/v1/backups"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(hub.backups().list()).isEmpty();
  }

  @Test
  void a_damaged_backup_or_a_folder_in_use_is_refused() throws Exception {
    assertThat(lead("one")).isEqualTo(200);
    var backup = hub.backups().make(false);
    var there = restored();
    assertThatThrownBy(() ->
            SqliteBackups.restore(
                backup.folder(), folder.resolve("data"), folder.resolve("data.key")))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("not empty");

    var database = backup.folder().resolve("porchlight.db");
    var bytes = Files.readAllBytes(database);
    bytes[bytes.length / 2] ^= 1;
    Files.write(database, bytes);
    assertThatThrownBy(
            () -> SqliteBackups.restore(backup.folder(), there.data(), there.secretKeyFile()))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("changed or damaged");
    assertThat(Files.exists(there.data())).isFalse();

    Files.delete(backup.folder().resolve("manifest.json"));
    assertThatThrownBy(() -> SqliteBackups.verify(backup.folder()))
        .hasMessageContaining("not a backup");
  }
}
