package dev.porchlight.console.leads;

import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Texts;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a lead says of who asks, and for what, in the words of one language.
record Particulars(Texts texts) {
  /// Who it is from.
  String name(Enquirer who) {
    var parts =
        Stream.of(who.firstName(), who.lastName())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    var name = parts.isBlank() ? Objects.requireNonNullElse(who.fullName(), "") : parts;
    return name.isBlank() ? texts.of("who.unnamed") : Clean.line(name);
  }

  /// How to reach them.
  List<Fact> who(Enquirer who) {
    var facts = new ArrayList<Fact>();
    if (who.email() != null) {
      facts.add(
          new Fact(
              texts.of("who.email"),
              checked(who.email(), who.emailStatus()),
              Clean.mailto(who.email())));
    }
    if (who.phone() != null) {
      facts.add(
          new Fact(
              texts.of("who.phone"),
              checked(who.phone(), who.phoneStatus()),
              Clean.tel(who.phone())));
    }
    return facts;
  }

  private static String checked(String value, @Nullable String verdict) {
    return Clean.line(value) + (verdict == null ? "" : " (" + Clean.line(verdict) + ")");
  }

  /// What it is about, over the home or the search.
  String about(Lead lead) {
    return switch (lead.interest()) {
      case null -> "";
      case Interest.InListing _ -> texts.of("what.listing");
      case Interest.HomeToSell _ -> texts.of("what.home");
      case Interest.Search _ -> texts.of("what.search");
    };
  }

  private static @Nullable Property property(Lead lead) {
    var interest = lead.interest();
    return interest == null ? null : interest.property();
  }

  /// Where the home is.
  static String place(Lead lead) {
    var property = property(lead);
    var address = property == null ? null : property.address();
    if (address == null) {
      return "";
    }
    var region =
        Stream.of(address.state(), address.postalCode())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    return Clean.line(
        Stream.of(address.street(), address.city(), region.isEmpty() ? null : region)
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", ")));
  }

  /// The home in figures.
  List<String> figures(Lead lead) {
    var property = property(lead);
    var figures = new ArrayList<String>();
    if (property != null) {
      figure(figures, "what.price", money(property.listPrice()));
      figure(figures, "what.value", money(property.estimatedValue()));
      figure(figures, "what.beds", number(property.beds()));
      figure(figures, "what.baths", number(property.baths()));
      figure(figures, "what.area", number(property.squareFeet()));
    }
    return figures;
  }

  private void figure(List<String> figures, String key, @Nullable String value) {
    if (value != null) {
      figures.add(texts.of(key, value));
    }
  }

  private @Nullable String money(@Nullable Money money) {
    return money == null ? null : texts.money(money.amount(), money.currency());
  }

  private @Nullable String number(@Nullable BigDecimal number) {
    return number == null ? null : texts.number(number);
  }

  /// What is known of the home.
  List<Fact> what(Lead lead) {
    var facts = new Facts(texts);
    var property = property(lead);
    if (property != null) {
      if (property.listingUrl() != null) {
        facts.link("what.page", property.listingUrl(), Clean.web(property.listingUrl()));
      }
      facts.add("what.mls", Facts.join(" · ", property.mlsId(), property.mlsName()));
      facts.add("what.type", property.propertyType());
      facts.add("what.status", property.listingStatus());
      facts.add("what.days", number(property.daysOnMarket()));
    }
    return facts.list();
  }

  /// All else that was sent.
  List<Fact> more(Lead lead, LeadRecord record) {
    var facts = new Facts(texts);
    var time = lead.timestamp();
    if (time != null) {
      var told = texts.time(time.at(), time.at()).exact();
      facts.add("more.arose", time.zoneAssumed() ? texts.of("more.assumed", told) : told);
    }
    var agent = lead.listingAgent();
    if (agent != null) {
      facts.add(
          "more.agent",
          Facts.join(
              " · ", agent.name(), agent.office(), agent.broker(), agent.email(), agent.phone()));
    }
    var recipient = lead.recipient();
    if (recipient != null) {
      facts.add(
          "more.recipient",
          Facts.join(" · ", recipient.name(), recipient.email(), recipient.kind()));
    }
    var finance = lead.finance();
    if (finance != null) {
      facts.add(
          "more.budget", Facts.join(" – ", money(finance.budgetMin()), money(finance.budgetMax())));
      facts.add("more.financing", finance.financingType());
      facts.add("more.approved", yesNo(finance.preApproved()));
      facts.add("more.credit", finance.creditScore());
      facts.add("more.veteran", yesNo(finance.veteran()));
    }
    var scores = lead.scores();
    if (scores != null) {
      facts.add("more.likely", yesNo(scores.likelyToTransact()));
      facts.add("more.probability", number(scores.probability()));
    }
    var origin = lead.origin();
    if (origin != null) {
      facts.add(
          "more.origin",
          Facts.join(" · ", origin.source(), origin.detail(), origin.kind(), origin.method()));
      facts.add("more.paid", origin.paidType());
    }
    lead.qualification().forEach(facts::named);
    lead.consents().forEach(c -> facts.named(c.kind(), c.token()));
    facts.add(record.derived() ? "more.derived" : "more.lead_id", record.externalId());
    lead.externalIds().forEach(facts::named);
    lead.extras().forEach(facts::named);
    facts.add("more.guid", record.guid());
    facts.add("more.id", record.id());
    return facts.list();
  }

  private @Nullable String yesNo(@Nullable Boolean value) {
    return value == null ? null : texts.of(value ? "yes" : "no");
  }
}
