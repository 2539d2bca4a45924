package dev.porchlight.console.endpoints;

import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Pulse;
import dev.porchlight.console.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The page of an endpoint.
///
/// @param secret what its receiver checks signatures with, to be shown this once; empty else
/// @param trouble why it does not take what it is sent; empty when it does
/// @param missed what waits while it is disabled; empty while it is not
/// @param derived whether it follows from something else, and can't be changed itself
/// @param counted how much a replay would do, as a sentence; empty when nobody asked
/// @param worker whether whoever looks may test it, and begin a replay
/// @param admin whether they may change it
record EndpointView(
    String path,
    String name,
    List<Badge> badges,
    String secret,
    String guide,
    String trouble,
    List<Fact> facts,
    List<Key> keys,
    Pulse pulse,
    List<Sent> sent,
    boolean disabled,
    String missed,
    boolean derived,
    Form.Field overlap,
    List<Choice> overlaps,
    Form.Field since,
    List<Choice> sinces,
    String counted,
    boolean worker,
    boolean admin) {

  record Key(Time since, @Nullable Time until) {}

  /// A delivery.
  record Sent(String href, Time at, String kind, Badge state, String reason) {}

  /// The list.
  record Listed(List<Line> lines, Pager pager, boolean admin) {}

  /// @param backlog how many of its contacts and listings wait for something
  record Line(
      String href,
      String name,
      String contract,
      String where,
      List<Badge> standing,
      String backlog,
      @Nullable Time last) {}

  /// The form of a new one.
  record New(
      Form.Field name,
      Form.Field contract,
      List<Choice> contracts,
      Form.Field url,
      Form.Field node,
      List<Choice> nodes,
      Form.Field shown,
      List<Choice> ways,
      Form.Field header,
      Form.Field user,
      Form.Field secret,
      boolean tests,
      boolean channel,
      String trouble) {}

  /// What went out in a test, and what came back.
  record Tried(
      String path,
      String name,
      boolean delivered,
      String outcome,
      String took,
      String url,
      List<Fact> headers,
      String body,
      String answer) {}

  /// A lead in every contract.
  ///
  /// @param lead its id; empty while none is chosen
  record Preview(String lead, String who, String trouble, List<Written> written) {}

  /// A lead in one contract.
  ///
  /// @param why it can't be written; empty when it can
  /// @param body laid out to be read, and cut where it is long
  /// @param whole where all of it is, as it would be sent
  record Written(
      String contract,
      String label,
      Badge state,
      String why,
      List<Lost> lost,
      String type,
      int size,
      String body,
      String whole) {}

  record Lost(String field, String reason) {}
}
