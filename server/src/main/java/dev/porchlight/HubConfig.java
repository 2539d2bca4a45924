package dev.porchlight;

import dev.porchlight.net.Cidr;
import dev.porchlight.trace.Tracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// How a hub is set up. Each value comes from a flag, else from the environment, else from the
/// configuration file, else it has the default named here.
///
/// @param port `port`, `PORCHLIGHT_PORT`: where to listen, 0 to pick one; 8080
/// @param bind `bind`, `PORCHLIGHT_BIND`: the address to listen at; 127.0.0.1
/// @param data `data`, `PORCHLIGHT_DATA`: the data folder; `./data`
/// @param trustedProxies `trusted_proxies`, `PORCHLIGHT_TRUSTED_PROXIES`: networks from which plain
///   HTTP is taken because a proxy there speaks TLS with the world; none
/// @param allowNetworks `allow_networks`, `PORCHLIGHT_ALLOW_NETWORKS`: networks that endpoints may
///   lie in although they are private, by plain http too; none
/// @param hubNumber `hub_number`, `PORCHLIGHT_HUB_NUMBER`: 0 to 99, different for each hub on one
///   database; 0
/// @param secretKeyFile `secret_key_file`, `PORCHLIGHT_SECRET_KEY_FILE`: the file with the key that
///   seals secrets; beside the data folder, its name with `.key` behind it
/// @param secretKey `PORCHLIGHT_SECRET_KEY` only: that key itself, base64 of 32 bytes; none
/// @param adminToken `PORCHLIGHT_ADMIN_TOKEN` only: an administrator's token that holds while it is
///   set; none
/// @param lease `lease`, `PORCHLIGHT_LEASE`: for how long a hub holds a lane, in seconds; 30 s
/// @param databaseUrl `database_url`, `PORCHLIGHT_DATABASE_URL`: `jdbc:postgresql://...` of the
///   database that several hubs share; none, which means a file in the data folder
/// @param insecureDevelopment `insecure_development`, `PORCHLIGHT_INSECURE_DEVELOPMENT`: whether
///   the Spark door takes sessions and bearer tokens over plain HTTP; false
/// @param tls `tls_cert`, `tls_key`, `tls_self_signed`, `tls_port`, and `PORCHLIGHT_TLS_...` the
///   same: TLS at a port of its own; none, and 8443
/// @param smtpPort `smtp_port`, `PORCHLIGHT_SMTP_PORT`: where to listen for mail, 0 to pick one;
///   -1, not at all
/// @param sparkTwinsByName `spark_twins_by_name`, `PORCHLIGHT_SPARK_TWINS_BY_NAME`: whether two
///   contacts of one owner may share an e-mail address when their names differ; false
/// @param receiptsKeptDays `receipts_kept_days`: after so many days the bodies of receipts that
///   became leads are dropped; 0 for never
/// @param attemptsKeptDays `attempts_kept_days`: after so many days what attempts at deliveries
///   that have ended showed is forgotten; 0 for never
/// @param eventsKeptDays `events_kept_days`: after so many days published events are dropped, with
///   their copies in inboxes and what feeds show of them; 0 for never
/// @param tracing `otlp_endpoint`, `PORCHLIGHT_OTLP_ENDPOINT`, and the variables `OTEL_...` that
///   OpenTelemetry's programs share: where spans go; nowhere
public record HubConfig(
    int port,
    String bind,
    Path data,
    List<Cidr> trustedProxies,
    List<Cidr> allowNetworks,
    int hubNumber,
    Path secretKeyFile,
    @Nullable String secretKey,
    @Nullable String adminToken,
    Duration lease,
    @Nullable String databaseUrl,
    boolean insecureDevelopment,
    TlsConfig tls,
    boolean sparkTwinsByName,
    int smtpPort,
    int receiptsKeptDays,
    int attemptsKeptDays,
    int eventsKeptDays,
    Tracing tracing) {
  /// For so many days the bodies of receipts are kept, unless told otherwise.
  public static final int RECEIPTS_KEPT_DAYS = 90;

  /// For so many days attempts are kept, unless told otherwise.
  public static final int ATTEMPTS_KEPT_DAYS = 30;

  /// No listening for mail.
  public static final int NO_SMTP = -1;

  private static final Set<String> KEYS =
      Set.of(
          "port",
          "bind",
          "data",
          "trusted_proxies",
          "allow_networks",
          "database_url",
          "hub_number",
          "secret_key_file",
          "lease",
          "insecure_development",
          "tls_cert",
          "tls_key",
          "tls_self_signed",
          "tls_port",
          "spark_twins_by_name",
          "smtp_port",
          "receipts_kept_days",
          "attempts_kept_days",
          "events_kept_days",
          "otlp_endpoint");

  public HubConfig {
    trustedProxies = List.copyOf(trustedProxies);
    allowNetworks = List.copyOf(allowNetworks);
    if (databaseUrl != null && !databaseUrl.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "database_url must begin with jdbc:postgresql://; without it the data folder is used");
    }
  }

  /// The same with something changed.
  private HubConfig with(Consumer<Copy> change) {
    var copy = new Copy(this);
    change.accept(copy);
    return copy.done();
  }

  /// The values, to be changed.
  private static final class Copy {
    private int port;
    private String bind;
    private Path data;
    private List<Cidr> trustedProxies;
    private List<Cidr> allowNetworks;
    private int hubNumber;
    private Path secretKeyFile;
    private @Nullable String secretKey;
    private @Nullable String adminToken;
    private Duration lease;
    private @Nullable String databaseUrl;
    private boolean insecureDevelopment;
    private TlsConfig tls;
    private boolean sparkTwinsByName;
    private int smtpPort;
    private int receiptsKeptDays;
    private int attemptsKeptDays;
    private int eventsKeptDays;
    private Tracing tracing;

    Copy(HubConfig from) {
      port = from.port;
      bind = from.bind;
      data = from.data;
      trustedProxies = from.trustedProxies;
      allowNetworks = from.allowNetworks;
      hubNumber = from.hubNumber;
      secretKeyFile = from.secretKeyFile;
      secretKey = from.secretKey;
      adminToken = from.adminToken;
      lease = from.lease;
      databaseUrl = from.databaseUrl;
      insecureDevelopment = from.insecureDevelopment;
      tls = from.tls;
      sparkTwinsByName = from.sparkTwinsByName;
      smtpPort = from.smtpPort;
      receiptsKeptDays = from.receiptsKeptDays;
      attemptsKeptDays = from.attemptsKeptDays;
      eventsKeptDays = from.eventsKeptDays;
      tracing = from.tracing;
    }

    HubConfig done() {
      return new HubConfig(
          port,
          bind,
          data,
          trustedProxies,
          allowNetworks,
          hubNumber,
          secretKeyFile,
          secretKey,
          adminToken,
          lease,
          databaseUrl,
          insecureDevelopment,
          tls,
          sparkTwinsByName,
          smtpPort,
          receiptsKeptDays,
          attemptsKeptDays,
          eventsKeptDays,
          tracing);
    }
  }

  /// The same that drops events after so many days.
  public HubConfig withEventsKeptDays(int days) {
    return with(c -> c.eventsKeptDays = days);
  }

  /// The same, with attempts kept for so many days; 0 for ever.
  public HubConfig withAttemptsKeptDays(int days) {
    return with(c -> c.attemptsKeptDays = days);
  }

  /// The same that listens for mail.
  public HubConfig withSmtp(int listenAt) {
    return with(c -> c.smtpPort = listenAt);
  }

  /// What it is started with, by the keys of the configuration file, for people to read: no secret,
  /// and of the database's URL, which may hold a password, nothing but what it is.
  public Map<String, String> shown() {
    var all = new LinkedHashMap<String, String>();
    all.put("bind", bind);
    all.put("port", Integer.toString(port));
    all.put(
        "tls_cert",
        tls.selfSigned()
            ? "self-signed"
            : tls.certificate() == null ? "" : tls.certificate().toString());
    all.put(
        "trusted_proxies", String.join(", ", trustedProxies.stream().map(Cidr::toString).toList()));
    all.put(
        "allow_networks", String.join(", ", allowNetworks.stream().map(Cidr::toString).toList()));
    all.put("data", data.toString());
    all.put("database_url", databaseUrl == null ? "" : "PostgreSQL");
    all.put("hub_number", Integer.toString(hubNumber));
    all.put("lease", lease.toSeconds() + " s");
    all.put("smtp_port", smtpPort == NO_SMTP ? "" : Integer.toString(smtpPort));
    all.put("spark_twins_by_name", Boolean.toString(sparkTwinsByName));
    all.put("insecure_development", Boolean.toString(insecureDevelopment));
    return all;
  }

  /// Names no secret: neither the key, nor the token, nor what of the database's URL may hold a
  /// password.
  @Override
  public String toString() {
    return "HubConfig[port="
        + port
        + ", bind="
        + bind
        + ", data="
        + data
        + ", hubNumber="
        + hubNumber
        + ", secretKey="
        + (secretKey == null ? "none" : "set")
        + ", adminToken="
        + (adminToken == null ? "none" : "set")
        + ", database="
        + (databaseUrl == null ? "none" : "set")
        + "]";
  }

  /// The same on a shared database.
  ///
  /// @param url `jdbc:postgresql://...`
  /// @param number this hub's, which no other hub on that database has
  public HubConfig withDatabase(String url, int number) {
    return with(c -> {
      c.hubNumber = number;
      c.databaseUrl = url;
    });
  }

  /// A hub on its own in a folder, listening on loopback at a port it picks: for tests and the
  /// demo.
  public static HubConfig local(Path data, String adminToken) {
    return new HubConfig(
        0,
        "127.0.0.1",
        data,
        List.of(),
        List.of(Cidr.parse("127.0.0.0/8")),
        0,
        keyFileOf(data),
        null,
        adminToken,
        Duration.ofSeconds(30),
        null,
        true,
        TlsConfig.NONE,
        false,
        NO_SMTP,
        RECEIPTS_KEPT_DAYS,
        ATTEMPTS_KEPT_DAYS,
        0,
        Tracing.NONE);
  }

  /// Reads it all.
  ///
  /// @param flags values by key, from the command line
  /// @param environment looks a variable up
  /// @param file the configuration file; null when none was named
  /// @throws IllegalArgumentException with a sentence for the user
  public static HubConfig read(
      Map<String, String> flags,
      Function<String, @Nullable String> environment,
      @Nullable Path file) {
    var fromFile = file == null ? Map.<String, String>of() : parse(file);
    var values = new LinkedHashMap<String, String>();
    for (var key : KEYS) {
      var variable = environment.apply("PORCHLIGHT_" + key.toUpperCase(Locale.ROOT));
      if (flags.containsKey(key)) {
        values.put(key, flags.get(key));
      } else if (variable != null && !variable.isBlank()) {
        values.put(key, variable);
      } else if (fromFile.containsKey(key)) {
        values.put(key, fromFile.get(key));
      }
    }
    var data = Path.of(values.getOrDefault("data", "data")).toAbsolutePath().normalize();
    return new HubConfig(
        number(values, "port", 8080, 0, 65535),
        values.getOrDefault("bind", "127.0.0.1"),
        data,
        networks(values, "trusted_proxies"),
        networks(values, "allow_networks"),
        number(values, "hub_number", 0, 0, 99),
        values.containsKey("secret_key_file")
            ? Path.of(values.get("secret_key_file")).toAbsolutePath()
            : keyFileOf(data),
        environment.apply("PORCHLIGHT_SECRET_KEY"),
        environment.apply("PORCHLIGHT_ADMIN_TOKEN"),
        Duration.ofSeconds(number(values, "lease", 30, 20, 3600)),
        values.get("database_url"),
        flag(values, "insecure_development"),
        tls(values),
        flag(values, "spark_twins_by_name"),
        number(values, "smtp_port", NO_SMTP, -1, 65535),
        number(values, "receipts_kept_days", RECEIPTS_KEPT_DAYS, 0, 36_500),
        number(values, "attempts_kept_days", ATTEMPTS_KEPT_DAYS, 0, 36_500),
        number(values, "events_kept_days", 0, 0, 36_500),
        Tracing.read(values.get("otlp_endpoint"), environment));
  }

  static Path keyFileOf(Path data) {
    return data.resolveSibling(data.getFileName() + ".key");
  }

  private static int number(
      Map<String, String> values, String key, int otherwise, int least, int most) {
    var text = values.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a number, not `" + text + "`", e);
    }
    throw new IllegalArgumentException(
        key + " must be from " + least + " to " + most + ", not " + text);
  }

  private static boolean flag(Map<String, String> values, String key) {
    return switch (values.getOrDefault(key, "false").strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "1" -> true;
      case "false", "no", "0" -> false;
      default ->
          throw new IllegalArgumentException(
              key + " must be true or false, not `" + values.get(key) + "`");
    };
  }

  /// The same with plain HTTP taken by the Spark door, or not.
  public HubConfig withInsecureDevelopment(boolean insecure) {
    return with(c -> c.insecureDevelopment = insecure);
  }

  /// The same whose spans go somewhere.
  public HubConfig withTracing(Tracing other) {
    return with(c -> c.tracing = other);
  }

  /// The same that listens at another address.
  public HubConfig withBind(String address) {
    return with(c -> c.bind = address);
  }

  /// The same whose endpoints may lie in these networks.
  public HubConfig withAllowNetworks(List<Cidr> networks) {
    return with(c -> c.allowNetworks = networks);
  }

  /// The same behind these proxies.
  public HubConfig withTrustedProxies(List<Cidr> networks) {
    return with(c -> c.trustedProxies = networks);
  }

  /// The same, with contacts that share an address when their names differ.
  public HubConfig withSparkTwinsByName() {
    return with(c -> c.sparkTwinsByName = true);
  }

  /// The same with TLS.
  public HubConfig withTls(TlsConfig other) {
    return with(c -> c.tls = other);
  }

  private static TlsConfig tls(Map<String, String> values) {
    var certificate = values.get("tls_cert");
    var key = values.get("tls_key");
    return new TlsConfig(
        certificate == null ? null : Path.of(certificate).toAbsolutePath(),
        key == null ? null : Path.of(key).toAbsolutePath(),
        flag(values, "tls_self_signed"),
        number(values, "tls_port", 8443, 0, 65535));
  }

  private static List<Cidr> networks(Map<String, String> values, String key) {
    var text = values.get(key);
    if (text == null || text.isBlank()) {
      return List.of();
    }
    try {
      return Cidr.parseList(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, String> parse(Path file) {
    try {
      var tree = new YAMLMapper().readTree(Files.readAllBytes(file));
      var values = new LinkedHashMap<String, String>();
      if (tree == null || tree.isNull() || tree.isMissingNode()) {
        return values;
      }
      if (!tree.isObject()) {
        throw new IllegalArgumentException(file + " must hold keys and values");
      }
      for (var entry : tree.properties()) {
        if (!KEYS.contains(entry.getKey())) {
          throw new IllegalArgumentException(
              file
                  + ": there is no key `"
                  + entry.getKey()
                  + "`; there are "
                  + String.join(", ", KEYS.stream().sorted().toList()));
        }
        var value = entry.getValue();
        if (value.isArray()) {
          var parts = new ArrayList<String>();
          value.forEach(v -> parts.add(v.asString()));
          values.put(entry.getKey(), String.join(",", parts));
        } else {
          values.put(entry.getKey(), value.asString());
        }
      }
      return values;
    } catch (IOException e) {
      throw new IllegalArgumentException("The configuration file " + file + " can't be read", e);
    } catch (tools.jackson.core.JacksonException e) {
      throw new IllegalArgumentException(
          file + " is not YAML: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
    }
  }
}
