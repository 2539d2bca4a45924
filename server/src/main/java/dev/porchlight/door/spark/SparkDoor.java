package dev.porchlight.door.spark;

import dev.porchlight.access.Credentials;
import dev.porchlight.access.MemberPasswords;
import dev.porchlight.access.RateLimits;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.spark.OpenIdKeys;
import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.access.spark.SparkSessions;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `/v1`: the door for clients of the Spark contacts interface.
public final class SparkDoor {
  /// What the door works with.
  ///
  /// @param twinsByName whether an owner's contacts may share an e-mail address when their names
  ///   differ
  /// @param insecure whether bearer tokens and sessions are taken over plain HTTP: for development
  /// @param objection why a URL may not be sent to
  public record Parts(
      Store store,
      int hub,
      Credentials credentials,
      Secrets secrets,
      boolean twinsByName,
      boolean insecure,
      Function<String, Optional<String>> objection) {}

  private final List<Resource> resources = new ArrayList<>();
  private final Resource unknown;
  private final Consent consent;
  private final PortalPage portalPage;
  private final OpenId openId;

  public SparkDoor(Parts parts) {
    var grants = new SparkGrants(parts.store(), parts.hub());
    var signIn =
        new SignIn(
            parts.store(),
            parts.credentials(),
            parts.secrets(),
            new SparkSessions(parts.store()),
            grants,
            parts.insecure());
    var passwords = new MemberPasswords(parts.store());
    var portals = new PortalLogins(parts.store());
    Logins logins =
        (key, name, password) ->
            key.role().isConsumer()
                ? portals.find(key, name, password)
                : passwords.find(name, password).map(m -> new Logins.Person(m.id(), null));
    var tries = new RateLimits();
    unknown = Resource.unknown(signIn);
    resources.addAll(signIn.resources());
    resources.addAll(
        new ContactResources(parts.store(), parts.hub(), parts.twinsByName(), signIn).resources());
    resources.addAll(
        new ConsumerResources(parts.store(), parts.hub(), parts.twinsByName(), signIn).resources());
    resources.addAll(new PortalResources(parts.store(), parts.hub(), signIn).resources());
    resources.addAll(new SavedSearchResources(parts.store(), parts.hub(), signIn).resources());
    resources.addAll(new CartResources(parts.store(), parts.hub(), signIn).resources());
    resources.addAll(new NewsFeedResources(parts.store(), parts.hub(), signIn).resources());
    resources.addAll(
        new WebhookResources(parts.store(), parts.hub(), parts.secrets(), parts.objection(), signIn)
            .resources());
    resources.addAll(new CommentResources(parts.store(), parts.hub(), signIn).resources());
    resources.addAll(new ActivityResources(parts.store(), signIn).resources());
    resources.addAll(new AccountResources(parts.store(), parts.hub(), signIn).resources());
    var endpoint = new GrantEndpoint(parts.store(), parts.secrets(), grants, signIn, logins, tries);
    resources.add(endpoint.resource());
    openId =
        new OpenId(
            parts.store(),
            grants,
            signIn,
            endpoint,
            new OpenIdKeys(parts.store(), parts.secrets()));
    consent = new Consent(parts.store(), grants, logins, tries, parts.insecure());
    portalPage =
        new PortalPage(
            parts.store(), parts.hub(), parts.twinsByName(), grants, portals, tries, consent);
  }

  /// All that it answers.
  public List<Route> routes() {
    var all = new ArrayList<Route>();
    resources.forEach(r -> all.addAll(r.routes()));
    all.addAll(consent.routes());
    all.addAll(portalPage.routes());
    all.addAll(openId.routes());
    return all;
  }

  /// Whether an address that has no route is the door's all the same.
  public static boolean covers(String path) {
    return path.equals("/v1") || path.startsWith("/v1/");
  }

  /// What is answered to a request that could not be read: malformed, or over a limit.
  public static Reply.Full unreadable(int status) {
    var d =
        Json.object()
            .put("Success", false)
            .put("Code", status)
            .put("Message", "The request is malformed, or too long.");
    return Envelope.reply(status, d);
  }

  /// What is answered where there is no route.
  public Reply notFound(Request request) {
    return unknown.answer(request);
  }
}
