package dev.porchlight.console.sources;

import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Pulse;
import dev.porchlight.console.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The page of a source.
///
/// @param key its new key, to be shown this once; empty else
/// @param guide what to do with what is to be pasted
/// @param signature how its requests are signed, in words
/// @param testable whether a test can be written in its contract
/// @param pause since when and by whom it is paused; empty when it is not
/// @param paused whether it can be let go on
/// @param pausable whether it can be paused: a client's own is told at once what became of a lead
/// @param mailed whether mails come in
/// @param mailbox what stands before the `@` of its new address, to be shown this once; empty else
/// @param admin whether whoever looks may change it
record SourceView(
    String path,
    String name,
    String contract,
    List<Badge> badges,
    String key,
    List<Paste> pastes,
    String guide,
    List<Fact> facts,
    List<Key> keys,
    String signature,
    Pulse pulse,
    List<Came> receipts,
    Pager pager,
    Form.Field overlap,
    List<Choice> overlaps,
    boolean testable,
    String pause,
    boolean paused,
    boolean pausable,
    boolean mailed,
    String mailbox,
    boolean admin) {

  /// What is to be pasted elsewhere.
  record Paste(String label, String text) {}

  record Key(String hint, Time since, @Nullable Time until) {}

  /// A request as it came.
  ///
  /// @param lead where it led to; null for nowhere
  /// @param debug where its signature is looked into; null where it has none
  record Came(
      Time at,
      Badge state,
      String message,
      String reason,
      String signature,
      String href,
      @Nullable String debug) {}

  /// The list.
  record Listed(List<Line> lines, Pager pager, boolean admin) {}

  /// @param last when something last came; null for never
  record Line(
      String href,
      String name,
      String contract,
      String node,
      List<Badge> standing,
      @Nullable Time last) {}

  /// The form of a new one.
  record New(
      Form.Field name,
      Form.Field contract,
      List<Choice> contracts,
      List<Guide> guides,
      Form.Field node,
      List<Choice> nodes,
      Form.Field region,
      Form.Field apiKey,
      String trouble) {}

  /// What a contract is for.
  record Guide(String contract, String text) {}
}
