package dev.porchlight.access;

import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells who presents a bearer token.
public final class Principals {
  /// What the token of a link starts with.
  public static final String LINK = "pli_";

  private static final Duration LINK_LIFE = Duration.ofMinutes(15);

  private final Store store;
  private final Credentials credentials;
  private final @Nullable String adminToken;

  /// @param adminToken the administrator's token from the environment, which holds while it is set
  ///   and is stored nowhere; null when there is none
  public Principals(Store store, Credentials credentials, @Nullable String adminToken) {
    this.store = store;
    this.credentials = credentials;
    this.adminToken = adminToken == null || adminToken.isBlank() ? null : adminToken;
  }

  /// What a token allows, as its credential keeps it.
  ///
  /// @param node the node whose subtree it sees; null for everything
  /// @param endpoint the only endpoint whose feed it may ask for
  public record Grant(
      Permission permission, @Nullable String node, String hint, @Nullable String endpoint) {}

  /// Who presents that token; empty when nobody does.
  public Optional<Principal> find(String token) {
    if (adminToken != null && Tokens.sameText(token, adminToken)) {
      return Optional.of(new Principal("administrator", Permission.ADMIN, Scope.EVERYTHING, null));
    }
    return credentials
        .find(Credential.Kind.TOKEN, token)
        .map(c -> {
          var grant = Json.read(c.body(), Grant.class);
          return new Principal(
              "token " + c.id(),
              grant.permission(),
              grant.node() == null ? Scope.EVERYTHING : Scope.at(store.settings(), grant.node()),
              grant.endpoint());
        });
  }

  /// Makes the first administrator's token when no token was ever made and none is in the
  /// environment.
  ///
  /// @return the token, to be shown once; empty when there was no need
  public Optional<String> makeFirst(int hub) {
    if (adminToken != null || !credentials.list(Credential.Kind.TOKEN).isEmpty()) {
      return Optional.empty();
    }
    var token = Tokens.create(Tokens.TOKEN);
    var credential =
        token(token, "administrator", Permission.ADMIN, null, null, Draw.fresh(store.now(), hub));
    store.write(WorkQueue.EDITS, batch -> credentials.add(batch, credential));
    return Optional.of(token);
  }

  /// The credential of a new token.
  public static Credential token(
      String token,
      String name,
      Permission permission,
      @Nullable String node,
      @Nullable String endpoint,
      Draw draw) {
    return new Credential(
        Tokens.hash(token),
        draw.uuid("credential"),
        Credential.Kind.TOKEN,
        name,
        Json.write(new Grant(permission, node, hint(token), endpoint)),
        draw.at(),
        null,
        null);
  }

  /// The credential of a link by which a member signs in at the console once, without a password.
  public static Credential link(String token, String member, Draw draw) {
    return new Credential(
        Tokens.hash(token),
        draw.uuid("credential"),
        Credential.Kind.SIGN_IN,
        member,
        "{}",
        draw.at(),
        draw.at().plus(LINK_LIFE),
        null);
  }

  /// Whether a scope covers what a token sees.
  public static boolean isWithin(Scope scope, Nodes nodes, Credential token) {
    var node = Json.read(token.body(), Grant.class).node();
    return scope.everything() || node != null && scope.containsNode(nodes, node);
  }

  /// The first characters of a token, enough to tell it from others.
  public static String hint(String token) {
    return token.substring(0, Math.min(8, token.length() / 2)) + "…";
  }
}
