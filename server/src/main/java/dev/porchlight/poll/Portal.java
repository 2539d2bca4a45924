package dev.porchlight.poll;

import dev.porchlight.desk.poll.Polling;
import dev.porchlight.net.Exchange;
import dev.porchlight.net.OutgoingRequest;
import dev.porchlight.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The other side: `GET /leads` of the Seeker Leads contract.
final class Portal {
  /// The most that the portal gives at once.
  static final int PAGE = 100;

  /// How much of an answer is taken: 100 leads of 160 KiB each.
  private static final int MAX_PAGE = 16 * 1024 * 1024;

  private final Store store;
  private final AccessTokens tokens;
  private final Line line;
  private final String agent;
  private final MeterRegistry meters;

  Portal(Store store, AccessTokens tokens, Line line, String agent, MeterRegistry meters) {
    this.store = store;
    this.tokens = tokens;
    this.line = line;
    this.agent = agent;
    this.meters = meters;
  }

  /// What the portal answered.
  ///
  /// @param items each with its bytes
  /// @param offset by how many seconds its clock is ahead of ours; 0 for next to nothing
  record Leads(List<byte[]> items, long offset) {}

  /// One page of a window.
  ///
  /// @param start the id of the lead after which to go on; empty for the first page
  Leads leads(Polling polling, Window window, String start, int limit)
      throws PollException, InterruptedException {
    var url =
        polling.url()
            + "/leads?minDate="
            + window.min()
            + "&maxDate="
            + window.max()
            + "&limit="
            + limit
            + (start.isEmpty()
                ? ""
                : "&start=" + URLEncoder.encode(start, StandardCharsets.UTF_8).replace("+", "%20"));
    var token = tokens.get(polling);
    var answer = get(url, token);
    if (answer.status() == 401) {
      token = tokens.insteadOf(token, polling);
      answer = get(url, token);
    }
    if (answer.status() != 200) {
      throw refusal(answer, token, start);
    }
    if (answer.cut()) {
      throw new PollException(
          "A page of " + limit + " is larger than 16 MiB.",
          PollException.Remedy.SMALLER_PAGE,
          null);
    }
    try {
      return new Leads(
          Page.items(answer.head()),
          Clocks.offset(answer.header("Date").orElse(null), store.now()));
    } catch (Page.Malformed e) {
      count("malformed");
      throw new PollException(
          "What the portal answered is no page of leads: " + e.getMessage() + ".");
    }
  }

  private Exchange.Answered get(String url, AccessTokens.Token token)
      throws PollException, InterruptedException {
    try {
      var answer =
          line.call(
              OutgoingRequest.get(
                  url,
                  List.of(
                      Map.entry("Authorization", "Bearer " + token.text()),
                      Map.entry("Accept", "application/json"),
                      Map.entry("User-Agent", agent))),
              MAX_PAGE);
      count(
          switch (answer.status()) {
            case 200 -> "ok";
            case 401 -> "unauthorized";
            case 429 -> "limited";
            default -> answer.status() < 500 ? "refused" : "failed";
          });
      return answer;
    } catch (PollException e) {
      count("unreachable");
      throw e;
    }
  }

  private void count(String outcome) {
    meters.counter("porchlight.poll.requests", "outcome", outcome).increment();
  }

  private PollException refusal(Exchange.Answered answer, AccessTokens.Token token, String start) {
    int status = answer.status();
    var words = Words.of(answer.head(), List.of(token.text()));
    boolean lostPlace =
        !start.isEmpty() && (status == 400 || status == 404 || status == 410 || status == 422);
    return new PollException(
        "The portal answered " + status + words + ".",
        lostPlace ? PollException.Remedy.START_OVER : PollException.Remedy.NONE,
        Backoff.asked(answer.header("Retry-After").orElse(null), store.now()));
  }
}
