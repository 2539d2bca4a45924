package dev.porchlight.crash;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A portal that sends leads over one connection, one after the other, and sends again what got no
/// answer; now and then it gives up instead. Several run at once; a lead is sent by one of them
/// only, a person's leads by any.
final class Sender {
  /// A body to be sent.
  ///
  /// @param message what tells the versions of a lead apart
  record Post(Target target, String leadId, String message, byte[] body) {}

  /// Where to.
  record Target(String source, String path, String key, boolean hasRole) {}

  /// What all senders of a folder know together.
  static final class Book {
    /// The messages that were acknowledged, by the sender's lead id.
    final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();

    /// All messages that were sent at least once, by the sender's lead id.
    final Map<String, List<String>> sent = new ConcurrentHashMap<>();

    final Map<String, String> guids = new ConcurrentHashMap<>();

    /// Who sent, as the number of the person, by the sender's lead id.
    final Map<String, Integer> persons = new ConcurrentHashMap<>();

    final AtomicInteger nextPerson = new AtomicInteger();

    /// How often somebody was told to come again.
    final AtomicInteger putOff = new AtomicInteger();
  }

  /// Gives the hub's address; waits while there is no hub.
  ///
  /// @param <H> what tells one hub from the next
  interface Hubs<H> {
    H current(@Nullable H gone) throws InterruptedException;

    URI address(H hub);
  }

  private record Known(Target target, String leadId, int person, boolean phoneOnly) {}

  private final int number;
  private final RandomGenerator random;
  private final List<Target> targets;
  private final Book book;
  private final List<Known> leads = new ArrayList<>();
  private final List<Post> posts = new ArrayList<>();
  private int made;

  Sender(int number, RandomGenerator random, List<Target> targets, Book book) {
    this.number = number;
    this.random = random;
    this.targets = targets;
    this.book = book;
  }

  /// Sends that many bodies and returns when each is answered with 200 or given up. A 503 is sent
  /// again a little later.
  ///
  /// @param acknowledged is called after each 200
  <H> void send(int count, Hubs<H> hubs, Runnable acknowledged) throws Exception {
    H hub = null;
    Wire wire = null;
    try {
      for (int i = 0; i < count; i++) {
        var post = next();
        posts.add(post);
        while (true) {
          try {
            if (wire == null) {
              hub = hubs.current(hub);
              wire = new Wire(hubs.address(hub));
            }
            book.sent.computeIfAbsent(post.leadId(), _ -> new ArrayList<>()).add(post.message());
            var answer =
                wire.post(post.target().path(), "X-API-Key: " + post.target().key(), post.body());
            if (answer.status() == 503) {
              book.putOff.incrementAndGet();
              TimeUnit.MILLISECONDS.sleep(20);
              continue;
            }
            if (answer.status() != 200) {
              throw new AssertionError("answered " + answer);
            }
            note(post, answer.body());
            acknowledged.run();
            break;
          } catch (IOException e) {
            if (wire != null) {
              wire.close();
            }
            wire = null;
            if (random.nextInt(8) == 0) {
              break;
            }
          }
        }
      }
    } finally {
      if (wire != null) {
        wire.close();
      }
    }
  }

  private void note(Post post, String answer) {
    book.acknowledged.computeIfAbsent(post.leadId(), _ -> new ArrayList<>()).add(post.message());
    var guid = Json.tree(answer).path("communications_guid").stringValue();
    var before = book.guids.putIfAbsent(post.leadId(), guid);
    if (before != null && !before.equals(guid)) {
      throw new AssertionError(post.leadId() + " was " + before + " and is now " + guid);
    }
  }

  private Post next() {
    int dice = random.nextInt(100);
    if (dice < 10 && !posts.isEmpty()) {
      return posts.get(random.nextInt(posts.size()));
    }
    if (dice < 30 && !leads.isEmpty()) {
      var lead = leads.get(Math.max(0, leads.size() - 1 - random.nextInt(5)));
      return post(lead, "I would like to see it. " + "And the garden. ".repeat(++made % 50) + made);
    }
    // The newest persons are those whom the other senders are just sending for the first time.
    int person =
        dice < 60 && book.nextPerson.get() > 8
            ? book.nextPerson.get() - 1 - random.nextInt(8)
            : book.nextPerson.getAndIncrement();
    var lead =
        new Known(
            targets.get(random.nextInt(targets.size())),
            "L-" + number + "-" + leads.size(),
            person,
            random.nextInt(6) == 0);
    leads.add(lead);
    book.persons.put(lead.leadId(), person);
    return post(lead, "I would like to see it. " + ++made);
  }

  private static Post post(Known lead, String message) {
    var body = Json.object();
    body.put("lead_id", lead.leadId());
    if (lead.target().hasRole()) {
      body.put("role", "buyer");
    }
    var contact = body.putObject("contact");
    if (!lead.phoneOnly()) {
      contact.put("email", email(lead.person()));
    }
    contact.put("first_name", "Ana");
    contact.put("last_name", "Family" + lead.person());
    contact.put("phone", phone(lead.person()));
    var property = body.putObject("property");
    property.put("address", lead.person() + " Invented Road");
    property.put("city", "Springfield");
    property.put("state", "IL");
    property.put("zip_code", "62704");
    property.put("list_price", 350_000);
    body.put("message", message);
    body.put("timestamp", "2026-01-01T00:00:00Z");
    return new Post(
        lead.target(), lead.leadId(), message, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  static String email(int person) {
    return "person" + person + "@example.com";
  }

  /// One of the numbers that are set apart for invented people, another one for each person.
  private static String phone(int person) {
    return "+1%03d55501%02d".formatted(200 + person / 100 % 800, person % 100);
  }
}
