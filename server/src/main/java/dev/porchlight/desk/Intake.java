package dev.porchlight.desk;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Others;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Fact;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Sha256;
import dev.porchlight.value.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A receipt that was read and is ready for its decision: all that takes time was done before the
/// writer is entered.
///
/// @param receipt as it would be if nothing came of it
/// @param source the source as it was when the request came
/// @param rework the receipt is in the store already, as owed
/// @param erasedOthers in a rebuild: what its decision saw of persons who were erased since
record Intake(
    Receipt receipt,
    RawBody raw,
    Source source,
    Content content,
    boolean rework,
    Others erasedOthers) {

  /// What was read.
  sealed interface Content {
    List<Violation> violations();

    /// A lead.
    ///
    /// @param fact the lead as JSON, for keeping
    /// @param key what makes another receipt one of the same lead
    /// @param keyLapses the key holds for a day only
    /// @param keyOfRequest the key is one that the sender gave the request: under it nothing else
    ///   may be said
    /// @param twin what tells that it came by another channel too
    /// @param saidAt when the sender made this version; null where the contract does not say
    /// @param askedAt the last log entry there was when the sender was asked for this; null when it
    ///   was pushed
    record OfLead(
        Lead lead,
        String fact,
        String fingerprint,
        Identity identity,
        String key,
        boolean keyLapses,
        boolean keyOfRequest,
        Twin twin,
        @Nullable Instant saidAt,
        @Nullable Long askedAt,
        List<Violation> violations)
        implements Content {}

    /// Nothing that could become a fact.
    record Unreadable(String reason, List<Violation> violations) implements Content {}
  }

  private static final int LONGEST_KEY = 200;

  /// The same with one more thing kept beside the receipt's headers.
  Intake noting(String name, String value) {
    return new Intake(receipt.noting(name, value), raw, source, content, rework, erasedOthers);
  }

  /// The sender's id of the lead, or the one that stands in for it; null when there is no lead.
  @Nullable String externalId() {
    return switch (content) {
      case Content.Unreadable _ -> null;
      case Content.OfLead lead -> {
        var given = lead.lead().leadId();
        if (given != null) {
          yield given;
        }
        yield lead.keyLapses()
            ? Draw.named(source.id(), lead.key(), receipt.draw().at().toString())
            : Draw.named(source.id(), lead.key());
      }
    };
  }

  /// What the sender is told as `communications_guid` before anything is decided.
  String guid() {
    var external = externalId();
    return external == null ? receipt.guid() : Draw.named(source.id(), external);
  }

  /// @param timed the contract's times are those of versions
  /// @param requestKey what the sender named the request; null for nothing
  /// @param askedAt as in [Content.OfLead]
  static Content content(
      Reading reading,
      Body body,
      Source source,
      boolean timed,
      @Nullable String requestKey,
      @Nullable Long askedAt) {
    return switch (reading) {
      case Reading.Unreadable(var reason, _, var violations) ->
          new Content.Unreadable(reason, violations);
      case Reading.Facts(_, var facts, var violations, var fingerprint) ->
          content(
              facts.getFirst(), body, source, timed, requestKey, askedAt, violations, fingerprint);
    };
  }

  private static Content content(
      Fact fact,
      Body body,
      Source source,
      boolean timed,
      @Nullable String requestKey,
      @Nullable Long askedAt,
      List<Violation> violations,
      String fingerprint) {
    return switch (fact) {
      case Lead lead -> {
        var identity = Identity.of(lead.enquirer(), source.region());
        yield new Content.OfLead(
            lead,
            new String(LeadJson.bytes(lead), StandardCharsets.UTF_8),
            fingerprint,
            identity,
            requestKey == null
                ? key(lead, identity, body)
                : "request " + Sha256.hex(utf8(requestKey)),
            requestKey != null || lead.leadId() == null && lead.timestamp() == null,
            requestKey != null,
            Twin.of(source.id(), lead, identity),
            timed && lead.timestamp() != null ? lead.timestamp().at() : null,
            askedAt,
            violations);
      }
    };
  }

  private static String key(String leadId) {
    return leadId.length() <= LONGEST_KEY ? "id " + leadId : "id# " + Sha256.hex(utf8(leadId));
  }

  /// The keys of a lead that a sender calls so, or of whose request.
  static List<String> keys(String name) {
    return List.of(key(name), "request " + Sha256.hex(utf8(name)));
  }

  /// The sender's id; else what person, listing and time make up; else the bytes.
  private static String key(Lead lead, Identity identity, Body body) {
    if (lead.leadId() != null) {
      return key(lead.leadId());
    }
    if (lead.timestamp() != null) {
      return "is "
          + Draw.named(
              who(lead.enquirer(), identity),
              about(lead.interest()),
              lead.timestamp().at().toString());
    }
    return "raw " + Sha256.hex(body.bytes());
  }

  /// The person, however written: by e-mail whatever else is said; else by phone and family name;
  /// else by all that was said.
  private static String who(Enquirer e, Identity identity) {
    if (identity.email() != null) {
      return "email\n" + identity.email();
    }
    if (identity.phone() != null) {
      return "phone\n" + identity.phone() + "\n" + identity.family();
    }
    return "said\n"
        + String.join(
                "\n",
                text(e.email()),
                text(e.phone()),
                text(e.firstName()),
                text(e.lastName()),
                text(e.fullName()))
            .toLowerCase(Locale.ROOT);
  }

  private static String about(@Nullable Interest interest) {
    if (interest == null) {
      return "";
    }
    var p = interest.property();
    if (p == null) {
      return "";
    }
    var a = p.address();
    var k = p.keys();
    if (k != null) {
      return String.join(
          "\n", "keys", text(k.classifiedId()), text(k.estateId()), text(k.marketingKey()));
    }
    return String.join(
        "\n",
        text(p.mlsName()),
        text(p.mlsId()),
        text(p.listingUrl()),
        a == null ? "" : text(a.street()) + "\n" + text(a.city()) + "\n" + text(a.postalCode()));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
