package dev.porchlight.desk.events;

import dev.porchlight.access.party.Authorization;
import dev.porchlight.access.party.Grant;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.EventContract;
import dev.porchlight.connector.InboxMessage;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What parties send to inboxes: the handshake by which an app comes to a grant, and requests for a
/// replay of one's own inbox.
///
/// Somebody asks (AuthorizeAction to the owner's inbox), which grants nothing. The owner authorizes
/// (AuthorizeAction to their own inbox, or a SubscribeAction with potential status to the app's);
/// then the app is told, and confirms (SubscribeAction, active or completed, to the owner's inbox).
/// Only then is there a grant, of what both have said and no more. Either ends it (RejectAction).
/// Who sent a message is known by their key, whatever the message says. May be shared by threads.
public final class Postbox {
  private final Store store;
  private final int hub;
  private final EventContract contract;
  private final Publishing publishing;
  private final GrantChanges grants;
  private final InboxReplays replays;

  public Postbox(
      Store store,
      int hub,
      EventContract contract,
      Publishing publishing,
      GrantChanges grants,
      InboxReplays replays) {
    this.store = store;
    this.hub = hub;
    this.contract = contract;
    this.publishing = publishing;
    this.grants = grants;
    this.replays = replays;
  }

  /// What came of a message.
  public sealed interface Outcome {
    /// It is in the inbox, now or since an earlier request.
    record Taken(String uri) implements Outcome {}

    /// Items of the sender's inbox will come once more.
    record Replaying(String id) implements Outcome {}

    /// Something of the kind is under way.
    record Busy(String reason) implements Outcome {}

    /// It can't be taken as it is.
    record Invalid(String reason) implements Outcome {}

    /// The sender may not say that.
    record NotAllowed(String reason) implements Outcome {}
  }

  /// Takes a message to the inbox of a pod.
  ///
  /// @param base where the hub was reached
  /// @throws dev.porchlight.store.StoreUnavailableException when nothing is on disk
  public Outcome post(Party sender, Party pod, byte[] body, String base) {
    return switch (contract.readMessage(body)) {
      case InboxMessage.Unreadable(var reason) -> new Outcome.Invalid(reason);
      case InboxMessage.Handshake handshake -> {
        var draw = Draw.fresh(store.now(), hub);
        yield store.write(
            WorkQueue.EDITS, batch -> take(batch, sender.id(), pod.id(), handshake, base, draw));
      }
      case InboxMessage.ReplayRequest request -> replays.ask(sender, pod, request, base);
    };
  }

  /// Whom a handshake is between.
  private record Pair(Party sender, Party pod, Party owner, Party app) {
    boolean byOwner() {
      return sender.id().equals(owner.id());
    }

    boolean byApp() {
      return sender.id().equals(app.id());
    }

    Party other() {
      return byOwner() ? app : owner;
    }
  }

  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Outcome outcome;

    RefusedException(Outcome outcome) {
      super(null, null, false, false);
      this.outcome = outcome;
    }
  }

  private static RefusedException invalid(String reason) {
    return new RefusedException(new Outcome.Invalid(reason));
  }

  private static RefusedException notAllowed(String reason) {
    return new RefusedException(new Outcome.NotAllowed(reason));
  }

  /// One unit: nothing is written before all is checked.
  private Outcome take(
      Batch batch,
      String sender,
      String pod,
      InboxMessage.Handshake message,
      String base,
      Draw draw) {
    try {
      var pair = pair(batch.settings(), sender, pod, message, base);
      return new Outcome.Taken(
          switch (message.step()) {
            case AUTHORIZE ->
                pair.byOwner()
                    ? offer(batch, pair, message, draw)
                    : ask(batch, pair, message, draw);
            case OFFER -> offer(batch, pair, message, draw);
            case CONFIRM -> confirm(batch, pair, message, draw);
            case REJECT -> reject(batch, pair, draw);
          });
    } catch (RefusedException e) {
      return e.outcome;
    }
  }

  private static Pair pair(
      Settings settings,
      String senderId,
      String podId,
      InboxMessage.Handshake message,
      String base) {
    var parties = Parties.in(settings);
    var sender = live(parties, senderId);
    var pod = live(parties, podId);
    var app =
        message.app().isEmpty() && pod.isApp()
            ? pod
            : parties
                .findByUri(message.app(), base)
                .filter(p -> p.isLive() && p.isApp())
                .orElseThrow(() -> invalid("The `object` names the app concerned."));
    var named =
        message.owner().isEmpty()
            ? Optional.<Party>empty()
            : Optional.of(
                parties
                    .findByUri(message.owner(), base)
                    .filter(Party::isLive)
                    .orElseThrow(() -> invalid("The `target` is no party of this hub.")));
    Party owner;
    if (pod.isApp()) {
      if (!pod.id().equals(app.id())) {
        throw invalid("The `object` is another app than the one whose inbox this is.");
      }
      owner = sender.isApp() ? named.orElse(sender) : sender;
    } else {
      owner = pod;
    }
    if (named.isPresent() && !named.get().id().equals(owner.id())) {
      throw invalid("The `target` is another party than the one concerned.");
    }
    if (owner.isApp()) {
      throw invalid("An app owns nothing: the `target` names whose data it is.");
    }
    if (!root(settings, owner).equals(root(settings, app))
        || !root(settings, sender).equals(root(settings, owner))) {
      throw notAllowed("These parties belong to different accounts.");
    }
    return new Pair(sender, pod, owner, app);
  }

  private static Party live(Parties parties, String id) {
    return parties
        .find(id)
        .filter(Party::isLive)
        .orElseThrow(() -> notAllowed("The party is removed."));
  }

  private static String root(Settings settings, Party party) {
    return Nodes.in(settings).rootOf(party.node()).map(Node::id).orElse(party.node());
  }

  private static Optional<Authorization> known(Batch batch, Pair pair) {
    return Authorization.find(batch.settings(), pair.owner().id(), pair.app().id());
  }

  /// The grant that came of an earlier handshake, if it is in force.
  private static Optional<Grant> granted(Batch batch, Optional<Authorization> known) {
    return known
        .map(Authorization::grant)
        .flatMap(id -> Grants.in(batch.settings()).find(id))
        .filter(g -> g.isLive(batch.now()));
  }

  private static InboxMessage.Scope scope(Authorization known) {
    return new InboxMessage.Scope(known.publishes(), known.subscribes());
  }

  private static InboxMessage.Scope scope(Grant grant) {
    return new InboxMessage.Scope(grant.publishes(), grant.subscribes());
  }

  private static Optional<String> repeated(
      Optional<Authorization> known, Authorization.State state, InboxMessage.Scope scope) {
    return known
        .filter(k -> k.state() == state && scope(k).equals(scope))
        .map(Authorization::message);
  }

  /// Somebody asks the owner: nothing is granted by that, and nothing that is granted ends.
  private String ask(Batch batch, Pair pair, InboxMessage.Handshake message, Draw draw) {
    if (pair.pod().isApp()) {
      throw invalid("Ask the owner: an AuthorizeAction goes to their inbox.");
    }
    var scope = message.scope();
    if (scope == null) {
      throw invalid("The `context` names the `scope` that is asked for.");
    }
    var known = known(batch, pair);
    var again = repeated(known, Authorization.State.ASKED, scope);
    if (again.isPresent()) {
      return again.get();
    }
    var posted = send(batch, pair, message.step(), scope, draw, "ask", List.of(pair.pod()));
    put(batch, pair, Authorization.State.ASKED, scope, posted, grantOf(known));
    return posted;
  }

  private static @Nullable String grantOf(Optional<Authorization> known) {
    return known.map(Authorization::grant).orElse(null);
  }

  /// The owner authorizes; the app is to confirm.
  private String offer(Batch batch, Pair pair, InboxMessage.Handshake message, Draw draw) {
    if (!pair.byOwner()) {
      throw notAllowed("Only " + pair.owner().profile() + " offers that.");
    }
    var known = known(batch, pair);
    // What was asked for may have changed since the owner has read it: it does not stand in.
    var scope = message.scope();
    if (scope == null) {
      throw invalid("The `context` names the `scope` to authorize.");
    }
    var again = repeated(known, Authorization.State.OFFERED, scope);
    if (again.isPresent()) {
      return again.get();
    }
    String posted;
    if (pair.pod().isApp()) {
      posted = send(batch, pair, message.step(), scope, draw, "offer", List.of(pair.app()));
    } else {
      posted = send(batch, pair, message.step(), scope, draw, "authorize", List.of(pair.owner()));
      send(batch, pair, InboxMessage.Step.OFFER, scope, draw, "offer", List.of(pair.app()));
    }
    put(batch, pair, Authorization.State.OFFERED, scope, posted, grantOf(known));
    return posted;
  }

  /// The app confirms what was offered, or part of it.
  private String confirm(Batch batch, Pair pair, InboxMessage.Handshake message, Draw draw) {
    if (!pair.byApp()) {
      throw notAllowed("Only " + pair.app().profile() + " confirms that.");
    }
    var known = known(batch, pair);
    var scope = message.scope() != null ? message.scope() : known.map(Postbox::scope).orElse(null);
    var again =
        scope == null
                || granted(batch, known).isEmpty() && known.map(Authorization::grant).isPresent()
            ? Optional.<String>empty()
            : repeated(known, Authorization.State.CONFIRMED, scope);
    if (again.isPresent()) {
      return again.get();
    }
    if (scope == null
        || known.filter(k -> k.state() == Authorization.State.OFFERED).isEmpty()
        || !scope.isWithin(scope(known.get()))) {
      throw notAllowed("That is not authorized by " + pair.owner().profile() + ".");
    }
    var posted = send(batch, pair, message.step(), scope, draw, "confirm", List.of(pair.owner()));
    put(
        batch,
        pair,
        Authorization.State.CONFIRMED,
        scope,
        posted,
        grant(batch, pair, known, scope, draw));
    return posted;
  }

  private @Nullable String grant(
      Batch batch, Pair pair, Optional<Authorization> known, InboxMessage.Scope scope, Draw draw) {
    var told = grants.by(draw);
    var there = granted(batch, known);
    if (scope.isEmpty()) {
      there.ifPresent(g -> told.revoke(batch, g));
      return null;
    }
    if (there.isPresent()) {
      if (!scope(there.get()).equals(scope)) {
        told.change(batch, there.get().allowing(scope.publishes(), scope.subscribes()));
      }
      return there.get().id();
    }
    var grant =
        new Grant(
            draw.uuid("grant"),
            pair.owner().id(),
            pair.app().id(),
            scope.publishes(),
            scope.subscribes(),
            null,
            List.of(),
            batch.now(),
            null,
            null);
    told.make(batch, grant);
    return grant.id();
  }

  /// Ends all between the two: what was asked for, offered and granted, by whatever way.
  private String reject(Batch batch, Pair pair, Draw draw) {
    if (!pair.byOwner() && !pair.byApp()) {
      throw notAllowed("Only the owner or the app reject that.");
    }
    var live =
        Grants.in(batch.settings()).ofOwner(pair.owner().id()).stream()
            .filter(g -> g.party().equals(pair.app().id()) && g.isLive(batch.now()))
            .toList();
    var known = known(batch, pair);
    if (live.isEmpty()) {
      if (known.isEmpty()) {
        throw invalid("There is nothing between these parties to reject.");
      }
      if (known.get().state() == Authorization.State.REJECTED) {
        return known.get().message();
      }
    }
    var inboxes = new LinkedHashMap<String, Party>();
    inboxes.put(pair.pod().id(), pair.pod());
    inboxes.put(pair.other().id(), pair.other());
    var posted =
        send(
            batch,
            pair,
            InboxMessage.Step.REJECT,
            null,
            draw,
            "reject",
            new ArrayList<>(inboxes.values()));
    var told = grants.by(draw);
    live.forEach(g -> told.revoke(batch, g));
    var none = new InboxMessage.Scope(List.of(), List.of());
    put(batch, pair, Authorization.State.REJECTED, none, posted, null);
    return posted;
  }

  private static void put(
      Batch batch,
      Pair pair,
      Authorization.State state,
      InboxMessage.Scope scope,
      String message,
      @Nullable String grant) {
    var now =
        new Authorization(
            pair.owner().id(),
            pair.app().id(),
            state,
            scope.publishes(),
            scope.subscribes(),
            message,
            grant);
    batch.change(Authorization.SETTING, now.id(), now.body());
  }

  /// Puts a message into inboxes; gives its id.
  ///
  /// @param name of the message among those of one draw
  private String send(
      Batch batch,
      Pair pair,
      InboxMessage.Step step,
      InboxMessage.@Nullable Scope scope,
      Draw draw,
      String name,
      List<Party> inboxes) {
    var seed = Draw.named("message", draw.seed(), name).replace("-", "");
    var own = new Draw(draw.at(), seed, draw.counter());
    return publishing.send(
        batch,
        pair.sender(),
        own,
        uri ->
            contract.handshake(
                uri,
                step,
                pair.sender().profile(),
                pair.app().profile(),
                pair.owner().profile(),
                scope,
                own.at()),
        inboxes);
  }
}
