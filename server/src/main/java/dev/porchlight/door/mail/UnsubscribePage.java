package dev.porchlight.door.mail;

import dev.porchlight.access.MailMarks;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Language;
import dev.porchlight.value.Wording;
import dev.porchlight.watch.FeedOptOut;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/unsubscribe/{mark}`: where the link in a mail about listings leads.
///
/// Opening it changes nothing, as machines open links before people do; its button does, and so
/// does a mail program's one click (RFC 8058), which posts without a page. Whoever has the mail may
/// end it, and can do nothing else here.
public final class UnsubscribePage implements Route.Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(UnsubscribePage.class);
  private static final String PATH = "/unsubscribe/{mark}";
  private static final int MAX_BODY = 4096;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, "dev.porchlight.console");
  private final Store store;
  private final MailMarks marks;

  public UnsubscribePage(Store store, MailMarks marks) {
    this.store = store;
    this.marks = marks;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", PATH, this::ask, this), new Route("POST", PATH, this::end, this));
  }

  private Reply ask(Request request) {
    return marks.holder(request.pathVariable("mark")).isPresent()
        ? page(request, 200, "end.ask", true)
        : unknown(request);
  }

  private Reply end(Request request) throws BodyException, IOException {
    request.body(MAX_BODY, PATIENCE);
    var holder = marks.holder(request.pathVariable("mark"));
    if (holder.isEmpty()) {
      return unknown(request);
    }
    store.write(
        WorkQueue.EDITS,
        batch -> {
          if (Persons.findContact(batch, holder.get()).isPresent()
              || Nodes.in(batch.settings()).find(holder.get()).isPresent()) {
            FeedOptOut.put(batch, holder.get());
          }
          return true;
        });
    return page(request, 200, "end.done", false);
  }

  private Reply unknown(Request request) {
    return page(request, 404, "end.unknown", false);
  }

  /// @param key of what it says, without its `.title` and `.text`
  private Reply.Full page(
      Request request, int status, String key, boolean button, Object... values) {
    var t =
        Wording.of(
            "dev.porchlight.door.pages",
            Language.wished(request.header("Accept-Language").orElse("")));
    var out = new StringOutput();
    templates.render(
        "unsubscribe.jte",
        Map.of(
            "t",
            t,
            "title",
            t.text(key + ".title"),
            "text",
            t.text(key + ".text", values),
            "button",
            button),
        out);
    return Reply.of(
            status, "text/html; charset=utf-8", out.toString().getBytes(StandardCharsets.UTF_8))
        .with(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
        .with("X-Frame-Options", "DENY")
        .with("Referrer-Policy", "no-referrer")
        .with("Content-Language", t.language())
        .with("Vary", "Accept-Language")
        .with("Cache-Control", "no-store");
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return page(request, 405, "method", false).with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case BodyException e -> page(request, e.why().status(), "whole", false);
      case BusyException _ -> later(request, "1");
      case StoreUnavailableException _ -> later(request, "5");
      default -> {
        LOG.error("Request {} failed", request.id(), thrown);
        yield page(request, 500, "defect", false, request.id());
      }
    };
  }

  private Reply.Full later(Request request, String seconds) {
    return page(request, 503, "busy", false).with("Retry-After", seconds);
  }

  @Override
  public Reply notConfidential(Request request) {
    return page(request, 403, "https", false);
  }
}
