package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.EventCatalogue;
import dev.porchlight.filter.Value;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an event about a lead says to the filters of endpoints.
///
/// @param owner the member whose contact it is; empty when there is none
public record EventFields(
    Nodes nodes, Source source, LeadRecord record, Lead lead, String kind, String owner, Instant at)
    implements Function<String, Value> {
  private static final int LONGEST = 300;

  @Override
  public Value apply(String name) {
    var field = EventCatalogue.of(name);
    return field == null ? Value.UNSET : value(field);
  }

  private Value value(EventCatalogue field) {
    var origin = lead.origin();
    var finance = lead.finance();
    var property = lead.interest() == null ? null : lead.interest().property();
    var home = property == null ? Property.UNSTATED : property;
    var address = home.address();
    return switch (field) {
      case KIND -> text(kind);
      case VERSION -> new Value.Whole(record.version());
      case TEST -> Value.flag(record.test());
      case SOURCE_ID -> text(source.id());
      case SOURCE_NAME -> text(source.name());
      case SOURCE_CONTRACT -> text(source.contract());
      case OFFICE_ID -> text(record.officeId());
      case OFFICE_NAME -> text(nodes.find(record.officeId()).map(Node::name).orElse(null));
      case OWNER_ID -> text(owner);
      case RECEIVED -> Value.moment(at);
      case AROSE -> Value.moment(lead.timestamp() == null ? null : lead.timestamp().at());
      case INTENT -> text(lead.intent().word());
      case ABOUT -> text(about(lead.interest()));
      case ORIGIN -> text(origin == null ? null : origin.source());
      case ORIGIN_KIND -> text(origin == null ? null : origin.kind());
      case ORIGIN_METHOD -> text(origin == null ? null : origin.method());
      case PORTAL -> text(origin == null ? null : origin.portal());
      case RECIPIENT_ID -> text(lead.recipient() == null ? null : lead.recipient().id());
      case CITY -> text(address == null ? null : address.city());
      case STATE -> text(address == null ? null : address.state());
      case POSTAL_CODE -> text(address == null ? null : address.postalCode());
      case MLS_ID -> text(home.mlsId());
      case MLS_NAME -> text(home.mlsName());
      case LISTING_STATUS -> text(home.listingStatus());
      case PROPERTY_TYPE -> text(home.propertyType());
      case LIST_PRICE -> amount(home.listPrice());
      case CURRENCY -> text(currency(home));
      case BEDS -> number(home.beds());
      case BATHS -> number(home.baths());
      case SQUARE_FEET -> number(home.squareFeet());
      case BUDGET_MIN -> amount(finance == null ? null : finance.budgetMin());
      case BUDGET_MAX -> amount(finance == null ? null : finance.budgetMax());
      case PRE_APPROVED -> Value.flag(finance == null ? null : finance.preApproved());
      case FINANCING_TYPE -> text(finance == null ? null : finance.financingType());
      case PROBABILITY -> number(lead.scores() == null ? null : lead.scores().probability());
    };
  }

  private @Nullable String currency(Property home) {
    var finance = lead.finance();
    if (home.listPrice() != null) {
      return home.listPrice().currency();
    }
    if (finance == null) {
      return null;
    }
    var money = finance.budgetMax() == null ? finance.budgetMin() : finance.budgetMax();
    return money == null ? null : money.currency();
  }

  private static @Nullable String about(@Nullable Interest interest) {
    return switch (interest) {
      case null -> null;
      case Interest.InListing _ -> "listing";
      case Interest.HomeToSell _ -> "home_to_sell";
      case Interest.Search _ -> "search";
    };
  }

  private static Value text(@Nullable String text) {
    return Value.text(text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST));
  }

  private static Value number(@Nullable BigDecimal number) {
    return number == null ? Value.UNSET : new Value.Decimal(number);
  }

  private static Value amount(@Nullable Money money) {
    return money == null ? Value.UNSET : new Value.Decimal(money.amount());
  }
}
