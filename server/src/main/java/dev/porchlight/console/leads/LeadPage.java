package dev.porchlight.console.leads;

import dev.porchlight.access.Credentials;
import dev.porchlight.access.Principals;
import dev.porchlight.console.Console;
import dev.porchlight.console.Pages;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipts;
import dev.porchlight.person.Persons;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The story of one lead as it happens: `/leads/{id}`, and its changes as server-sent events under
/// `/leads/{id}/events`. Opened by a link with a token for that lead, which becomes a cookie, or by
/// a token of our API that sees the lead.
public final class LeadPage {
  private static final Logger LOG = LoggerFactory.getLogger(LeadPage.class);
  private static final long PING_SECONDS = 15;
  private static final String PATH = "/leads/";

  private final Store store;
  private final Passes passes;
  private final StoryTeller teller;
  private final Pages pages;

  public LeadPage(
      Console console,
      Store store,
      Credentials credentials,
      Principals principals,
      Leads leads,
      Receipts receipts,
      Persons persons,
      Deliveries deliveries) {
    this.store = store;
    this.passes = new Passes(credentials, principals);
    this.teller = new StoryTeller(store, leads, receipts, persons, deliveries);
    this.pages = console.pages();
  }

  /// The page and its events.
  public List<Route> routes() {
    return List.of(
        Route.confidential("GET", "/leads/{id}", this::page, pages),
        Route.confidential("GET", "/leads/{id}/events", this::events, pages));
  }

  private Reply page(Request request) {
    var id = request.pathVariable("id");
    var token = request.queryValue("token");
    if (token.isPresent()) {
      var link = passes.link(token.get(), id);
      if (link.isPresent()) {
        return clean(request)
            .with("Set-Cookie", Passes.cookie(request, token.get(), link.get(), store.now()));
      }
    }
    var scope = passes.find(request, id);
    if (scope.isEmpty()) {
      return pages.unauthenticated(request);
    }
    if (token.isPresent()) {
      return clean(request);
    }
    var frame = pages.open(request, true);
    return teller
        .tell(scope.get(), id, frame.texts())
        .<Reply>map(s -> pages.page(200, "leads/lead.jte", frame, view(s)))
        .orElseGet(() -> pages.missing(request));
  }

  private static LeadView view(Story story) {
    return new LeadView(story, PATH, LeadActions.Offered.NOTHING);
  }

  /// Leads on to the address without the token.
  private static Reply.Full clean(Request request) {
    return Reply.of(303, "", new byte[0])
        .with("Location", request.path())
        .with(Pages.NO_REFERRER.getKey(), Pages.NO_REFERRER.getValue())
        .with("Cache-Control", "no-store");
  }

  private Reply events(Request request) {
    var id = request.pathVariable("id");
    var scope = passes.find(request, id);
    if (scope.isEmpty()) {
      return pages.unauthenticated(request);
    }
    if (teller.tell(scope.get(), id, pages.open(request, true).texts()).isEmpty()) {
      return pages.missing(request);
    }
    return new Reply.Stream(List.of(Pages.NO_REFERRER), sink -> stream(request, id, sink));
  }

  /// Sends how the story stands, at first and whenever the log has a new line about the lead, until
  /// the reader goes or may not see it any more.
  private void stream(Request request, String id, Reply.Sink sink)
      throws IOException, InterruptedException {
    var frame = pages.open(request, true);
    var changed = new Semaphore(1);
    Consumer<List<LogEntry>> listener =
        lines -> {
          if (lines.stream().anyMatch(l -> l.subject().equals(id))) {
            changed.release();
          }
        };
    try (var following = new Following(store.follow(listener))) {
      while (sink.isOpen()) {
        boolean news = changed.tryAcquire(PING_SECONDS, TimeUnit.SECONDS);
        var scope = passes.find(request, id);
        if (scope.isEmpty()) {
          return;
        }
        if (!news) {
          sink.ping();
          continue;
        }
        // Several changes since the last look are one: what is sent is how it stands now.
        changed.drainPermits();
        Optional<Story> story = teller.tell(scope.get(), id, frame.texts());
        if (story.isEmpty()) {
          return;
        }
        sink.send(Pages.PART, pages.render("leads/story.jte", frame, view(story.get())));
      }
    } catch (StoreUnavailableException e) {
      // The hub stops in the middle of a look, or can't look at all: the reader will come back.
      LOG.debug("The events of lead {} ended", id, e);
    }
  }

  private record Following(AutoCloseable inner) implements AutoCloseable {
    @Override
    public void close() {
      try {
        inner.close();
      } catch (Exception e) {
        throw new IllegalStateException("following could not be ended", e);
      }
    }
  }
}
