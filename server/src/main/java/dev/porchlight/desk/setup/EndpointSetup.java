package dev.porchlight.desk.setup;

import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.onward.Changes;
import dev.porchlight.desk.onward.Notices;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes and changes endpoints and their secrets for whoever may: what an endpoint can be, whoever
/// asks. What takes time is prepared before the writer is entered. May be shared by threads.
public final class EndpointSetup {
  /// For how many hours a secret may go on beside the one that takes its place.
  public static final int LONGEST_OVERLAP_HOURS = 24 * 7;

  /// The name of the secret that goes into the header of an API key.
  public static final String API_KEY = "api_key";

  /// The name of the secret that belongs to its authorization.
  public static final String AUTHORIZATION = "authorization";

  /// What of its TLS a receiver is shown, as [#change] knows it.
  public static final String CERTIFICATE = "tls";

  /// The kinds of event that an endpoint of our own contract can be sent.
  public static final Set<String> EVENTS =
      Stream.of(
              Stream.of("lead.created", "lead.updated", Endpoints.LISTINGS),
              Notices.KINDS.stream(),
              Changes.KINDS.stream())
          .flatMap(kinds -> kinds)
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> KINDS =
      Stream.concat(
              EVENTS.stream(),
              Stream.of("lead.*", "endpoint.*", "feed.*", "contact.*", "listing.*"))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> OUR_FAMILIES = Set.of("contact.*", "listing.*", "endpoint.*");

  private static final Set<String> OUR_HEADERS =
      Set.of(
          "content-type",
          "content-length",
          "host",
          "connection",
          "transfer-encoding",
          "user-agent",
          "x-signature",
          "webhook-id",
          "webhook-timestamp",
          "webhook-signature",
          "porchlight-sequence",
          "porchlight-delivery",
          "porchlight-path",
          "traceparent");

  private static final String SIGNING = "signing ";

  /// Of a pair, whose other half receivers have.
  private static final String PAIR = SIGNING + "pair ";

  /// A secret to sign with, before it is kept.
  ///
  /// @param shown to whoever checks signatures, once: the secret, or of a pair the public key
  public record Secret(String shown, Secrets.Sealed sealed) {}

  private final Store store;
  private final int hub;
  private final Secrets secrets;
  private final Predicate<String> writable;
  private final Predicate<String> signsBody;
  private final Function<String, Optional<String>> objection;

  /// @param hub the hub's number
  /// @param writable whether facts can be written in a contract
  /// @param signsBody whether bodies of a contract have `X-Signature` where nobody chose
  /// @param objection why a URL can't be an endpoint's; empty when it can
  public EndpointSetup(
      Store store,
      int hub,
      Secrets secrets,
      Predicate<String> writable,
      Predicate<String> signsBody,
      Function<String, Optional<String>> objection) {
    this.store = store;
    this.hub = hub;
    this.secrets = secrets;
    this.writable = writable;
    this.signsBody = signsBody;
    this.objection = objection;
  }

  /// Who owns the secrets of an endpoint.
  public static String owner(String endpoint) {
    return "endpoint " + endpoint;
  }

  /// @throws SetupException when nothing can be sent there
  public String url(String url) {
    var why = url.length() > 2048 ? Optional.of("it is too long") : objection.apply(url);
    if (why.isPresent()) {
      throw SetupException.invalid("url", "The URL can't be used: " + why.get());
    }
    return url;
  }

  /// @throws SetupException when nothing can be written in it
  public String contract(String name) {
    if (!writable.test(name)) {
      throw SetupException.invalid(
          "contract", "`" + name + "` is no contract that can be written.");
    }
    return name;
  }

  /// @param more what may be said beside them, for the sentence
  /// @throws SetupException when one of them can't be asked for
  public static void kinds(Set<String> kinds, String more) {
    if (!KINDS.containsAll(kinds)) {
      throw SetupException.invalid(
          "kinds", "Kinds are " + String.join(", ", KINDS.stream().sorted().toList()) + more + ".");
    }
  }

  /// The kinds that may be chosen, and their families.
  public static List<String> listKinds() {
    return KINDS.stream().sorted().toList();
  }

  /// Whether a header of that name may be set.
  public static boolean isUsableHeader(String header) {
    return header.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
        && !OUR_HEADERS.contains(header.toLowerCase(Locale.ROOT));
  }

  /// @throws SetupException when a request could not carry it
  public static String apiKey(String key) {
    if (key.length() > 1024 || key.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw SetupException.invalid("api_key", "An API key has at most 1,024 ASCII characters.");
    }
    return key;
  }

  /// The node whose leads an endpoint gets that names none.
  ///
  /// @throws SetupException when that is not whoever asks's to choose
  public static String home(Scope scope, Nodes nodes) {
    var office = nodes.defaultOffice();
    if (!scope.contains(office.id())) {
      throw SetupException.invalid("node", "Name the node whose leads it gets.");
    }
    return office.id();
  }

  /// Whether an endpoint can be so, within the unit that writes it.
  ///
  /// @param before as it is; null for a new one
  /// @throws SetupException when it can't
  public static void check(Batch batch, Scope scope, Endpoint endpoint, @Nullable Endpoint before) {
    var nodes = Nodes.in(batch.settings());
    if (nodes.find(endpoint.node()).filter(n -> sees(scope, nodes, n)).isEmpty()) {
      throw SetupException.invalid("node", "There is no such node.");
    }
    if (!endpoint.contract().equals("porchlight")) {
      endpoint.kinds().stream()
          .filter(EndpointSetup::isOursAlone)
          .findFirst()
          .ifPresent(k -> {
            throw SetupException.invalid(
                "kinds", "Only the contract `porchlight` carries " + k + ".");
          });
    }
    for (var source : endpoint.sources()) {
      // One that was chosen before stays, though it be gone or moved since.
      if ((before == null || !before.sources().contains(source))
          && Sources.in(batch.settings())
              .find(source)
              .filter(found -> scope.containsNode(nodes, found.node()))
              .isEmpty()) {
        throw SetupException.invalid("sources", "There is no source `" + source + "`.");
      }
    }
    // What is written as a mail goes to an address of mail, and nothing else does.
    var fallback = endpoint.fallbackContract();
    boolean mail = endpoint.isMail();
    if (mail != endpoint.contract().equals("mail")
        || fallback != null && mail != fallback.equals("mail")) {
      throw SetupException.invalid(
          "url", "The contract `mail`, and no other, goes with a URL of `mailto:`.");
    }
    if (endpoint.contract().equals(fallback)) {
      throw SetupException.invalid(
          "fallback_contract",
          "A fallback contract is another than the contract itself, which it stands in for.");
    }
    if (!isUsableHeader(endpoint.apiKeyHeader())) {
      throw SetupException.invalid(
          "api_key_header", "`" + endpoint.apiKeyHeader() + "` can't be the header of an API key.");
    }
    if (endpoint.terms().tls() != null && !endpoint.url().startsWith("https:")) {
      throw SetupException.invalid("tls", "Certificates go with a URL of https: only.");
    }
    checkHeaders(endpoint);
  }

  /// Whether only our own contract can say what is of that kind, or of that family.
  private static boolean isOursAlone(String kind) {
    return Changes.KINDS.contains(kind)
        || Notices.KINDS.contains(kind)
        || OUR_FAMILIES.contains(kind);
  }

  /// Each header can be set for one purpose only.
  private static void checkHeaders(Endpoint endpoint) {
    var key = endpoint.apiKeyHeader();
    var signature = endpoint.terms().signature();
    if (signature != null && signature.header().equalsIgnoreCase(key)) {
      throw SetupException.invalid(
          "signature", "`signature.header` and `api_key_header` can't be the same header.");
    }
    if (endpoint.terms().authorization() == null) {
      return;
    }
    if (key.equalsIgnoreCase(AUTHORIZATION)) {
      throw SetupException.invalid(
          "api_key_header", "The header `Authorization` is taken by `authorization`.");
    }
    if (signature != null && signature.header().equalsIgnoreCase(AUTHORIZATION)) {
      throw SetupException.invalid(
          "signature", "The header `Authorization` is taken by `authorization`.");
    }
  }

  private static boolean sees(Scope scope, Nodes nodes, Node node) {
    return scope.containsNode(nodes, node.id());
  }

  /// Readies a secret to sign with.
  ///
  /// @param pair whether receivers get a public key instead of the secret itself
  public Secret secret(String endpoint, boolean pair) {
    var draw = Draw.fresh(store.now(), hub);
    if (pair) {
      var made = StandardWebhooks.newPair();
      return new Secret(made.shown(), seal(endpoint, PAIR + draw.uuid("secret"), made.secret()));
    }
    var text = StandardWebhooks.newSecret();
    return new Secret(text, seal(endpoint, SIGNING + draw.uuid("secret"), text));
  }

  /// Seals another secret of an endpoint.
  public Secrets.Sealed seal(String endpoint, String name, String text) {
    return secrets.seal(owner(endpoint), name, text);
  }

  /// Makes an endpoint with what was sealed for it.
  ///
  /// @throws SetupException when it can't be so
  public void make(Batch batch, Scope scope, Endpoint endpoint, List<Secrets.Sealed> sealed) {
    check(batch, scope, endpoint, null);
    batch.change(Endpoint.SETTING, endpoint.id(), endpoint.body());
    sealed.forEach(s -> secrets.put(batch, s, null));
  }

  /// Changes an endpoint. One that is enabled again begins without the failures that it had.
  ///
  /// @param given which of [#API_KEY], [#AUTHORIZATION] and [#CERTIFICATE] are given anew with it,
  ///   or taken away
  /// @throws SetupException when it can't be so
  public void change(Batch batch, Scope scope, Endpoint now, Endpoint changed, Set<String> given) {
    check(batch, scope, changed, now);
    checkElsewhere(batch, now, changed, given);
    var needing = needingShared(changed);
    if (!needing.isEmpty() && !needing.equals(needingShared(now)) && signsWithPair(batch, now)) {
      throw SetupException.invalid(
          "kind",
          "The endpoint signs with an Ed25519 key, of which the receiver has the public half: "
              + String.join(", ", needing)
              + " can't be made of it. Rotate to a shared secret first.");
    }
    batch.change(Endpoint.SETTING, now.id(), changed.body());
    if (now.disabled() && !changed.disabled()) {
      EndpointHealth.forgive(batch, now.id());
    }
  }

  /// What a receiver is shown was given for that receiver: whoever may change an address must not
  /// learn by that what they were never told. The secrets to sign with are not sent, and stay.
  ///
  /// @param given as for [#change]
  /// @throws SetupException when something that was given for one server would go to another
  public static void checkElsewhere(
      Batch batch, Endpoint now, Endpoint changed, Set<String> given) {
    boolean moved = !server(now.url()).equals(server(changed.url()));
    var members = new ArrayList<String>();
    if (moved && !given.contains(API_KEY) && has(batch, now, API_KEY)) {
      members.add("`api_key`");
    }
    var before = now.terms().authorization();
    var after = changed.terms().authorization();
    if (before != null
        && after != null
        && !given.contains(AUTHORIZATION)
        && (moved
            || before.kind() != after.kind()
            || !server(before.tokenUrl()).equals(server(after.tokenUrl())))) {
      members.add(
          switch (after.kind()) {
            case BASIC -> "`authorization.password`";
            case BEARER -> "`authorization.token`";
            case OAUTH2 -> "`authorization.client_secret`";
          });
    }
    if (moved
        && !given.contains(CERTIFICATE)
        && changed.terms().tls() != null
        && changed.terms().tls().certificate() != null) {
      members.add("`tls.certificate`");
    }
    if (!members.isEmpty()) {
      throw SetupException.invalid(
          "url",
          String.join(", ", members) + " is not sent to another server unless it is given again.");
    }
  }

  /// Who is spoken to at a URL: scheme, host and port.
  private static String server(String url) {
    if (url.startsWith("mailto:")) {
      return "mail, with which no secret goes";
    }
    try {
      var uri = new URI(url);
      var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (uri.getHost() != null) {
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
      }
    } catch (URISyntaxException _) {
      // Then the whole of it says who that is.
    }
    return url;
  }

  private static boolean has(Batch batch, Endpoint endpoint, String name) {
    return batch
        .sql()
        .createQuery("SELECT id FROM secret WHERE owner = :owner AND id = :id")
        .bind("owner", owner(endpoint.id()))
        .bind("id", name)
        .mapTo(String.class)
        .findOne()
        .isPresent();
  }

  /// What an endpoint's requests carry that is keyed with a secret that the receiver has too, as
  /// the API names it.
  private List<String> needingShared(Endpoint endpoint) {
    var all = new ArrayList<String>();
    if (endpoint.isMail() || endpoint.subscription() != null) {
      return all;
    }
    var fallback = endpoint.fallbackContract();
    var chosen = endpoint.bodySignatureHeader();
    if (chosen == null
        ? signsBody.test(endpoint.contract()) || fallback != null && signsBody.test(fallback)
        : chosen) {
      all.add("`x_signature`");
    }
    if (endpoint.digitalSignature()) {
      all.add("`digital_signature`");
    }
    if (endpoint.terms().signature() != null) {
      all.add("`signature`");
    }
    return all;
  }

  /// Whether the newest of its secrets is one half of a pair.
  private static boolean signsWithPair(Batch batch, Endpoint endpoint) {
    return batch
        .sql()
        .createQuery(
            "SELECT id FROM secret WHERE owner = :owner AND id LIKE :signing"
                + " ORDER BY created_at DESC, id LIMIT 1")
        .bind("owner", owner(endpoint.id()))
        .bind("signing", SIGNING + "%")
        .mapTo(String.class)
        .findOne()
        .filter(id -> id.startsWith(PAIR))
        .isPresent();
  }

  /// The secrets that an endpoint signs with now.
  public List<Secrets.Open> listSigning(String endpoint) {
    return secrets.list(owner(endpoint)).stream().filter(s -> s.id().startsWith(SIGNING)).toList();
  }

  /// Has an endpoint sign with that secret from now on; the others sign beside it until the overlap
  /// is over.
  ///
  /// @param old those of [#listSigning] before the writer was entered
  /// @param principal who asked for it
  /// @return when the others end
  /// @throws SetupException when its requests carry what can't be made of a pair of keys
  public Instant rotate(
      Batch batch,
      String endpoint,
      Secret secret,
      List<Secrets.Open> old,
      Duration overlap,
      String principal) {
    if (secret.sealed().id().startsWith(PAIR)) {
      var needing =
          Endpoints.in(batch.settings()).find(endpoint).map(this::needingShared).orElse(List.of());
      if (!needing.isEmpty()) {
        throw SetupException.invalid(
            "kind",
            "Its requests carry "
                + String.join(", ", needing)
                + ", which the receiver checks with a secret that both have; an Ed25519 key can't"
                + " make them. Have the receiver check `webhook-signature`, switch those off, and"
                + " rotate then; or rotate to a shared secret.");
      }
    }
    var end = batch.now().plus(overlap);
    for (var s : new ArrayList<>(old)) {
      if (s.expiresAt() == null || s.expiresAt().isAfter(end)) {
        secrets.expire(batch, owner(endpoint), s.id(), end);
      }
    }
    secrets.put(batch, secret.sealed(), null);
    batch.append("endpoint.secret-rotated", endpoint, principal);
    return end;
  }
}
