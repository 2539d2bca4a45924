package dev.porchlight.api;

import dev.porchlight.access.Secrets;
import dev.porchlight.desk.poll.PollState;
import dev.porchlight.desk.poll.Polling;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The member `poll` of a source: how its portal is asked, and how far it was read. Members that
/// are left out of a change stay as they are; secrets are taken and never shown.
final class PollMember {
  private static final Set<String> MEMBERS =
      Set.of(
          "url",
          "token_url",
          "audience",
          "client_id",
          "client_secret",
          "token",
          "interval_seconds",
          "overlap_seconds",
          "since");
  private static final int INTERVAL = 300;
  private static final int OVERLAP = 900;
  private static final int DAY = 86_400;
  private static final int LONGEST_URL = 2000;
  private static final int LONGEST_SECRET = 8192;
  private static final Duration LONGEST_PAST = Duration.ofDays(3 * 366);

  private final Store store;
  private final Secrets secrets;
  private final Function<String, Optional<String>> urlObjection;

  /// @param urlObjection why a URL can't be asked; empty when it can
  PollMember(Store store, Secrets secrets, Function<String, Optional<String>> urlObjection) {
    this.store = store;
    this.secrets = secrets;
    this.urlObjection = urlObjection;
  }

  /// What a request wants.
  ///
  /// @param polling null for no polling
  /// @param sealed secrets to put
  /// @param voided names of secrets to remove
  /// @param anew whether to begin again where `since` says
  record Wanted(
      @Nullable Polling polling, List<Secrets.Sealed> sealed, List<String> voided, boolean anew) {}

  /// Reads and checks the member; what is absent or null is no polling.
  Wanted read(Members body, String source, String contract) {
    var given = body.object("poll");
    if (given.isEmpty()) {
      return new Wanted(
          null,
          List.of(),
          List.of(Polling.CLIENT_SECRET, Polling.TOKEN, Polling.ACCESS_TOKEN),
          false);
    }
    if (!Polling.CONTRACTS.contains(contract)) {
      throw wrong("a portal of contract `" + contract + "` can't be asked");
    }
    for (var name : given.get().propertyNames()) {
      if (!MEMBERS.contains(name)) {
        throw wrong(
            "there is no member `"
                + name
                + "`; there are "
                + String.join(", ", MEMBERS.stream().sorted().toList()));
      }
    }
    return read(
        new Members(given.get()), source, Polling.find(store.settings(), source).orElse(null));
  }

  private Wanted read(Members poll, String source, @Nullable Polling known) {
    var url = url(poll, "url").or(() -> Optional.ofNullable(known).map(Polling::url));
    if (url.isEmpty()) {
      throw wrong("`url` is needed");
    }
    var clientSecret = poll.line("client_secret", LONGEST_SECRET);
    var token = token(poll);
    boolean byClient =
        poll.text("client_id").isPresent()
            || poll.text("token_url").isPresent()
            || clientSecret.isPresent();
    if (byClient && token.isPresent()) {
      throw wrong("give either `token`, or `token_url`, `client_id` and `client_secret`");
    }
    var clientId = poll.line("client_id", Members.LONGEST_NAME).orElse(null);
    var tokenUrl = url(poll, "token_url").orElse(null);
    if (known != null && token.isEmpty()) {
      clientId = clientId == null ? known.clientId() : clientId;
      tokenUrl = tokenUrl == null ? known.tokenUrl() : tokenUrl;
    }
    boolean fixed = token.isPresent() || known != null && known.clientId() == null && !byClient;
    boolean hasSecret = clientSecret.isPresent() || known != null && known.clientId() != null;
    if (!fixed && (clientId == null || tokenUrl == null || !hasSecret)) {
      throw wrong("`token_url`, `client_id` and `client_secret` are needed, or `token`");
    }
    boolean elsewhere =
        known != null
            && (!known.url().equals(url.get())
                || known.tokenUrl() != null && !known.tokenUrl().equals(tokenUrl));
    if (elsewhere && token.isEmpty() && clientSecret.isEmpty()) {
      throw wrong("a secret is not sent to another address unless it is given again");
    }
    var since = since(poll);
    boolean ownAudience = known != null && !known.audience().equals(known.url());
    var audience =
        poll.line("audience", LONGEST_URL)
            .orElse(ownAudience ? Objects.requireNonNull(known).audience() : url.get());
    var polling =
        new Polling(
            source,
            url.get(),
            fixed ? null : tokenUrl,
            audience,
            fixed ? null : clientId,
            poll.number("interval_seconds", 10, DAY)
                .orElse(known == null ? INTERVAL : known.intervalSeconds()),
            poll.number("overlap_seconds", 60, DAY)
                .orElse(known == null ? OVERLAP : known.overlapSeconds()),
            since
                .orElse(known == null ? store.now() : Instant.ofEpochSecond(known.sinceSecond()))
                .getEpochSecond());
    var sealed = new ArrayList<Secrets.Sealed>();
    token.ifPresent(t -> sealed.add(secrets.seal(source, Polling.TOKEN, t)));
    clientSecret.ifPresent(s -> sealed.add(secrets.seal(source, Polling.CLIENT_SECRET, s)));
    return new Wanted(
        polling, sealed, voided(polling, known, clientSecret.isPresent()), since.isPresent());
  }

  /// A token that was had goes with what it was had by.
  private static List<String> voided(Polling polling, @Nullable Polling known, boolean newSecret) {
    var voided = new ArrayList<String>();
    if (known == null
        || newSecret
        || !Objects.equals(known.clientId(), polling.clientId())
        || !Objects.equals(known.tokenUrl(), polling.tokenUrl())
        || !known.audience().equals(polling.audience())) {
      voided.add(Polling.ACCESS_TOKEN);
    }
    voided.add(polling.clientId() == null ? Polling.CLIENT_SECRET : Polling.TOKEN);
    return voided;
  }

  private Optional<String> url(Members poll, String name) {
    var given = poll.line(name, LONGEST_URL).map(u -> u.replaceAll("/+$", ""));
    if (given.isPresent()) {
      if (given.get().contains("?") || given.get().contains("#")) {
        throw wrong("`" + name + "` has neither a query nor a fragment");
      }
      urlObjection
          .apply(given.get())
          .ifPresent(why -> {
            throw wrong("`" + name + "`: " + why);
          });
    }
    return given;
  }

  private static Optional<String> token(Members poll) {
    var token = poll.text("token");
    if (token.isPresent()
        && (token.get().length() > LONGEST_SECRET
            || token.get().chars().anyMatch(c -> c < '!' || c > '~'))) {
      throw wrong("a token has 1 to 8192 visible ASCII characters");
    }
    return token;
  }

  private Optional<Instant> since(Members poll) {
    var text = poll.text("since");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      var since = Instant.parse(text.get());
      if (!since.isAfter(store.now()) && !since.isBefore(store.now().minus(LONGEST_PAST))) {
        return Optional.of(since);
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw wrong("`since` is a time of the last three years, for example 2026-01-31T00:00:00Z");
  }

  private static FaultException wrong(String what) {
    return new FaultException(
        Fault.BODY_INVALID, "poll: " + what + (what.endsWith(".") ? "" : "."));
  }

  /// Puts what a request wants, within a unit, and gives what to show of it.
  Optional<ObjectNode> put(Batch batch, String source, Wanted wanted) {
    var polling = wanted.polling();
    boolean known = Polling.find(batch.settings(), source).isPresent();
    if (polling == null && !known) {
      return Optional.empty();
    }
    if (known) {
      wanted.voided().forEach(id -> secrets.remove(batch, source, id));
    }
    if (polling == null) {
      batch.change(Polling.SETTING, source, null);
      batch.delete(PollState.TABLE, source);
      batch.sql().execute("DELETE FROM poll_item WHERE source_id = ?", source);
      return Optional.empty();
    }
    wanted.sealed().forEach(s -> secrets.put(batch, s, null));
    batch.change(Polling.SETTING, source, polling.body());
    var state = PollState.changed(batch, polling, wanted.anew());
    return Optional.of(view(polling, state, batch.now()));
  }

  /// Adds the member where the source's portal is asked.
  void show(ObjectNode view, String source) {
    Polling.find(store.settings(), source)
        .ifPresent(p -> {
          var now = store.now();
          var state = PollState.find(store, source).orElse(PollState.fresh(p, now));
          view.set("poll", view(p, state, now));
        });
  }

  private static ObjectNode view(Polling p, PollState s, Instant now) {
    var json = Json.object();
    json.put("url", p.url());
    json.put("credentials", p.clientId() == null ? "token" : "client_credentials");
    put(json, "token_url", p.tokenUrl());
    put(json, "client_id", p.clientId());
    json.put("audience", p.audience());
    json.put("interval_seconds", p.intervalSeconds());
    json.put("overlap_seconds", p.overlapSeconds());
    json.put("since", Instant.ofEpochSecond(p.sinceSecond()).toString());
    json.put("state", s.condition(p, now).word());
    json.put("covered_until", Instant.ofEpochSecond(s.covered()).toString());
    json.put("lag_seconds", s.lag(now).toSeconds());
    json.put("late", s.isLate(p, now));
    put(json, "tried_at", s.triedAt());
    put(json, "succeeded_at", s.succeededAt());
    json.put("next_at", s.dueAt().toString());
    json.put("items", s.items());
    json.put("failures", s.failures());
    put(json, "error", s.error().isEmpty() ? null : s.error());
    return json;
  }

  private static void put(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}
