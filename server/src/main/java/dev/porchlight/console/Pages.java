package dev.porchlight.console;

import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes pages of templates, refusals among them, all with the headers that keep them harmless. May
/// be shared by threads.
public final class Pages implements Route.Refusals {
  /// No inline script or style, nothing from elsewhere, in nobody's frame.
  static final String POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

  /// The address of a page may hold what opens it, and must not be told to others.
  public static final Map.Entry<String, String> NO_REFERRER =
      Map.entry("Referrer-Policy", "no-referrer");

  /// The event by which the live part of a page comes anew.
  public static final String PART = "part";

  /// The parameter of an address that says what has just been done.
  static final String DONE = "done";

  /// Pages with forms: by `no-referrer` browsers would say of a form that it comes from nowhere.
  private static final Map.Entry<String, String> OWN_REFERRER =
      Map.entry("Referrer-Policy", "same-origin");

  private static final List<Map.Entry<String, String>> HEADERS = headers(NO_REFERRER);
  private static final List<Map.Entry<String, String>> OWN_HEADERS = headers(OWN_REFERRER);

  private static List<Map.Entry<String, String>> headers(Map.Entry<String, String> referrer) {
    return List.of(
        Map.entry("Content-Security-Policy", POLICY),
        referrer,
        Map.entry("Cross-Origin-Opener-Policy", "same-origin"),
        Map.entry("Cache-Control", "no-store"),
        Map.entry("Vary", "Accept-Language, Cookie"));
  }

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, Pages.class.getPackageName());
  private final Languages languages;
  private final Assets assets;

  Pages(Languages languages, Assets assets) {
    this.languages = languages;
    this.assets = assets;
  }

  /// A page that says one thing.
  record Note(String title, String text) {}

  /// The frame of a page that is open to whoever has its link.
  public Frame open(Request request, boolean live) {
    return frame(languages.of(request), "", live, List.of(), null);
  }

  Frame frame(
      Texts words,
      String theme,
      boolean live,
      List<String> scripts,
      Frame.@Nullable Signed signed) {
    var all = new ArrayList<String>();
    if (signed != null) {
      all.add(assets.path("htmx.js"));
    }
    if (live || signed != null) {
      all.add(assets.path("console.js"));
    }
    scripts.forEach(s -> all.add(assets.path(s + ".js")));
    return new Frame(
        words, assets.path("console.css"), all, assets.path("mark.svg"), theme, live, signed);
  }

  /// A template that takes `frame` and `view`, filled.
  public String render(String template, Frame frame, Object view) {
    var out = new StringOutput();
    templates.render(template, Map.of("frame", frame, "view", view), out);
    return out.toString();
  }

  /// A whole page.
  public Reply.Full page(int status, String template, Frame frame, Object view) {
    return whole(status, HEADERS, template, frame, view);
  }

  /// A whole page whose forms come back to us.
  Reply.Full own(int status, String template, Frame frame, Object view) {
    return whole(status, OWN_HEADERS, template, frame, view);
  }

  private Reply.Full whole(
      int status,
      List<Map.Entry<String, String>> headers,
      String template,
      Frame frame,
      Object view) {
    return new Reply.Full(
            status,
            headers,
            "text/html; charset=utf-8",
            render(template, frame, view).getBytes(StandardCharsets.UTF_8))
        .with("Content-Language", frame.texts().language());
  }

  static Reply.Full redirect(String path) {
    return new Reply.Full(303, HEADERS, "", new byte[0]).with("Location", path);
  }

  /// Tells a visitor without a valid pass nothing but that.
  public Reply.Full unauthenticated(Request request) {
    return note(request, 401, "refused.link").with("WWW-Authenticate", "Bearer");
  }

  public Reply.Full missing(Request request) {
    return note(request, 404, "refused.missing");
  }

  Reply.Full missing(Frame frame) {
    return note(404, frame, "refused.missing");
  }

  Reply.Full note(Request request, int status, String key) {
    return note(status, open(request, false), key);
  }

  Reply.Full note(int status, Frame frame, String key) {
    var texts = frame.texts();
    return page(
        status, "note.jte", frame, new Note(texts.of(key + ".title"), texts.of(key + ".text")));
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return note(request, 405, "refused.method").with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notFound(Request request) {
    return missing(request);
  }

  @Override
  public Optional<Reply.Full> unreadable(String path, int status) {
    // Its headers were not read, so nobody knows the reader's language.
    return Optional.of(
        note(status, frame(languages.usual(), "", false, List.of(), null), "refused.unreadable"));
  }

  @Override
  public Reply notConfidential(Request request) {
    return note(request, 403, "refused.plain");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case BodyException e -> note(request, e.why().status(), "refused.body");
      case Form.UnreadableException _ -> note(request, 400, "refused.encoding");
      case RepeatedHeaderException _ -> note(request, 400, "refused.repeated");
      case BusyException _ -> note(request, 503, "refused.busy").with("Retry-After", "1");
      case StoreUnavailableException _ ->
          note(request, 503, "refused.busy").with("Retry-After", "5");
      default -> {
        var frame = open(request, false);
        var texts = frame.texts();
        yield page(
            500,
            "note.jte",
            frame,
            new Note(
                texts.of("refused.defect.title"), texts.of("refused.defect.text", request.id())));
      }
    };
  }
}
