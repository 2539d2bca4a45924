package dev.porchlight.door.spark;

import dev.porchlight.access.RateLimits;
import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.access.spark.SparkKeys;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.person.Portal;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.sign.Passwords;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Wording;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Forms;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/auth/vow/<portal name>`: the page on which a consumer signs in at an agent's portal, or signs
/// up there, for a client to act as them.
///
/// Who signs up has proved nothing: the address they type is nobody's key, so neither do they get
/// at what is known of its owner, nor does anything that its owner sends later come to them. Where
/// the agent knows the address already, signing up is refused, and the agent sets the password.
final class PortalPage {
  private static final Logger LOG = LoggerFactory.getLogger(PortalPage.class);
  private static final String PATH = "/auth/vow/";

  /// Tries to sign in from one address in five minutes, and to sign up.
  private static final int TRIES_FROM_ONE_ADDRESS = 60;

  private static final int SIGN_UPS_FROM_ONE_ADDRESS = 10;

  private final Store store;
  private final int hub;
  private final boolean twinsByName;
  private final SparkGrants grants;
  private final PortalLogins logins;
  private final RateLimits tries;
  private final Consent pages;

  /// @param pages gives the pages their form
  PortalPage(
      Store store,
      int hub,
      boolean twinsByName,
      SparkGrants grants,
      PortalLogins logins,
      RateLimits tries,
      Consent pages) {
    this.store = store;
    this.hub = hub;
    this.twinsByName = twinsByName;
    this.grants = grants;
    this.logins = logins;
    this.tries = tries;
    this.pages = pages;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", PATH + "{portal}", this::show, pages),
        new Route("POST", PATH + "{portal}", this::decide, pages));
  }

  /// A request that is in order so far.
  ///
  /// @param challenge that the client's proof has to fit; empty where it promised none
  private record Asked(
      SparkKey key,
      Portal portal,
      String redirectUri,
      String state,
      boolean unconnected,
      String challenge) {}

  /// What is asked, or the page that says what is wrong with it.
  private sealed interface Looked {
    record Fine(Asked asked) implements Looked {}

    record Wrong(Reply.Full page) implements Looked {}
  }

  private Looked look(Request request, Map<String, List<String>> parameters) {
    var clear = pages.objectionToClear(request);
    if (clear.isPresent()) {
      return new Looked.Wrong(clear.get());
    }
    var portal = Portal.findByName(store, request.pathVariable("portal")).filter(Portal::enabled);
    if (portal.isEmpty()) {
      return new Looked.Wrong(pages.note(request, 404, "portal"));
    }
    var key =
        Consent.first(parameters, "client_id")
            .flatMap(id -> SparkKeys.in(store.settings()).findByApiKey(id))
            .filter(k -> !k.isRevoked())
            .filter(k -> k.allows(SparkKey.Way.OAUTH2) && k.role().isConsumer())
            .filter(serves(portal.get().ownerId()));
    if (key.isEmpty()) {
      return new Looked.Wrong(pages.said(request, 400, "client.title", "client.portal"));
    }
    var redirect =
        Consent.first(parameters, "redirect_uri").filter(key.get().redirectUris()::contains);
    if (redirect.isEmpty()) {
      return new Looked.Wrong(pages.note(request, 400, "return"));
    }
    var state = Consent.first(parameters, "state").orElse("");
    if (state.length() > Consent.MAX_STATE) {
      return new Looked.Wrong(pages.note(request, 400, "long", "state"));
    }
    var unconnected =
        Consent.first(parameters, "unconnected")
            .map(w -> w.strip().toLowerCase(Locale.ROOT))
            .filter(w -> !w.equals("false") && !w.equals("0"));
    // Without a value in the address it is meant; in the form that says that it is not.
    boolean meant =
        unconnected.filter(w -> !w.isEmpty() || request.method().equals("GET")).isPresent();
    return new Looked.Fine(
        new Asked(
            key.get(),
            portal.get(),
            redirect.get(),
            state,
            meant,
            Consent.first(parameters, "code_challenge").orElse("")));
  }

  /// A key serves the portals of its account, of all below that, and of where it may act.
  private Predicate<SparkKey> serves(String owner) {
    var nodes = Nodes.in(store.settings());
    return key -> {
      var account = nodes.find(key.member());
      if (account.isEmpty()) {
        return false;
      }
      var within = key.actsWithin();
      return ContactResources.owner(account.get(), nodes).equals(owner)
          || nodes.isWithin(owner, key.member())
          || within != null && nodes.isWithin(owner, within);
    };
  }

  private Reply show(Request request) {
    return switch (look(request, request.query())) {
      case Looked.Wrong(var page) -> page;
      case Looked.Fine(var asked) ->
          objection(asked, request.query())
              .<Reply>map(e -> Consent.back(asked.redirectUri(), asked.state(), "error", e))
              .orElseGet(() -> form(request, asked, Map.of(), ""));
    };
  }

  /// What is wrong with the rest of a question, in OAuth's words; empty when nothing is.
  private static Optional<String> objection(Asked asked, Map<String, List<String>> parameters) {
    if (Consent.first(parameters, "response_type").filter("code"::equals).isEmpty()) {
      return Optional.of("unsupported_response_type");
    }
    var method = Consent.first(parameters, "code_challenge_method");
    boolean promised = parameters.containsKey("code_challenge") || method.isPresent();
    // `plain`, which is what no method means, protects nobody.
    return promised
            && (method.filter("S256"::equals).isEmpty()
                || !asked.challenge().matches(Consent.CHALLENGE))
        ? Optional.of("invalid_request")
        : Optional.empty();
  }

  private Reply decide(Request request) throws BodyException, IOException {
    var form =
        Forms.decoded(
            Forms.pairs(
                new String(
                    request.body(Consent.MAX_BODY, Consent.PATIENCE), StandardCharsets.UTF_8)));
    return switch (look(request, form)) {
      case Looked.Wrong(var page) -> page;
      case Looked.Fine(var asked) -> decide(request, form, asked);
    };
  }

  private Reply decide(Request request, Map<String, List<String>> form, Asked asked) {
    if (!Consent.isOurForm(request, form)) {
      return form(request, asked, form, Consent.wording(request).text("form.old"));
    }
    if (!asked.challenge().isEmpty() && !asked.challenge().matches(Consent.CHALLENGE)) {
      return Consent.back(asked.redirectUri(), asked.state(), "error", "invalid_request");
    }
    return switch (Consent.first(form, "answer").orElse("")) {
      case "deny" -> Consent.back(asked.redirectUri(), asked.state(), "error", "access_denied");
      case "sign-up" -> signUp(request, form, asked);
      default -> signIn(request, form, asked);
    };
  }

  private Reply signIn(Request request, Map<String, List<String>> form, Asked asked) {
    var name = Consent.first(form, "username").orElse("");
    var owner = asked.portal().ownerId();
    if (!mayTry(request, "from ", TRIES_FROM_ONE_ADDRESS)
        || !GrantEndpoint.mayTry(tries, owner + " " + name, store)) {
      return form(request, asked, form, Consent.wording(request).text("form.tries"));
    }
    var person = logins.find(owner, name, Consent.first(form, "password").orElse(""));
    if (person.isEmpty()) {
      LOG.info("A wrong name or password at a portal from {}", request.peer().getHostAddress());
      return form(request, asked, form, Consent.wording(request).text("form.wrong"));
    }
    return granted(asked, person.get().contact());
  }

  private boolean mayTry(Request request, String what, int most) {
    return tries.admit(what + request.peer().getHostAddress(), most, store.now()) == 0;
  }

  private Reply granted(Asked asked, @Nullable String contact) {
    return Consent.back(
        asked.redirectUri(),
        asked.state(),
        "code",
        grants.code(
            asked.key(),
            asked.portal().ownerId(),
            contact,
            asked.redirectUri(),
            new SparkGrants.Wish("", "", asked.challenge())));
  }

  private Reply signUp(Request request, Map<String, List<String>> form, Asked asked) {
    if (!mayTry(request, "sign-up from ", SIGN_UPS_FROM_ONE_ADDRESS)) {
      return form(request, asked, form, Consent.wording(request).text("form.tries"));
    }
    var said = Json.object();
    var wanted = new ArrayList<>(asked.portal().required());
    wanted.add(ContactAttributes.DISPLAY_NAME);
    wanted.add(ContactAttributes.PRIMARY_EMAIL);
    for (var attribute : wanted) {
      var text = Consent.first(form, attribute).map(String::strip).filter(t -> !t.isEmpty());
      if (text.isEmpty()) {
        return form(
            request,
            asked,
            form,
            Consent.wording(request)
                .text("form.missing", label(Consent.wording(request), attribute)));
      }
      said.put(attribute, text.get());
    }
    var password = Consent.first(form, "password").orElse("");
    var objection = PortalWriting.objection(password);
    if (objection != null) {
      return form(request, asked, form, Consent.wording(request).text("form.password", objection));
    }
    ContactWriting.Written written;
    try {
      written = ContactWriting.read(said, ContactWriting.Kind.CREATE);
    } catch (SparkException e) {
      return form(request, asked, form, String.valueOf(e.getMessage()));
    }
    var contact = make(asked, written, Passwords.hash(password));
    return contact.isEmpty()
        ? form(request, asked, form, Consent.wording(request).text("form.taken"))
        : granted(asked, contact.get());
  }

  /// The id of the new contact; empty when the address, or the name that it would be, is taken.
  private Optional<String> make(Asked asked, ContactWriting.Written written, String hash) {
    var edit = written.edit();
    var email = edit.card() == null ? "" : String.valueOf(edit.card().primaryEmail());
    var draw = Draw.fresh(store.now(), hub);
    var owner = asked.portal().ownerId();
    var making =
        new ContactEdits.Making(
            draw,
            owner,
            !asked.unconnected(),
            edit,
            Identity.of(
                new Enquirer(
                    edit.givenName(),
                    edit.familyName(),
                    edit.displayName(),
                    null,
                    null,
                    null,
                    null),
                ContactResources.REGION));
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var name = twinsByName ? edit.displayName() : null;
          if (Persons.findTwin(batch, owner, email, name, "").isPresent()
              || PortalAccount.isTaken(batch, owner, email, "")) {
            return Optional.<String>empty();
          }
          ContactEdits.add(batch, making, "sign-up at portal " + asked.portal().id());
          PortalAccount.of(draw, draw.digits(), email)
              .withPassword(hash)
              .signedIn(batch.clock())
              .put(batch, true);
          return Optional.of(draw.digits());
        });
  }

  private static String label(Wording t, String attribute) {
    return switch (attribute) {
      case ContactAttributes.GIVEN_NAME,
          ContactAttributes.FAMILY_NAME,
          ContactAttributes.PRIMARY_PHONE,
          ContactAttributes.DISPLAY_NAME,
          ContactAttributes.PRIMARY_EMAIL,
          "HomeStreetAddress",
          "HomeLocality",
          "HomeRegion",
          "HomePostalCode" ->
          t.text("label." + attribute);
      default -> attribute;
    };
  }

  private Reply form(
      Request request, Asked asked, Map<String, List<String>> filled, String trouble) {
    var token = Tokens.create("");
    var values = new HashMap<String, @Nullable Object>();
    values.put("client", asked.key().name());
    values.put("portal", asked.portal().displayName());
    values.put("path", PATH + Consent.encode(asked.portal().name()));
    values.put("clientId", asked.key().apiKey());
    values.put("redirectUri", asked.redirectUri());
    values.put("host", URI.create(asked.redirectUri()).getHost());
    values.put("state", asked.state());
    values.put("unconnected", asked.unconnected() ? "true" : "");
    values.put("challenge", asked.challenge());
    values.put("token", token);
    values.put("name", Consent.first(filled, "username").orElse(""));
    values.put("email", Consent.first(filled, ContactAttributes.PRIMARY_EMAIL).orElse(""));
    values.put("displayName", Consent.first(filled, ContactAttributes.DISPLAY_NAME).orElse(""));
    var required = new LinkedHashMap<String, String>();
    asked.portal().required().forEach(r -> required.put(r, label(Consent.wording(request), r)));
    values.put("required", required);
    values.put("trouble", trouble);
    return pages.form(request, "vow.jte", values, PATH, token, asked.redirectUri());
  }
}
