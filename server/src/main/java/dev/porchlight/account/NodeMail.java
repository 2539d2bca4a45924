package dev.porchlight.account;

import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import dev.porchlight.value.Language;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where mail about a node's leads goes, and by whose clock. What a node does not say holds as the
/// node above it says.
///
/// @param address where copies of leads go; null where the node does not say
/// @param copies whether an endpoint of Lead Delivery has its leads sent there too; null where the
///   node does not say
/// @param fallback where a lead goes that no endpoint has taken, and a receipt that nobody can
///   read; null where the node does not say
/// @param timeZone whose hours daily mails go by, for example `America/Chicago`; null where the
///   node does not say
/// @param language of what people read in mails to the office, and to those who wait for homes, as
///   a tag; null where the node does not say
public record NodeMail(
    @Nullable String address,
    @Nullable Boolean copies,
    @Nullable String fallback,
    @Nullable String timeZone,
    @Nullable String language) {
  /// The kind of setting that holds it, by the node's id.
  public static final String SETTING = "node-mail";

  private static final NodeMail SILENT = new NodeMail(null, null, null, null, null);

  /// What a node says itself.
  public static NodeMail of(Settings settings, String node) {
    return settings
        .find(SETTING, node)
        .map(s -> Json.read(s.body(), NodeMail.class))
        .orElse(SILENT);
  }

  /// Where copies go of what an endpoint of a node gets; empty for nowhere.
  public static Optional<String> copiesOf(Settings settings, String node) {
    boolean on = nearest(settings, node, NodeMail::copies).map(Said::what).orElse(true);
    return on ? nearest(settings, node, NodeMail::address).map(Said::what) : Optional.empty();
  }

  /// Where that which is stuck goes.
  ///
  /// @param node whose setting says so
  public record Fallback(String node, String address) {}

  /// Where that goes which is stuck and landed at an office; empty for nowhere.
  public static Optional<Fallback> fallbackOf(Settings settings, String office) {
    return nearest(settings, office, NodeMail::fallback)
        .map(said -> new Fallback(said.node(), said.what()));
  }

  /// By whose hours mails go that come at hours; where nobody says so, by those of UTC.
  public static ZoneId zoneOf(Settings settings, String node) {
    return nearest(settings, node, NodeMail::timeZone)
        .map(said -> ZoneId.of(said.what()))
        .orElse(ZoneOffset.UTC);
  }

  /// In which language mails of a node go; where nobody says so, in English.
  public static Language languageOf(Settings settings, String node) {
    return nearest(settings, node, NodeMail::language)
        .flatMap(said -> Language.find(said.what()))
        .orElse(Language.ENGLISH);
  }

  private record Said<T>(String node, T what) {}

  private static <T> Optional<Said<T>> nearest(
      Settings settings, String node, Function<NodeMail, @Nullable T> member) {
    var nodes = Nodes.in(settings);
    var at = nodes.find(node);
    while (at.isPresent()) {
      var said = member.apply(of(settings, at.get().id()));
      if (said != null) {
        return Optional.of(new Said<>(at.get().id(), said));
      }
      var parent = at.get().parent();
      at = parent == null ? Optional.empty() : nodes.find(parent);
    }
    return Optional.empty();
  }

  /// The body of the setting that holds it.
  public String body() {
    return Json.write(this);
  }
}
