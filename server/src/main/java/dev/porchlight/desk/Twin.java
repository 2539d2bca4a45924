package dev.porchlight.desk;

import dev.porchlight.person.Identity;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What tells, of a lead that comes by mail and over HTTP without one id in both, that it is one:
/// the same person within a day, by the other channel, about nothing else and with no other words.
/// All of it is hashes.
///
/// @param whos the person, by each way to reach them
/// @param place the property; empty where nothing is said of one
/// @param listing the listing's number; empty where none is said
/// @param words the beginning of the message; empty where there is none
public record Twin(List<String> whos, String place, String listing, String words) {
  private static final Duration APART = Duration.ofDays(1);
  private static final int WORDS = 100;
  private static final int MOST = 20;

  public Twin {
    whos = List.copyOf(whos);
  }

  /// Made before the writer is entered.
  static Twin of(String source, Lead lead, Identity identity) {
    var whos = whos(source, identity);
    var interest = lead.interest();
    var property = interest == null ? null : interest.property();
    var address = property == null ? null : property.address();
    return new Twin(
        whos,
        address == null || address.street() == null ? "" : place(source, address.street()),
        property == null || property.mlsId() == null
            ? ""
            : Draw.named("twin", source, MailChannel.folded(property.mlsId())),
        lead.message() == null ? "" : words(source, lead.message()));
  }

  /// The person, by each way to reach them.
  public static List<String> whos(String source, Identity identity) {
    var whos = new ArrayList<String>();
    if (identity.email() != null) {
      whos.add(Draw.named("twin", source, "email", identity.email()));
    }
    if (identity.phone() != null) {
      whos.add(Draw.named("twin", source, "phone", identity.phone()));
    }
    return whos;
  }

  /// Forgets a lead that was remembered.
  public static void forget(Batch batch, String source, String who, String lead) {
    var row = batch.find(Tables.TWIN, source, who);
    if (row == null) {
      return;
    }
    var left = Json.object();
    var to = left.putArray("list");
    Json.tree(row.leads())
        .path("list")
        .valueStream()
        .filter(one -> !one.path("lead").asString("").equals(lead))
        .forEach(to::add);
    if (to.isEmpty()) {
      batch.delete(Tables.TWIN, source, who);
    } else {
      batch.put(Tables.TWIN, new Tables.TwinRow(source, who, left.toString()));
    }
  }

  /// House number and the first word of the street: a mail may have the whole address in a line.
  private static String place(String source, String street) {
    var parts = street.strip().split("[\\s,]+", 3);
    var start = MailChannel.folded(parts[0] + (parts.length > 1 ? parts[1] : ""));
    return start.isEmpty() ? "" : Draw.named("twin", source, start);
  }

  private static String words(String source, String message) {
    var folded = MailChannel.folded(message);
    return folded.isEmpty()
        ? ""
        : Draw.named("twin", source, folded.substring(0, Math.min(WORDS, folded.length())));
  }

  private boolean contradicts(JsonNode other) {
    return differ(place, other.path("place").asString(""))
        || differ(listing, other.path("listing").asString(""))
        || differ(words, other.path("words").asString(""));
  }

  private static boolean differ(String one, String other) {
    return !one.isEmpty() && !other.isEmpty() && !one.equals(other);
  }

  /// The newest lead that came by the other channel and is this one; null when there is none.
  @Nullable LeadRecord find(Batch batch, String source, boolean mail, Instant at) {
    for (var who : whos) {
      var row = batch.find(Tables.TWIN, source, who);
      var list = row == null ? Json.object().path("list") : Json.tree(row.leads()).path("list");
      for (int i = list.size() - 1; i >= 0; i--) {
        var one = list.get(i);
        var apart = Duration.between(Row.instant(one.path("at").asLong()), at).abs();
        if (one.path("mail").asBoolean() != mail
            && apart.compareTo(APART) <= 0
            && !contradicts(one)) {
          var id = one.path("lead").asString("");
          var joined = batch.find(Tables.LEAD_MAIL, id);
          var lead = batch.find(Tables.LEAD, id);
          if (lead != null
              && lead.erasedAt() == null
              && (joined == null || joined.otherKey().isEmpty())) {
            return lead;
          }
        }
      }
    }
    return null;
  }

  /// Remembers a new lead for the other channel.
  void remember(Batch batch, String source, LeadRecord lead, boolean mail) {
    for (var who : whos) {
      var row = batch.find(Tables.TWIN, source, who);
      var list = Json.object();
      var to = list.putArray("list");
      if (row != null) {
        var old = Json.tree(row.leads()).path("list");
        for (int i = Math.max(0, old.size() - MOST + 1); i < old.size(); i++) {
          var at = Row.instant(old.get(i).path("at").asLong());
          if (Duration.between(at, lead.createdAt()).abs().compareTo(APART) <= 0) {
            to.add(old.get(i));
          }
        }
      }
      to.addObject()
          .put("lead", lead.id())
          .put("mail", mail)
          .put("at", Row.micros(lead.createdAt()))
          .put("place", place)
          .put("listing", listing)
          .put("words", words);
      batch.put(Tables.TWIN, new Tables.TwinRow(source, who, list.toString()));
    }
  }
}
