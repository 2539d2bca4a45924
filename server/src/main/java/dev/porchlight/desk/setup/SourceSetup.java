package dev.porchlight.desk.setup;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.sign.SignatureProfile;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Makes sources and their keys for whoever may. What takes time is prepared before the writer is
/// entered; whether it may be is said within the unit. May be shared by threads.
public final class SourceSetup {
  /// For how many hours a key may go on beside the one that takes its place.
  public static final int LONGEST_OVERLAP_HOURS = 24 * 7;

  /// The country to assume where none is said.
  public static final String REGION = "US";

  private static final Set<String> COUNTRIES =
      Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2);

  /// What is wanted.
  ///
  /// @param node where its leads land; null for the default office
  /// @param apiKey null to make one
  public record Wanted(
      String name,
      String contract,
      @Nullable String node,
      String region,
      @Nullable ObjectNode signature,
      @Nullable String portal,
      @Nullable String retention,
      @Nullable String apiKey) {}

  /// A key before it is given.
  ///
  /// @param text to be shown once
  public record Key(String text, Credential credential) {}

  /// A signature profile, to be shown without its keys and kept with them.
  public record Signature(ObjectNode shown, Secrets.Sealed sealed) {}

  /// What is to be written.
  public record Prepared(String id, Wanted wanted, Key key, @Nullable Signature signature) {}

  private final Store store;
  private final int hub;
  private final Credentials credentials;
  private final Secrets secrets;
  private final Predicate<String> readable;

  /// @param hub the hub's number
  /// @param readable whether bodies of a contract can be received
  public SourceSetup(
      Store store, int hub, Credentials credentials, Secrets secrets, Predicate<String> readable) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
    this.secrets = secrets;
    this.readable = readable;
  }

  /// Readies a new source.
  ///
  /// @throws SetupException when it can't be
  public Prepared prepare(Wanted wanted) {
    if (!readable.test(wanted.contract())) {
      throw SetupException.invalid(
          "contract", "`" + wanted.contract() + "` is no contract that can be received.");
    }
    checkRegion(wanted.region());
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.uuid("source");
    var key = key(id, wanted.apiKey(), draw);
    return new Prepared(id, wanted, key, signature(wanted.signature(), id));
  }

  /// Makes it.
  ///
  /// @param scope of whoever makes it
  /// @throws SetupException when it can't be
  public Source put(Batch batch, Scope scope, Prepared prepared) {
    var wanted = prepared.wanted();
    var node = landing(scope, Nodes.in(batch.settings()), wanted.node());
    Source source;
    try {
      source =
          new Source(
              prepared.id(),
              wanted.name(),
              wanted.contract(),
              node.id(),
              wanted.region(),
              prepared.signature() == null ? null : prepared.signature().shown(),
              wanted.portal(),
              wanted.retention());
    } catch (IllegalArgumentException e) {
      throw SetupException.invalid("", e.getMessage() + ".");
    }
    if (Sources.in(batch.settings()).findByName(source.name()).isPresent()) {
      throw new SetupException(
          SetupException.Why.NAME_TAKEN,
          "name",
          "There is a source named `" + source.name() + "` already.");
    }
    if (!credentials.add(batch, prepared.key().credential())) {
      throw new SetupException(
          SetupException.Why.KEY_TAKEN, "api_key", "Another source uses this API key.");
    }
    if (prepared.signature() != null) {
      secrets.put(batch, prepared.signature().sealed(), null);
    }
    batch.change(Source.SETTING, source.id(), source.body());
    return source;
  }

  /// Looks whether a region is a country's code, and not only like one.
  ///
  /// @throws SetupException when it is none
  public static void checkRegion(String region) {
    if (!COUNTRIES.contains(region)) {
      throw SetupException.invalid(
          "region", "A region is an ISO 3166 code of two capitals that stands for a country.");
    }
  }

  /// The node where leads land that was asked for, or the usual one.
  ///
  /// @throws SetupException when they can't land there
  public static Node landing(Scope scope, Nodes nodes, @Nullable String wanted) {
    if (wanted == null) {
      var office = nodes.defaultOffice();
      if (!scope.contains(office.id())) {
        throw SetupException.invalid("node", "Name the node where leads land.");
      }
      return office;
    }
    var node =
        nodes
            .find(wanted)
            .filter(n -> scope.containsNode(nodes, n.id()))
            .orElseThrow(() -> SetupException.invalid("node", "There is no such node."));
    if (node.kind() != Node.Kind.OFFICE && node.kind() != Node.Kind.MEMBER) {
      throw SetupException.invalid(
          "node", "Leads land at an office or at a member, not at that node.");
    }
    if (node.isEnded()) {
      throw SetupException.invalid("node", "That member has ended.");
    }
    return node;
  }

  /// Readies a signature profile; null for none.
  ///
  /// @throws SetupException when it can't be one
  public @Nullable Signature signature(@Nullable ObjectNode json, String source) {
    if (json == null) {
      return null;
    }
    try {
      var profile = SignatureProfile.fromJson(json);
      return new Signature(
          profile.toPublicJson(), secrets.seal(source, "signature", profile.toJson().toString()));
    } catch (IllegalArgumentException e) {
      throw SetupException.invalid("signature", "signature: " + e.getMessage());
    }
  }

  /// Readies another key of a source.
  ///
  /// @param given null to make one
  /// @throws SetupException when it can't be one
  public Key key(String source, @Nullable String given) {
    return key(source, given, Draw.fresh(store.now(), hub));
  }

  private static Key key(String source, @Nullable String given, Draw draw) {
    if (given != null
        && (given.length() < 8
            || given.length() > 256
            || given.chars().anyMatch(c -> c < '!' || c > '~'))) {
      throw SetupException.invalid("api_key", "An API key has 8 to 256 visible ASCII characters.");
    }
    var key = given == null ? Tokens.create(Tokens.API_KEY) : given;
    var body = Json.object();
    body.put("hint", Principals.hint(key));
    return new Key(
        key,
        new Credential(
            Tokens.hash(key),
            draw.uuid("key"),
            Credential.Kind.SOURCE,
            source,
            body.toString(),
            draw.at(),
            null,
            null));
  }

  /// Gives a source that key; the others end after the overlap, at once when it is zero.
  ///
  /// @throws SetupException when somebody has it
  public void rotate(Batch batch, Key key, Duration overlap) {
    var source = key.credential().owner();
    for (var old : credentials.list(batch, Credential.Kind.SOURCE, source)) {
      var end = batch.now().plus(overlap);
      if (old.isLive(batch.now()) && (old.expiresAt() == null || old.expiresAt().isAfter(end))) {
        credentials.end(batch, old, overlap.isZero() ? null : end);
      }
    }
    if (!credentials.add(batch, key.credential())) {
      throw new SetupException(SetupException.Why.KEY_TAKEN, "api_key", "That API key is in use.");
    }
  }

  /// The keys of a source that hold now.
  public List<Credential> listKeys(String source) {
    var now = store.now();
    return credentials.list(Credential.Kind.SOURCE, source).stream()
        .filter(k -> k.isLive(now))
        .toList();
  }

  /// How the requests of a source are signed, with the keys; empty for not at all.
  public Optional<SignatureProfile> findSignature(Source source) {
    return source.signature() == null
        ? Optional.empty()
        : secrets
            .find(source.id(), "signature")
            .map(text -> SignatureProfile.fromJson(Json.tree(text)));
  }
}
