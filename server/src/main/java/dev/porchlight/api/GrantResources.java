package dev.porchlight.api;

import dev.porchlight.access.party.Grant;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.desk.events.GrantChanges;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Topic;
import dev.porchlight.web.Reply;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Grants: what the owner of events lets another party publish to it, and follow.
final class GrantResources {
  private static final int MOST = 100;
  private static final int LONGEST_FILTER = 10_000;

  private final Store store;
  private final int hub;
  private final GrantChanges changes;

  GrantResources(Store store, int hub, GrantChanges changes) {
    this.store = store;
    this.hub = hub;
    this.changes = changes;
  }

  Reply list(Call call) {
    call.filters("owner", "party");
    var settings = store.settings();
    var owner = call.request().queryValue("owner").map(o -> idOf(call, settings, o));
    var party = call.request().queryValue("party").map(p -> idOf(call, settings, p));
    return call.list(
        Grants.in(settings).all(),
        g ->
            sees(call, settings, g)
                && owner.map(g.owner()::equals).orElse(true)
                && party.map(g.party()::equals).orElse(true),
        g -> view(settings, g),
        Grant::id);
  }

  private static String idOf(Call call, Settings settings, String text) {
    return PartyResources.named(settings, text, call.request().baseUrl()).map(Party::id).orElse("");
  }

  private static boolean sees(Call call, Settings settings, Grant grant) {
    return Parties.in(settings)
        .find(grant.owner())
        .filter(p -> PartyResources.sees(call, settings, p))
        .isPresent();
  }

  private Grant grant(Call call) {
    var settings = store.settings();
    return Grants.in(settings)
        .find(call.path("id"))
        .filter(g -> sees(call, settings, g))
        .orElseThrow(() -> AccountResources.missing("grant"));
  }

  Reply get(Call call) {
    return Call.ok(view(store.settings(), grant(call)));
  }

  private static ObjectNode view(Settings settings, Grant grant) {
    var parties = Parties.in(settings);
    var json = Json.object();
    json.put("id", grant.id());
    json.put("owner", grant.owner());
    parties.find(grant.owner()).ifPresent(p -> json.put("owner_profile", p.profile()));
    json.put("party", grant.party());
    parties.find(grant.party()).ifPresent(p -> json.put("party_profile", p.profile()));
    var publishes = json.putArray("publishes");
    grant.publishes().forEach(publishes::add);
    var subscribes = json.putArray("subscribes");
    grant.subscribes().forEach(subscribes::add);
    if (grant.filter() != null) {
      json.put("filter", grant.filter());
    }
    var redaction = json.putArray("redaction");
    grant.redaction().forEach(redaction::add);
    json.put("created_at", grant.createdAt().toString());
    if (grant.until() != null) {
      json.put("until", grant.until().toString());
    }
    if (grant.revokedAt() != null) {
      json.put("revoked_at", grant.revokedAt().toString());
    }
    return json;
  }

  Reply make(Call call) throws Exception {
    var body =
        call.members(
            Set.of("owner", "party", "publishes", "subscribes", "filter", "redaction", "until"));
    var owner = body.needText("owner");
    var party = body.needText("party");
    var publishes = topics(body, "publishes", true);
    var subscribes = topics(body, "subscribes", false);
    if (publishes.isEmpty() && subscribes.isEmpty()) {
      throw new FaultException(
          Fault.BODY_INVALID, "Name groups in `publishes`, in `subscribes`, or in both.");
    }
    var filter = filter(body);
    var redaction = redaction(body);
    var until = until(body);
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.uuid("grant");
    return call.change(batch -> {
      var settings = batch.settings();
      var from = owner(call, settings, owner);
      var to = party(call, settings, party, from);
      var grant =
          new Grant(
              id,
              from.id(),
              to.id(),
              publishes,
              subscribes,
              filter,
              redaction,
              batch.now(),
              until,
              null);
      changes.by(draw).make(batch, grant);
      return new Call.Answer(201, view(batch.settings(), grant));
    });
  }

  private static Party owner(Call call, Settings settings, String text) {
    var owner =
        PartyResources.named(settings, text, call.request().baseUrl())
            .filter(p -> p.isLive() && PartyResources.sees(call, settings, p))
            .orElseThrow(() ->
                new FaultException(
                    Fault.BODY_INVALID, "`owner` must name a party that this token sees."));
    if (owner.isApp()) {
      throw new FaultException(
          Fault.BODY_INVALID, "An app owns nothing, so it grants nothing: name another `owner`.");
    }
    return owner;
  }

  /// One that the token sees, or an app of a node above the owner's.
  private static Party party(Call call, Settings settings, String text, Party owner) {
    var party =
        PartyResources.named(settings, text, call.request().baseUrl())
            .filter(p ->
                p.isLive()
                    && (PartyResources.sees(call, settings, p)
                        || p.isApp() && Nodes.in(settings).isWithin(owner.node(), p.node())))
            .orElseThrow(() ->
                new FaultException(
                    Fault.BODY_INVALID,
                    "`party` must name a party that this token sees, or an app of a node above the"
                        + " owner's."));
    if (party.id().equals(owner.id())) {
      throw new FaultException(
          Fault.BODY_INVALID, "A party grants itself nothing: `owner` and `party` are the same.");
    }
    return party;
  }

  private static List<String> topics(Members body, String name, boolean actions) {
    var topics = new ArrayList<String>();
    for (var text : body.texts(name).orElse(Set.of())) {
      var topic =
          Topic.parse(text)
              .orElseThrow(() ->
                  new FaultException(
                      Fault.BODY_INVALID,
                      "The member `"
                          + name
                          + "` must hold groups such as `realestate/listing`"
                          + (actions ? ", or topics such as `realestate/listing#update`." : ".")));
      // The unit of subscription is the group: what follows `#` is cut off.
      var kept = actions ? topic.text() : topic.group();
      if (!topics.contains(kept)) {
        topics.add(kept);
      }
    }
    if (topics.size() > MOST) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `" + name + "` must have at most " + MOST + " items.");
    }
    return List.copyOf(topics);
  }

  private @Nullable String filter(Members body) {
    var filter = body.line("filter", LONGEST_FILTER).orElse(null);
    if (filter != null) {
      try {
        Filter.parse(filter, StandardFields.CATALOGUE, store.now());
      } catch (FilterException e) {
        throw new FaultException(
            Fault.BODY_INVALID, "The member `filter` can't be read: " + e.getMessage());
      }
    }
    return filter;
  }

  private static List<String> redaction(Members body) {
    var pointers = List.copyOf(body.texts("redaction").orElse(Set.of()));
    for (var pointer : pointers) {
      if (pointer.length() > 500 || !pointer.matches("(/([^~/]|~[01])+){1,32}")) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "The member `redaction` must hold JSON pointers into an event's `data`, such as"
                + " `/object/buyerAgent`; `*` stands for each item of a list.");
      }
    }
    return pointers;
  }

  private @Nullable Instant until(Members body) {
    var text = body.text("until");
    if (text.isEmpty()) {
      return null;
    }
    try {
      var until = Optional.of(Instant.parse(text.get())).filter(u -> u.isAfter(store.now()));
      return until.orElseThrow(
          () -> new FaultException(Fault.BODY_INVALID, "The member `until` lies in the past."));
    } catch (DateTimeException e) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `until` must be a time such as 2026-01-02T03:04:05Z.");
    }
  }

  Reply revoke(Call call) throws Exception {
    var known = grant(call);
    var draw = Draw.fresh(store.now(), hub);
    return call.change(batch -> {
      var grant =
          Grants.in(batch.settings())
              .find(known.id())
              .orElseThrow(() -> AccountResources.missing("grant"));
      if (grant.revokedAt() != null) {
        return new Call.Answer(200, view(batch.settings(), grant));
      }
      var ended = changes.by(draw).revoke(batch, grant);
      return new Call.Answer(200, view(batch.settings(), ended));
    });
  }
}
