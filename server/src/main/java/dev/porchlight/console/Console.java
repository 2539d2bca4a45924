package dev.porchlight.console;

import dev.porchlight.access.Audit;
import dev.porchlight.access.ConsoleSessions;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Deed;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.Told;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/console`: what is common to all its pages. Lets in whoever is signed in and may see the page,
/// takes forms from our own pages alone, and puts each [Section]'s pages into their frame.
public final class Console {
  /// Where all of it is.
  public static final String ROOT = "/console";

  private static final Logger LOG = LoggerFactory.getLogger(Console.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PING_SECONDS = 15;

  /// Several changes within this time are shown as one; within more where a look costs more, so
  /// that no reader takes more than a fifth of a core.
  private static final long BREATH_MILLIS = 200;

  private static final long LONGEST_BREATH_MILLIS = 700;

  /// The field that tells one form of a page from the same form loaded anew.
  private static final String ONCE = "once";

  private final Once once;
  private final Store store;
  private final Doorkeeper doorkeeper;
  private final Audit audit;
  private final Languages languages = new Languages();
  private final Assets assets = new Assets();
  private final Pages pages = new Pages(languages, assets);
  private final SignPages signPages;
  private final List<Section> sections = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();

  /// @param hub the hub's number
  public Console(
      Store store,
      int hub,
      Principals principals,
      Credentials credentials,
      Secrets secrets,
      Audit audit) {
    once = new Once(store, secrets);
    this.store = store;
    this.audit = audit;
    var sessions = new ConsoleSessions(store, hub);
    doorkeeper = new Doorkeeper(store, sessions);
    signPages =
        new SignPages(
            store, hub, principals, credentials, sessions, doorkeeper, pages, languages, audit);
    routes.addAll(signPages.routes());
    routes.add(
        new Route(
            "GET",
            "/assets/{file}",
            request -> assets.find(request).orElseGet(() -> pages.missing(request)),
            pages));
    add(signPages);
  }

  /// Adds a group of pages; those in the navigation stand there in this order.
  public Console with(Section section) {
    add(section);
    return this;
  }

  private void add(Section section) {
    sections.add(section);
    section.scripts().stream().filter(s -> !s.equals("chart")).forEach(assets::addScript);
    section.addTo(new Collected(section));
  }

  /// All pages, and the files that they need.
  public List<Route> routes() {
    var all = new ArrayList<>(routes);
    sections.stream()
        .filter(Section::isInNavigation)
        .findFirst()
        .ifPresent(first -> {
          var path = ROOT + "/" + first.name();
          all.add(new Route("GET", ROOT, _ -> Pages.redirect(path), pages));
          all.add(new Route("GET", "/", _ -> Pages.redirect(ROOT), pages));
        });
    return all;
  }

  /// Makes the pages that stand outside the console in the same form.
  public Pages pages() {
    return pages;
  }

  /// Whether a path without a route is to be answered as one of ours.
  public static boolean covers(String path) {
    return path.equals(ROOT) || path.startsWith(ROOT + "/") || path.startsWith("/assets/");
  }

  private final class Collected implements Section.Paths {
    private final Section section;
    private final Languages words;

    Collected(Section section) {
      this.section = section;
      this.words = languages.within(section.name());
    }

    @Override
    public void get(String path, Permission needed, Section.Page page) {
      add("GET", path, request -> answer(request, path, needed, page));
    }

    @Override
    public void post(String path, Permission needed, Section.Page page) {
      add("POST", path, request -> take(request, path, needed, page));
    }

    @Override
    public void live(String path, Permission needed, Section.Concern concern, Section.Part part) {
      add(
          "GET",
          path,
          request -> {
            var guest = doorkeeper.find(request);
            if (guest.isEmpty()) {
              return pages.note(request, 401, "refused.signed");
            }
            var visit = visit(request, guest.get(), null);
            if (!visit.may(needed)) {
              return visit.notAllowed();
            }
            if (part.render(visit).isEmpty()) {
              return visit.missing();
            }
            return new Reply.Stream(
                List.of(Pages.NO_REFERRER),
                sink -> stream(request, guest.get(), concern, part, sink));
          });
    }

    private void add(String method, String path, dev.porchlight.web.Handler handler) {
      routes.add(Route.confidential(method, ROOT + path, handler, pages));
    }

    private Reply answer(Request request, String path, Permission needed, Section.Page page)
        throws Exception {
      var guest = doorkeeper.find(request);
      if (guest.isEmpty()) {
        return signInFirst(request);
      }
      var visit = visit(request, guest.get(), null);
      if (!visit.may(needed)) {
        return visit.notAllowed();
      }
      var reply = page.answer(visit);
      if (reply.status() == 200) {
        if (path.contains("{id}")) {
          visit.shows(path, visit.path("id"));
        }
        visit
            .shown()
            .forEach((id, route) ->
                audit.looked(
                    visit.principal().id(),
                    "GET " + ROOT + route,
                    id,
                    request.peer().getHostAddress()));
      }
      return reply;
    }

    private Reply take(Request request, String path, Permission needed, Section.Page page)
        throws Exception {
      var guest = doorkeeper.find(request);
      if (guest.isEmpty()) {
        return pages.note(request, 401, "refused.signed");
      }
      var body = request.body(Form.LONGEST, PATIENCE);
      var form = Form.of(body);
      var visit = visit(request, guest.get(), form);
      if (!Doorkeeper.isOurs(request, form)) {
        return pages.note(403, visit.frame(), "refused.form");
      }
      if (!visit.may(needed)) {
        return visit.notAllowed();
      }
      return form.text(ONCE).isEmpty()
          ? act(visit, path, page)
          : once.answer(
                  visit.principal().id(),
                  Tokens.hash(
                      Doorkeeper.csrf(request)
                          + request.path()
                          + "\n"
                          + new String(body, StandardCharsets.ISO_8859_1)),
                  () -> act(visit, path, page))
              .orElseGet(() -> pages.note(409, visit.frame(), "refused.again"));
    }

    private Reply act(Visit visit, String path, Section.Page page) throws Exception {
      var reply = page.answer(visit);
      if (reply.status() < 400 && !visit.isUndone()) {
        audit.did(
            visit.principal().id(),
            "POST " + ROOT + path + set(path, visit),
            path.contains("{id}") ? visit.path("id") : "",
            visit.request().peer().getHostAddress());
      }
      return reply;
    }

    /// What was set, as far as the audit may have it.
    private static String set(String path, Visit visit) {
      var what = visit.did().isEmpty() ? to(path, visit.form()) : visit.did();
      return what.isEmpty() ? "" : Deed.ARROW + what;
    }

    /// Who has it now, or what they are, where a form says so; and of what is new, what it is.
    private static String to(String path, Form form) {
      if (path.endsWith("/{id}/reassign") || path.endsWith("/{id}/owner")) {
        return form.text("owner");
      }
      if (path.endsWith("/{id}/role")) {
        return form.text("role");
      }
      if (path.contains("{id}")) {
        return "";
      }
      var sent = Json.object();
      for (var name : List.of("kind", "name", "node")) {
        if (!form.text(name).isEmpty()) {
          sent.put(name, form.text(name));
        }
      }
      return Told.of(sent, true, path.endsWith("/nodes") && Told.namesPerson(sent, ""));
    }

    private Visit visit(Request request, Visit.Guest guest, @Nullable Form form) {
      var name = guest.member().name();
      var texts = words.of(request, store.settings(), guest.member().id());
      var done =
          request
              .queryValue(Pages.DONE)
              .filter(k -> k.length() < 60 && texts.has("done." + k))
              .map(k -> texts.of("done." + k))
              .orElse("");
      var signed =
          new Frame.Signed(
              Clean.line(name),
              texts.of("role." + guest.role().kind().word()),
              Doorkeeper.csrf(request),
              places(guest, texts, request.path()),
              request.path(),
              done);
      var frame = pages.frame(texts, SignPages.theme(request), false, section.scripts(), signed);
      return new Visit(request, guest, frame, pages, store.now(), form);
    }

    /// Sends how the part stands, at first and whenever the log has a new line that concerns it,
    /// until the reader goes or may not see it any more.
    private void stream(
        Request request,
        Visit.Guest guest,
        Section.Concern concern,
        Section.Part part,
        Reply.Sink sink)
        throws IOException, InterruptedException {
      var changed = new Semaphore(1);
      var first = visit(request, guest, null);
      Consumer<List<LogEntry>> listener =
          lines -> {
            if (changed.availablePermits() == 0
                && lines.stream().anyMatch(l -> concern.isMet(first, l))) {
              changed.release();
            }
          };
      var following = store.follow(listener);
      try {
        while (sink.isOpen()) {
          boolean news = changed.tryAcquire(PING_SECONDS, TimeUnit.SECONDS);
          var still = doorkeeper.again(guest);
          if (still.isEmpty()) {
            return;
          }
          if (!news) {
            sink.ping();
            continue;
          }
          long begun = System.nanoTime();
          var html = part.render(visit(request, still.get(), null));
          if (html.isEmpty()) {
            return;
          }
          sink.send(Pages.PART, html.get());
          long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
          Thread.sleep(Math.clamp(took * 5, BREATH_MILLIS, LONGEST_BREATH_MILLIS));
        }
      } catch (StoreUnavailableException e) {
        // The hub stops in the middle of a look, or can't look at all: the reader will come back.
        LOG.debug("The news of {} ended", request.path(), e);
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("a part of a page could not be made", e);
      } finally {
        close(following);
      }
    }
  }

  private static void close(AutoCloseable following) {
    try {
      following.close();
    } catch (Exception e) {
      throw new IllegalStateException("following could not be ended", e);
    }
  }

  private List<Frame.Place> places(Visit.Guest guest, Texts texts, String here) {
    return sections.stream()
        .filter(Section::isInNavigation)
        .filter(s -> guest.principal().permission().includes(s.needed()))
        .filter(s -> s.isFor(guest.role().kind()))
        .map(s -> {
          var path = ROOT + "/" + s.name();
          return new Frame.Place(
              path, texts.of("nav." + s.name()), here.equals(path) || here.startsWith(path + "/"));
        })
        .toList();
  }

  /// Leads to where one signs in, and from there back.
  private static Reply signInFirst(Request request) {
    var back = request.path() + (request.rawQuery().isEmpty() ? "" : "?" + request.rawQuery());
    var path = SignPages.SIGN_IN + "?next=" + URLEncoder.encode(back, StandardCharsets.UTF_8);
    // A script that asked for a part must not put the whole page there.
    return request.header("HX-Request").isPresent()
        ? new Reply.Full(401, List.of(), "", new byte[0]).with("HX-Redirect", path)
        : Pages.redirect(path);
  }
}
