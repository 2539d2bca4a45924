package dev.porchlight.bench;

import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import tools.jackson.databind.node.ObjectNode;

/// The process that loads and receives. Takes a command a line, answers each with a line of JSON.
public final class LoadSide {
  private LoadSide() {}

  /// Runs until its input ends.
  public static void main(String[] arguments) throws Exception {
    Sample.startAt(1_000_000_000);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var receiver = new Receiver();
        var hostile = new HostileReceivers()) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        var words = line.split(" ", -1);
        var answer =
            switch (words[0]) {
              case "url" -> Json.object().put("url", receiver.url());
              case "size" -> Json.object().put("size", Math.max(1000, receiver.size()));
              case "load" -> load(words);
              case "follow" -> follow(words, receiver);
              case "hostile" -> hostile.urls();
              case "seen" -> Json.object().put("seen", receiver.seen());
              default -> throw new IllegalArgumentException(line);
            };
        System.out.println(answer);
        System.out.flush();
      }
    }
  }

  /// `load URL KEY CONNECTIONS MILLIS RATE`
  private static ObjectNode load(String[] words) throws IOException {
    return shown(
        Load.run(
            words[1],
            words[2],
            Integer.parseInt(words[3]),
            Double.parseDouble(words[5]),
            Long.parseLong(words[4]),
            _ -> {}));
  }

  private static ObjectNode shown(Load.Result result) {
    return Json.object()
        .put("accepted", result.accepted())
        .put("answered", result.answered())
        .put("refused", result.refused())
        .put("late99", result.late().quantile(0.99))
        .put("rate", result.accepted() / result.seconds())
        .put("p50", result.times().quantile(0.5))
        .put("p99", result.times().quantile(0.99));
  }

  /// `follow URL KEY CONNECTIONS MILLIS RATE FAN [DOOR]`: and the way of each lead to the receiver,
  /// until all are there at the first so many of its addresses. With a door only leads that go
  /// through that one and the ones behind it are awaited.
  private static ObjectNode follow(String[] words, Receiver receiver)
      throws IOException, InterruptedException {
    int fan = Integer.parseInt(words[6]);
    int from = words.length > 7 ? Integer.parseInt(words[7]) : 0;
    receiver.startAt(Sample.next());
    long used = Pairs.processor();
    long before = receiver.requests();
    var answered = new HashMap<Long, Long>();
    long start = System.nanoTime();
    var result =
        Load.run(
            words[1],
            words[2],
            Integer.parseInt(words[3]),
            Double.parseDouble(words[5]),
            Long.parseLong(words[4]),
            number -> {
              if (Doors.of(number) >= from) {
                answered.put(number, System.nanoTime());
              }
            });
    long sent = System.nanoTime();
    long during = receiver.requests() - before;
    while (receiver.arrived.size() < answered.size() * fan
        && System.nanoTime() - sent < 60_000_000_000L) {
      Thread.sleep(5);
    }
    long end = System.nanoTime();
    var way = new Times();
    answered.forEach((number, at) -> {
      for (int i = 0; i < fan; i++) {
        var there = receiver.arrived.get(Receiver.at(number, i));
        if (there != null) {
          way.add(Math.max(0, there - at));
        }
      }
    });
    return shown(result)
        .put("load", (Pairs.processor() - used) / 1e6)
        .put("arrived", way.count())
        .put("missing", answered.size() * fan - way.count())
        .put("requests", receiver.requests() - before)
        .put("during", during / ((sent - start) / 1e9))
        .put("deliveries", way.count() / ((end - start) / 1e9))
        .put("way50", way.quantile(0.5))
        .put("way99", way.quantile(0.99));
  }
}
