package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `porchlight retention`.
@Command(
    name = "retention",
    description = "For how long the hub keeps what it need not keep for ever.")
final class RetentionCommand extends Noun {
  private static final String CONFIGURED = "configured";

  @Command(name = "show", description = "Shows the periods.")
  int show() throws HubException {
    try (var hub = connect()) {
      return shown(hub.get("/retention"));
    }
  }

  @Command(
      name = "set",
      description = {
        "Changes what is named: a number of days, 0 for ever, or",
        "`configured` for what the hub is started with."
      })
  int set(
      @Option(
              names = "--receipts",
              paramLabel = "DAYS",
              description = "bodies of receipts that became leads")
          @Nullable String receipts,
      @Option(
              names = "--attempts",
              paramLabel = "DAYS",
              description = "what attempts at deliveries that ended showed")
          @Nullable String attempts,
      @Option(
              names = "--events",
              paramLabel = "DAYS",
              description = "published events and their copies")
          @Nullable String events)
      throws HubException {
    var body = Json.object();
    period(body, "receipts_kept_days", receipts);
    period(body, "attempts_kept_days", attempts);
    period(body, "events_kept_days", events);
    try (var hub = connect()) {
      return shown(hub.patch("/retention", body));
    }
  }

  private static void period(ObjectNode body, String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (value.equals(CONFIGURED)) {
      body.putNull(name);
    } else if (value.matches("[0-9]{1,6}")) {
      body.put(name, Integer.parseInt(value));
    } else {
      throw new IllegalArgumentException("A period is a number of days, or `" + CONFIGURED + "`.");
    }
  }

  private int shown(JsonNode periods) {
    return show(
        periods,
        () -> {
          line(periods, "receipts_kept_days", "Bodies of receipts that became leads");
          line(periods, "attempts_kept_days", "What attempts at deliveries showed");
          line(periods, "events_kept_days", "Published events");
        });
  }

  private void line(JsonNode periods, String name, String what) {
    int days = periods.path(name).asInt(0);
    boolean set =
        StreamSupport.stream(periods.path("set").spliterator(), false)
            .anyMatch(n -> n.asString("").equals(name));
    say(
        what
            + ": "
            + (days == 0 ? "for ever" : days == 1 ? "1 day" : days + " days")
            + (set ? "" : " (as configured)")
            + ".");
  }
}
