package dev.porchlight.api;

import dev.porchlight.delivery.Authorization;
import dev.porchlight.delivery.SignatureForm;
import dev.porchlight.desk.setup.EndpointSetup;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The members `authorization` and `signature` of an endpoint's body.
final class AuthorizationMember {
  /// Under which id its secret is kept with the endpoint's.
  static final String SECRET = EndpointSetup.AUTHORIZATION;

  private static final int LONGEST = 1024;

  /// What was said.
  ///
  /// @param secret what is to be sealed; null to keep the one that is there
  record Given(@Nullable Authorization how, @Nullable String secret) {}

  private AuthorizationMember() {}

  /// @param objection why a URL can't be dialled; empty when it can
  /// @return empty when nothing was said of it
  static Optional<Given> read(
      Members body, @Nullable Authorization known, Function<String, Optional<String>> objection) {
    if (!body.has("authorization")) {
      return Optional.empty();
    }
    var object = body.object("authorization");
    if (object.isEmpty()) {
      return Optional.of(new Given(null, null));
    }
    var members = new Members(object.get());
    var kind =
        Call.member(
            "authorization.kind",
            "basic, bearer or oauth2",
            members.needText("kind"),
            k -> Authorization.Kind.valueOf(k.toUpperCase(Locale.ROOT)));
    var given =
        switch (kind) {
          case BASIC -> {
            only(members, Set.of("kind", "user", "password"));
            var user = visible("user", members.needText("user"));
            if (user.indexOf(':') >= 0) {
              throw invalid("The user of basic authorization has no colon.");
            }
            yield new Given(
                new Authorization(kind, user, "", ""), members.text("password").orElse(null));
          }
          case BEARER -> {
            only(members, Set.of("kind", "token"));
            yield new Given(
                new Authorization(kind, "", "", ""), members.text("token").orElse(null));
          }
          case OAUTH2 -> {
            only(members, Set.of("kind", "token_url", "client_id", "client_secret", "scope"));
            var url = members.needText("token_url");
            var why = url.length() > 2048 ? Optional.of("it is too long") : objection.apply(url);
            if (why.isPresent() || url.startsWith("mailto:")) {
              throw invalid("The token_url can't be used: " + why.orElse("mail has no tokens"));
            }
            yield new Given(
                new Authorization(
                    kind,
                    visible("client_id", members.needText("client_id")),
                    url,
                    members.text("scope").map(s -> visible("scope", s)).orElse("")),
                members.text("client_secret").orElse(null));
          }
        };
    if (given.secret() != null) {
      visible("secret of the authorization", given.secret());
    } else if (known == null || known.kind() != kind) {
      throw invalid("The authorization needs its secret: password, token or client_secret.");
    }
    return Optional.of(given);
  }

  private static void only(Members members, Set<String> names) {
    for (var name : members.object().propertyNames()) {
      if (!names.contains(name)) {
        throw invalid("`authorization." + name + "` is not known for this kind.");
      }
    }
  }

  private static String visible(String what, String text) {
    if (text.length() > LONGEST || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw invalid(
          "The "
              + what
              + " has at most 1,024 characters, of which each is a blank, letter, digit or sign of"
              + " ASCII: no line break, tab or letter with an accent.");
    }
    return text;
  }

  /// @param usable whether a header of that name may be set
  static @Nullable SignatureForm signature(
      Members body, @Nullable SignatureForm known, Function<String, Boolean> usable) {
    if (!body.has("signature")) {
      return known;
    }
    var object = body.object("signature");
    if (object.isEmpty()) {
      return null;
    }
    var members = new Members(object.get());
    var header = members.needText("header");
    if (!usable.apply(header)) {
      throw invalid("`" + header + "` can't be the header of a signature.");
    }
    var form =
        Call.member(
            "signature.form",
            "body or timed",
            members.text("form").orElse("body"),
            f -> SignatureForm.Form.valueOf(f.toUpperCase(Locale.ROOT)));
    var encoding = members.text("encoding").orElse("hex");
    if (!Set.of("hex", "base64").contains(encoding)
        || form == SignatureForm.Form.TIMED && encoding.equals("base64")) {
      throw invalid("The encoding of a signature is hex, or base64 over the body alone.");
    }
    var prefix = visible("prefix", members.text("prefix").orElse(""));
    if (form == SignatureForm.Form.TIMED && !prefix.isEmpty()) {
      throw invalid("A signature in the form `timed` has no prefix.");
    }
    return new SignatureForm(header, form, encoding.equals("base64"), prefix);
  }

  static void show(
      @Nullable Authorization how, @Nullable SignatureForm signature, ObjectNode json) {
    if (how != null) {
      var view = json.putObject("authorization");
      view.put("kind", how.kind().word());
      switch (how.kind()) {
        case BASIC -> view.put("user", how.user());
        case BEARER -> {}
        case OAUTH2 -> {
          view.put("token_url", how.tokenUrl());
          view.put("client_id", how.user());
          if (!how.scope().isEmpty()) {
            view.put("scope", how.scope());
          }
        }
      }
    }
    if (signature != null) {
      var view = json.putObject("signature");
      view.put("header", signature.header());
      view.put("form", signature.form().word());
      view.put("encoding", signature.base64() ? "base64" : "hex");
      if (!signature.prefix().isEmpty()) {
        view.put("prefix", signature.prefix());
      }
    }
  }

  private static FaultException invalid(String sentence) {
    return new FaultException(Fault.BODY_INVALID, sentence);
  }
}
