package dev.porchlight.console;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.ConsoleSessions;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principal;
import dev.porchlight.account.Node;
import dev.porchlight.account.Scope;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request of somebody who is signed in, with what a page needs of it. For the one thread that
/// answers it.
public final class Visit {
  /// Who is signed in.
  record Guest(
      Node member, ConsoleRole role, Principal principal, ConsoleSessions.Session session) {}

  private static final ZoneId UTC = ZoneId.of("UTC");

  private final Request request;
  private final Guest guest;
  private final Frame frame;
  private final Pages pages;
  private final Instant now;
  private final @Nullable Form form;
  private boolean undone;
  private String did = "";
  private final Map<String, String> shown = new LinkedHashMap<>();

  Visit(Request request, Guest guest, Frame frame, Pages pages, Instant now, @Nullable Form form) {
    this.request = request;
    this.guest = guest;
    this.frame = frame;
    this.pages = pages;
    this.now = now;
    this.form = form;
  }

  public Request request() {
    return request;
  }

  Guest guest() {
    return guest;
  }

  /// Who is signed in.
  public Node member() {
    return guest.member();
  }

  /// Who acts, for the log.
  public Principal principal() {
    return guest.principal();
  }

  /// What they may see; each query takes it.
  public Scope scope() {
    return guest.principal().scope();
  }

  /// Whether they may do that, so that a page shows no button that would be refused.
  public boolean may(Permission permission) {
    return guest.principal().permission().includes(permission);
  }

  public Texts texts() {
    return frame.texts();
  }

  public Frame frame() {
    return frame;
  }

  /// The hub's time when the request came.
  public Instant now() {
    return now;
  }

  public Time time(Instant at) {
    return frame.texts().time(at, now);
  }

  public String path(String name) {
    return request.pathVariable(name);
  }

  /// A parameter of the address without blanks around it; empty when there is none, or it is blank.
  /// No text that is kept has a NUL, and PostgreSQL can't even be asked for one.
  public Optional<String> query(String name) {
    return request.queryValue(name).map(v -> v.replace("\0", "").strip()).filter(v -> !v.isEmpty());
  }

  /// The zone in which a form's times are: the reader's, where their browser says it, else UTC.
  public ZoneId zone() {
    try {
      return query("zone").map(ZoneId::of).orElse(UTC);
    } catch (DateTimeException _) {
      return UTC;
    }
  }

  /// A time in the address as a browser's field for times gives it, in the reader's zone; empty for
  /// anything else.
  public Optional<Instant> moment(String name) {
    try {
      return query(name)
          .map(LocalDateTime::parse)
          .filter(t -> t.getYear() >= 0 && t.getYear() <= 9999)
          .map(t -> t.atZone(zone()).toInstant());
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /// What a form was filled with.
  ///
  /// @throws IllegalStateException for a request without one
  public Form form() {
    return Objects.requireNonNull(form, "only what is posted has a form");
  }

  /// What was posted; empty for a request without a form.
  public Optional<Form> posted() {
    return Optional.ofNullable(form);
  }

  /// A page of a template that takes `frame` and `view`.
  public Reply.Full page(String template, Object view) {
    return pages.own(200, template, frame, view);
  }

  /// The page of something, after a form on it was taken or refused.
  public Reply.Full shown(String template, Object view) {
    return form == null || form.isFine() ? page(template, view) : refused(template, view);
  }

  /// The same after a form that can't be taken as it was filled: to be shown again, with what is
  /// wrong beside each field.
  public Reply.Full refused(String template, Object view) {
    return pages.own(422, template, frame, view);
  }

  /// The same where what was asked for is not there, or nothing that they may see.
  public Reply.Full missing(String template, Object view) {
    return pages.own(404, template, frame, view);
  }

  /// A part of a page.
  public String part(String template, Object view) {
    return pages.render(template, frame, view);
  }

  /// Leads on to a page after something was done.
  ///
  /// @param path below `/console`
  /// @param key of the sentence that says so, without its `done.`
  public Reply.Full done(String path, String key) {
    if (!frame.texts().has("done." + key)) {
      throw new IllegalArgumentException("no text for done." + key);
    }
    return Pages.redirect(
        Console.ROOT
            + path
            + (path.contains("?") ? "&" : "?")
            + Pages.DONE
            + "="
            + URLEncoder.encode(key, StandardCharsets.UTF_8));
  }

  /// The same where nothing was done, which the audit does not have then.
  public Reply.Full undone(String path, String key) {
    undone = true;
    return done(path, key);
  }

  /// Says that a page shows a person by something else than what its address names, for the audit.
  ///
  /// @param route of the page of what is shown, such as `/leads/{id}`
  public void shows(String route, String id) {
    shown.put(id, route);
  }

  /// Says what was set, for the audit.
  void did(String what) {
    did = what.isEmpty() || did.isEmpty() ? did + what : did + ", " + what;
  }

  /// What was set; empty where nothing was said of it.
  String did() {
    return did;
  }

  /// The pages of what is shown, by its id.
  Map<String, String> shown() {
    return shown;
  }

  boolean isUndone() {
    return undone;
  }

  /// There is nothing at this address, or nothing that they may see.
  public Reply.Full missing() {
    return pages.missing(frame);
  }

  /// They may not do that.
  public Reply.Full notAllowed() {
    return pages.note(403, frame, "refused.role");
  }
}
