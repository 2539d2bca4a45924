package dev.porchlight.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Questions about deliveries, at size.
final class DeliverySearch {
  private static final int ASKED = 150;
  private static final int WARM_UP = 10;
  private static final String WORDS =
      """
      `GET /api/v1/deliveries` over HTTP, one question after the other, each about something else \
      by chance, out of %s deliveries: half have ended, over a hundred endpoints, and half wait for \
      one that is down. The time is that of the first page of 50; for words of answers it is that \
      of all pages until something is found, or it is certain that there is nothing. Measured by \
      `bench/run --deliveries --only search`.
      """;

  private final DoorsHub hub;
  private final Backlog backlog;
  private final Random random = new Random(5);

  DeliverySearch(DoorsHub hub, Backlog backlog) {
    this.hub = hub;
    this.backlog = backlog;
  }

  Page run(String engine) throws Exception {
    var page = new Page();
    page.title("Deliveries found, with " + engine);
    page.words(WORDS.formatted(Page.number(backlog.size * 2.0)));
    page.table(
        1, "by", "p50, ms", "p95, ms", "longest, ms", "pages", "found", "at most 100 ms at p95");
    ask(page, "id", () -> "/" + backlog.delivery(one()));
    ask(page, "endpoint", () -> "?endpoint=" + endpoint());
    ask(page, "the endpoint that is down", () -> "?endpoint=" + backlog.outage);
    ask(page, "lead", () -> "?lead=" + backlog.lead(one()));
    ask(page, "e-mail address", () -> "?email=" + Backlog.email(one()));
    ask(page, "state, pending", () -> "?state=pending");
    ask(page, "state, delivered", () -> "?state=delivered");
    ask(page, "state, dead", () -> "?state=dead");
    ask(page, "state, dropped: none are", () -> "?state=dropped");
    ask(page, "endpoint and state", () -> "?state=dead&endpoint=" + endpoint());
    ask(
        page,
        "endpoint and state, of which it has none",
        () -> "?state=pending&endpoint=" + endpoint());
    ask(page, "an hour", () -> "?" + hour());
    ask(page, "an hour and an endpoint", () -> "?" + hour() + "&endpoint=" + endpoint());
    ask(page, "an hour and a state", () -> "?" + hour() + "&state=dead");
    ask(page, "a word of many answers", () -> "?words=accepted");
    ask(page, "words of some answers", () -> "?words=" + text("listing unknown"));
    ask(page, "a word of one answer", () -> "?words=ticket" + one() / 50 * 50);
    ask(page, "words of one answer", () -> "?words=" + text(Backlog.refusal(one() / 50 * 50)));
    ask(page, "a word of no answer", () -> "?words=nowhere" + one());
    ask(page, "a word and an endpoint", () -> "?words=unknown&endpoint=" + endpoint());
    page.endTable();
    return page;
  }

  private int one() {
    return 50 + random.nextInt(backlog.size - 50);
  }

  private String endpoint() {
    return hub.endpoints.get(random.nextInt(Doors.COUNT));
  }

  private String hour() {
    var from = backlog.at(one());
    return "from="
        + text(from.toString())
        + "&to="
        + text(from.plus(Duration.ofHours(1)).toString());
  }

  private static String text(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void ask(Page page, String by, Supplier<String> question)
      throws IOException, InterruptedException {
    var times = new Times();
    long pages = 0;
    long found = 0;
    long began = System.nanoTime();
    int asked = 0;
    for (int i = 0; i < WARM_UP + ASKED; i++) {
      // What is very slow is asked less often.
      if (System.nanoTime() - began > 15_000_000_000L && asked > 2) {
        break;
      }
      var what = question.get();
      long from = System.nanoTime();
      var answer = hub.get("/deliveries" + what);
      long read = 1;
      while (answer.path("items").isEmpty() && answer.path("next_cursor").isString()) {
        answer =
            hub.get(
                "/deliveries" + what + "&cursor=" + text(answer.path("next_cursor").asString()));
        read++;
      }
      long took = System.nanoTime() - from;
      if (i >= WARM_UP) {
        times.add(took);
        pages += read;
        found += found(answer);
        asked++;
      }
    }
    double p95 = times.quantile(0.95);
    DeliveriesRun.say(by + ": p95 " + Page.millis(p95));
    page.row(
        by,
        Page.millis(times.quantile(0.5)),
        Page.millis(p95),
        Page.millis(times.quantile(1)),
        Page.share(pages / (double) Math.max(1, asked)),
        Page.share(found / (double) Math.max(1, asked)),
        p95 <= 100_000 ? "met" : "**not met**");
  }

  private static long found(JsonNode answer) {
    return answer.has("items") ? answer.path("items").size() : 1;
  }
}
