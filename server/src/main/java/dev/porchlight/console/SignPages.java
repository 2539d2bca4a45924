package dev.porchlight.console;

import dev.porchlight.access.Audit;
import dev.porchlight.access.ConsoleLanguage;
import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.ConsoleSessions;
import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MemberPasswords;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.sign.Passwords;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signing in and out, the first administrator, and what belongs to whoever is signed in: their
/// sessions, their password, light or dark.
final class SignPages implements Section {
  static final String SIGN_IN = Console.ROOT + "/sign-in";
  private static final String ENTER = Console.ROOT + "/enter";
  private static final String LANGUAGE = Console.ROOT + "/language";
  private static final String FIRST = Console.ROOT + "/first";
  private static final Logger LOG = LoggerFactory.getLogger(SignPages.class);
  private static final String THEME = "porchlight_theme";
  private static final Duration THEME_KEPT = Duration.ofDays(365);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern EMAIL = Pattern.compile("[^\\s@]{1,64}@[^\\s@]{1,255}");

  /// Where one may be led after signing in: a page of the console, and nowhere else.
  private static final Pattern NEXT =
      Pattern.compile(Console.ROOT + "(/[A-Za-z0-9._~%-]++)*+(\\?[A-Za-z0-9._~%&=+*:-]*)?");

  /// Who acts before anybody has signed in.
  private static final String NOBODY = "nobody";

  /// What the audit has behind the route of an entry that was refused.
  private static final String REFUSED = "/refused";

  private final Store store;
  private final int hub;
  private final Principals principals;
  private final Credentials credentials;
  private final ConsoleSessions sessions;
  private final MemberPasswords passwords;
  private final Doorkeeper doorkeeper;
  private final Pages pages;
  private final Languages languages;
  private final Audit audit;
  private final SignInPace pace = new SignInPace();

  SignPages(
      Store store,
      int hub,
      Principals principals,
      Credentials credentials,
      ConsoleSessions sessions,
      Doorkeeper doorkeeper,
      Pages pages,
      Languages languages,
      Audit audit) {
    this.store = store;
    this.hub = hub;
    this.principals = principals;
    this.credentials = credentials;
    this.sessions = sessions;
    this.passwords = new MemberPasswords(store);
    this.doorkeeper = doorkeeper;
    this.pages = pages;
    this.languages = languages;
    this.audit = audit;
  }

  /// A page before signing in.
  ///
  /// @param trouble what went wrong, as a sentence; else empty
  /// @param csrf what the form sends with it
  /// @param next where one is led then
  /// @param bare whether nobody can sign in yet
  record View(String trouble, String csrf, String next, boolean bare, List<Form.Field> fields) {}

  /// @param token of the link
  record Enter(String name, String csrf, String token) {}

  /// @param email by which they sign in, for who keeps their passwords
  /// @param sessions where somebody is signed in
  /// @param language what they chose; empty for what the browser asks for
  record Account(String email, List<Signed> sessions, List<Form.Field> fields, String language) {}

  /// One session.
  record Signed(String client, String address, Time used, Time begun, boolean here) {}

  @Override
  public String name() {
    return "me";
  }

  @Override
  public boolean isInNavigation() {
    return false;
  }

  List<Route> routes() {
    return List.of(
        Route.confidential("GET", SIGN_IN, this::show, pages),
        Route.confidential("POST", SIGN_IN, this::signIn, pages),
        Route.confidential("POST", LANGUAGE, this::chooseBefore, pages),
        Route.confidential("GET", ENTER, this::showEnter, pages),
        Route.confidential("POST", ENTER, this::enter, pages),
        Route.confidential("GET", FIRST, this::showFirst, pages),
        Route.confidential("POST", FIRST, this::makeFirst, pages));
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/me", Permission.READ, this::account);
    paths.post("/me/password", Permission.READ, this::changePassword);
    paths.post("/me/theme", Permission.READ, this::changeTheme);
    paths.post("/me/language", Permission.READ, this::changeLanguage);
    paths.post("/sign-out", Permission.READ, this::signOut);
    paths.post("/sign-out-everywhere", Permission.READ, this::signOutEverywhere);
  }

  static String theme(Request request) {
    return Cookies.find(request, THEME)
        .filter(t -> t.equals("light") || t.equals("dark"))
        .orElse("");
  }

  private Frame frame(Request request) {
    return pages.frame(languages.of(request), theme(request), false, List.of(), null);
  }

  private static String next(Optional<String> asked) {
    return asked.filter(n -> NEXT.matcher(n).matches()).orElse(Console.ROOT);
  }

  private Reply show(Request request) {
    var next = next(request.queryValue("next"));
    return doorkeeper.find(request).isPresent()
        ? Pages.redirect(next)
        : signInPage(request, 200, Form.empty(), next, "");
  }

  private Reply.Full signInPage(
      Request request, int status, Form form, String next, String trouble) {
    var texts = languages.of(request);
    var fields =
        List.of(
            form.field("name", texts.of("sign.name")).fill("username").longest(254).needed(),
            form.field("password", texts.of("sign.password"))
                .type("password")
                .fill("current-password")
                .longest(Passwords.LONGEST)
                .needed());
    return open(request, status, "sign-in.jte", fields, next, trouble);
  }

  private Reply.Full open(
      Request request,
      int status,
      String template,
      List<Form.Field> fields,
      String next,
      String trouble) {
    var secret = Doorkeeper.formSecret(request);
    var view =
        new View(
            trouble,
            Doorkeeper.formToken(secret),
            next,
            !ConsoleRole.isSetUp(store.settings()),
            fields);
    return pages
        .own(status, template, frame(request), view)
        .with("Set-Cookie", Doorkeeper.formCookie(request, secret));
  }

  private Reply signIn(Request request) throws Exception {
    var texts = languages.of(request);
    var form = Form.of(request.body(Form.LONGEST, PATIENCE));
    var next = next(Optional.of(form.text("next")));
    if (!Doorkeeper.isOursBefore(request, form)) {
      return signInPage(request, 403, form, next, texts.of("sign.old"));
    }
    var name = form.text("name");
    var address = request.peer().getHostAddress();
    int wait = pace.wait(address, name, store.now());
    if (wait > 0) {
      return signInPage(request, 429, form, next, texts.of("sign.wait", wait))
          .with("Retry-After", Integer.toString(wait));
    }
    var member =
        passwords
            .find(name, form.raw("password"))
            .filter(m -> ConsoleRole.find(store.settings(), m.id()).isPresent());
    if (member.isEmpty()) {
      pace.failed(address, name, store.now());
      LOG.info("A wrong name or password at the console from {}", address);
      audit.did(NOBODY, "POST " + SIGN_IN + REFUSED, named(name), address);
      return signInPage(request, 401, form, next, texts.of("sign.wrong"));
    }
    pace.passed(address, name);
    return in(request, SIGN_IN, member.get().id(), next);
  }

  /// The member who has that name, for the audit; what nobody is called is not kept, as it may be a
  /// password in the wrong field.
  private String named(String name) {
    return Nodes.in(store.settings()).all().stream()
        .filter(n -> n.id().equals(name) || name.equalsIgnoreCase(n.email()))
        .findFirst()
        .map(Node::id)
        .orElse("");
  }

  private Reply.Full in(Request request, String path, String member, String next) {
    audit.did("member " + member, "POST " + path, member, request.peer().getHostAddress());
    return Pages.redirect(next).with("Set-Cookie", doorkeeper.signIn(request, member));
  }

  /// Whose link that is that signs somebody in once.
  private Optional<Credential> link(String token) {
    return credentials
        .find(Credential.Kind.SIGN_IN, token)
        .filter(c -> ConsoleRole.find(store.settings(), c.owner()).isPresent());
  }

  /// Asks for a press of a button: what only looks at addresses, such as a mail's preview, must not
  /// use the link up.
  private Reply showEnter(Request request) {
    var token = request.queryValue("token").orElse("");
    var link = link(token);
    if (link.isEmpty()) {
      return pages.note(request, 401, "refused.enter");
    }
    var secret = Doorkeeper.formSecret(request);
    var name = Nodes.in(store.settings()).get(link.get().owner()).name();
    var view = new Enter(Clean.line(name), Doorkeeper.formToken(secret), token);
    return pages
        .own(200, "sign-enter.jte", frame(request), view)
        .with("Set-Cookie", Doorkeeper.formCookie(request, secret));
  }

  private Reply enter(Request request) throws Exception {
    var form = Form.of(request.body(Form.LONGEST, PATIENCE));
    var link = link(form.text("token"));
    if (!Doorkeeper.isOursBefore(request, form) || link.isEmpty()) {
      return pages.note(request, 401, "refused.enter");
    }
    // Of two at once, one comes in.
    boolean first =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var live =
                  credentials.list(batch, Credential.Kind.SIGN_IN, link.get().owner()).stream()
                      .anyMatch(c -> c.id().equals(link.get().id()) && c.isLive(batch.now()));
              if (live) {
                credentials.end(batch, link.get(), null);
              }
              return live;
            });
    return first
        ? in(request, ENTER, link.get().owner(), Console.ROOT)
        : pages.note(request, 401, "refused.enter");
  }

  private Reply showFirst(Request request) {
    return firstPage(request, 200, Form.empty(), "");
  }

  private Reply.Full firstPage(Request request, int status, Form form, String trouble) {
    var texts = languages.of(request);
    var fields =
        List.of(
            form.field("token", texts.of("first.token"))
                .type("password")
                .hint(texts.of("first.token.hint"))
                .needed(),
            form.field("name", texts.of("first.name")).fill("name").longest(200).needed(),
            form.field("email", texts.of("first.email"))
                .type("email")
                .fill("username")
                .longest(254)
                .needed(),
            newPassword(texts, form));
    return open(request, status, "sign-first.jte", fields, Console.ROOT, trouble);
  }

  private static Form.Field newPassword(Texts texts, Form form) {
    return form.field("new_password", texts.of("first.password"))
        .type("password")
        .hint(texts.of("first.password.hint", Passwords.SHORTEST))
        .fill("new-password")
        .longest(Passwords.LONGEST)
        .needed();
  }

  private static void checkPassword(Texts texts, Form form) {
    if (!Passwords.mayBe(form.raw("new_password"))) {
      form.refuse("new_password", texts.of("sign.length", Passwords.SHORTEST, Passwords.LONGEST));
    }
  }

  /// Makes an administrator of the whole hub, for whoever has the administrator's token; where a
  /// member has that address already, of that one.
  private Reply makeFirst(Request request) throws Exception {
    var texts = languages.of(request);
    var form = Form.of(request.body(Form.LONGEST, PATIENCE));
    if (!Doorkeeper.isOursBefore(request, form)) {
      return firstPage(request, 403, form, texts.of("sign.old"));
    }
    var address = request.peer().getHostAddress();
    int wait = pace.wait(address, "", store.now());
    if (wait > 0) {
      return firstPage(request, 429, form, texts.of("sign.wait", wait))
          .with("Retry-After", Integer.toString(wait));
    }
    var allowed =
        principals
            .find(form.text("token"))
            .filter(p -> p.permission() == Permission.ADMIN && p.scope().everything());
    if (allowed.isEmpty()) {
      pace.failed(address, "", store.now());
      audit.did(NOBODY, "POST " + FIRST + REFUSED, "", address);
      LOG.info("A wrong token where the console is set up, from {}", address);
      return firstPage(request, 401, form, texts.of("first.wrong"));
    }
    pace.passed(address, "");
    var name = form.text("name");
    var email = form.text("email").toLowerCase(Locale.ROOT);
    if (name.isEmpty() || name.length() > 200) {
      form.refuse("name", texts.of("first.name.missing"));
    }
    if (!EMAIL.matcher(email).matches()) {
      form.refuse("email", texts.of("first.email.missing"));
    }
    checkPassword(texts, form);
    if (!form.isFine()) {
      return firstPage(request, 422, form, "");
    }
    return in(
        request, FIRST, makeAdministrator(name, email, form.raw("new_password")), Console.ROOT);
  }

  private String makeAdministrator(String name, String email, String password) {
    var hash = Passwords.hash(password);
    var id = Draw.fresh(store.now(), hub).digits();
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var nodes = Nodes.in(batch.settings());
          var there =
              nodes.all().stream()
                  .filter(n ->
                      n.kind() == Node.Kind.MEMBER
                          && !n.isEnded()
                          && email.equalsIgnoreCase(n.email()))
                  .map(Node::id)
                  .toList();
          // Others may have the address as well; it is the administrator's who has it first.
          var member =
              there.stream()
                  .filter(n -> isChief(batch, n))
                  .findFirst()
                  .or(() ->
                      there.stream().filter(n -> MemberPasswords.canSignIn(batch, n)).findFirst())
                  .or(() -> there.size() == 1 ? Optional.of(there.getFirst()) : Optional.empty())
                  .orElse(id);
          if (member.equals(id)) {
            Nodes.put(
                batch,
                new Node(id, Node.Kind.MEMBER, nodes.defaultOffice().id(), name, email, null));
          }
          // A link that an office's administrator made would open the whole hub.
          credentials.list(batch, Credential.Kind.SIGN_IN, member).stream()
              .filter(c -> c.isLive(batch.now()))
              .forEach(c -> credentials.end(batch, c, null));
          MemberPasswords.set(batch, member, hash);
          new ConsoleRole(member, ConsoleRole.Kind.ADMINISTRATOR, null).put(batch);
          return member;
        });
  }

  private static boolean isChief(Batch batch, String member) {
    return ConsoleRole.find(batch.settings(), member)
        .filter(r -> r.kind() == ConsoleRole.Kind.ADMINISTRATOR && r.node() == null)
        .isPresent();
  }

  private Reply account(Visit visit) {
    return visit.page("sign-account.jte", account(visit, Form.empty()));
  }

  private Account account(Visit visit, Form form) {
    var texts = visit.texts();
    var here = visit.guest().session();
    return new Account(
        Objects.requireNonNullElse(visit.member().email(), ""),
        sessions.list(visit.member().id()).stream()
            .map(s ->
                new Signed(
                    Clean.line(s.client()),
                    s.address(),
                    visit.time(s.usedAt()),
                    visit.time(s.createdAt()),
                    s.id().equals(here.id())))
            .toList(),
        List.of(
            form.field("password", texts.of("me.password.old"))
                .type("password")
                .fill("current-password")
                .longest(Passwords.LONGEST)
                .needed(),
            newPassword(texts, form)),
        ConsoleLanguage.find(store.settings(), visit.member().id()).orElse(""));
  }

  private Reply changePassword(Visit visit) {
    var texts = visit.texts();
    var form = visit.form();
    var address = visit.request().peer().getHostAddress();
    var member = visit.member().id();
    int wait = pace.wait(address, member, visit.now());
    if (wait > 0) {
      form.refuse("password", texts.of("sign.wait", wait));
    } else if (passwords.find(member, form.raw("password")).isEmpty()) {
      pace.failed(address, member, visit.now());
      form.refuse("password", texts.of("me.password.wrong"));
    } else {
      pace.passed(address, member);
    }
    checkPassword(texts, form);
    if (!form.isFine()) {
      return visit.refused("sign-account.jte", account(visit, form));
    }
    var hash = Passwords.hash(form.raw("new_password"));
    store.write(
        WorkQueue.EDITS,
        batch -> {
          MemberPasswords.set(batch, member, hash);
          return true;
        });
    return visit
        .done("/me", "password")
        .with("Set-Cookie", doorkeeper.signIn(visit.request(), member));
  }

  private Reply changeTheme(Visit visit) {
    var theme = visit.form().text("theme");
    var kept = theme.equals("light") || theme.equals("dark");
    return Pages.redirect(next(Optional.of(visit.form().text("next"))))
        .with(
            "Set-Cookie",
            Cookies.set(
                visit.request(), THEME, kept ? theme : "", kept ? THEME_KEPT : Duration.ZERO));
  }

  /// Keeps the choice with the member, for all browsers, and in this one, for its page of signing
  /// in.
  private Reply changeLanguage(Visit visit) {
    var asked = visit.form().text("language");
    var chosen = Languages.isOffered(asked) ? asked : null;
    store.write(
        WorkQueue.EDITS,
        batch -> {
          ConsoleLanguage.choose(batch, visit.member().id(), chosen);
          return true;
        });
    return visit
        .done("/me", "language")
        .with("Set-Cookie", Languages.cookie(visit.request(), chosen));
  }

  /// Keeps the choice of somebody who is not signed in, in their browser.
  private Reply chooseBefore(Request request) throws Exception {
    var form = Form.of(request.body(Form.LONGEST, PATIENCE));
    var asked = form.text("language");
    var back =
        Pages.redirect(
            SIGN_IN
                + "?next="
                + URLEncoder.encode(next(Optional.of(form.text("next"))), StandardCharsets.UTF_8));
    return Doorkeeper.isOursBefore(request, form) && Languages.isOffered(asked)
        ? back.with("Set-Cookie", Languages.cookie(request, asked))
        : back;
  }

  private Reply signOut(Visit visit) {
    sessions.end(visit.guest().session());
    return Pages.redirect(SIGN_IN).with("Set-Cookie", Doorkeeper.signedOut(visit.request()));
  }

  private Reply signOutEverywhere(Visit visit) {
    sessions.endAll(visit.member().id());
    return Pages.redirect(SIGN_IN).with("Set-Cookie", Doorkeeper.signedOut(visit.request()));
  }
}
