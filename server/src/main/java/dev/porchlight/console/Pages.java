package dev.porchlight.console;

import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Makes pages of templates, refusals among them, all with the headers that keep them harmless.
final class Pages implements Route.Refusals {
  /// No inline script or style, nothing from elsewhere, in nobody's frame.
  static final String POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

  /// The address of a page may hold what opens it, and must not be told to others.
  static final Map.Entry<String, String> NO_REFERRER = Map.entry("Referrer-Policy", "no-referrer");

  private static final List<Map.Entry<String, String>> HEADERS =
      List.of(
          Map.entry("Content-Security-Policy", POLICY),
          NO_REFERRER,
          Map.entry("Cache-Control", "no-store"));

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, Pages.class.getPackageName());
  private final Texts texts;
  private final Assets assets;

  Pages(Texts texts, Assets assets) {
    this.texts = texts;
    this.assets = assets;
  }

  /// What every page's frame needs.
  record Frame(Texts texts, String style, String script, String mark, boolean live) {}

  /// The page of one lead, or the part of it that changes.
  record LeadView(Frame frame, Story story) {}

  /// A page that says one thing.
  record Note(Frame frame, String title, String text) {}

  private Frame frame(boolean live) {
    return new Frame(texts, assets.style(), assets.script(), assets.mark(), live);
  }

  Reply.Full lead(Story story) {
    return page(200, render("lead.jte", new LeadView(frame(true), story)));
  }

  /// The part of a lead's page that is sent anew whenever something happens.
  String story(Story story) {
    return render("story.jte", new LeadView(frame(true), story));
  }

  /// Tells a visitor without a valid pass nothing but that.
  Reply.Full unauthenticated() {
    return note(401, "refused.link").with("WWW-Authenticate", "Bearer");
  }

  Reply.Full missing() {
    return note(404, "refused.missing");
  }

  private Reply.Full note(int status, String key) {
    var note = new Note(frame(false), texts.of(key + ".title"), texts.of(key + ".text"));
    return page(status, render("note.jte", note));
  }

  private String render(String template, Object value) {
    var out = new StringOutput();
    templates.render(template, value, out);
    return out.toString();
  }

  private static Reply.Full page(int status, String html) {
    return new Reply.Full(
        status, HEADERS, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return note(405, "refused.method").with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notFound(Request request) {
    return missing();
  }

  @Override
  public Reply notConfidential(Request request) {
    return note(403, "refused.plain");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case BodyException e -> note(e.why().status(), "refused.body");
      case BusyException _ -> note(503, "refused.busy").with("Retry-After", "1");
      case StoreUnavailableException _ -> note(503, "refused.busy").with("Retry-After", "5");
      default -> {
        var note =
            new Note(
                frame(false),
                texts.of("refused.defect.title"),
                texts.of("refused.defect.text", request.id()));
        yield page(500, render("note.jte", note));
      }
    };
  }
}
