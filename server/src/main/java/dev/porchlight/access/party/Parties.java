package dev.porchlight.access.party;

import dev.porchlight.store.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The parties at one place in the log, removed ones too. Immutable.
public final class Parties {
  private static final Function<Settings, Parties> VIEW = Parties::new;
  private static final Pattern PATH =
      Pattern.compile("/pods/([a-z0-9-]{1,63})/(?:profile/card(?:#me)?)?");

  private final Map<String, Party> byId = new LinkedHashMap<>();
  private final Map<String, Party> byPod = new LinkedHashMap<>();
  private final Map<String, Party> byHost = new LinkedHashMap<>();
  private final Map<String, Party> byUri = new LinkedHashMap<>();

  private Parties(Settings settings) {
    settings.all(Party.SETTING).forEach(s -> add(Party.of(s)));
  }

  private void add(Party party) {
    byId.put(party.id(), party);
    byPod.put(party.pod(), party);
    if (party.host() != null) {
      byHost.put(party.host(), party);
    }
    byUri.put(party.profile(), party);
    byUri.put(party.url() + "profile/card", party);
    byUri.put(party.url(), party);
  }

  public static Parties in(Settings settings) {
    return settings.view(VIEW);
  }

  public Collection<Party> all() {
    return byId.values();
  }

  public Optional<Party> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// The party whose pod has that name.
  public Optional<Party> findByPod(String pod) {
    return Optional.ofNullable(byPod.get(pod));
  }

  /// The party whose pod has that host name, in any letter case.
  public Optional<Party> findByHost(String host) {
    return Optional.ofNullable(byHost.get(host.toLowerCase(Locale.ROOT)));
  }

  /// The party with that identity.
  ///
  /// @param uri a profile's, with or without `#me`, or a pod's
  /// @param base where the hub was reached, so that a pod may also be named as it is seen from
  ///   there
  public Optional<Party> findByUri(String uri, String base) {
    var known = byUri.get(uri);
    if (known == null && uri.startsWith(base)) {
      var path = PATH.matcher(uri.substring(base.length()));
      return path.matches() ? findByPod(path.group(1)) : Optional.empty();
    }
    return Optional.ofNullable(known);
  }
}
