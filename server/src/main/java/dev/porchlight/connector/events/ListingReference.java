package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.connector.json.Members;
import dev.porchlight.value.Address;
import dev.porchlight.value.Agent;
import dev.porchlight.value.Coordinates;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Listings as consumers' events refer to them.
final class ListingReference {
  private ListingReference() {}

  /// A listing as consumers' events refer to it.
  static Property property(Members about) {
    about.pass("type");
    var address =
        new Address(
            about.text("streetAddress"),
            about.text("addressLocality"),
            about.text("addressRegion"),
            about.text("postalCode"));
    var latitude = about.number("latitude");
    var longitude = about.number("longitude");
    var system = about.text("originatingSystemName");
    var number = about.text("originatingSystemKey");
    if (number == null) {
      number = about.text("listingId");
      // As the contract's own listings are called: the system, and the number there.
      int plus = number == null ? -1 : number.indexOf('+');
      if (number != null
          && plus > 0
          && plus < number.length() - 1
          && (system == null || system.equals(number.substring(0, plus)))) {
        system = number.substring(0, plus);
        number = number.substring(plus + 1);
      }
    } else if (number.equals(Names.plain(about.raw("listingId")))) {
      about.pass("listingId");
    }
    return new Property(
        address.equals(new Address(null, null, null, null)) ? null : address,
        latitude == null && longitude == null ? null : new Coordinates(latitude, longitude),
        about.text("url"),
        number,
        system,
        about.text("listingStatus"),
        price(about),
        count(about, "numberOfBedrooms"),
        count(about, "numberOfBathrooms"),
        area(about),
        about.number("daysOnMarket"),
        about.text("propertyType"),
        null);
  }

  /// A number that the contract writes as text.
  private static @Nullable BigDecimal count(Members about, String member) {
    if (!(about.raw(member) instanceof String text) || text.isBlank()) {
      return about.raw(member) instanceof Num ? about.number(member) : null;
    }
    about.pass(member);
    var number = BodyJson.number(text.strip());
    if (number == null) {
      about.refuse(member, "a number");
    }
    return number;
  }

  private static @Nullable Money price(Members about) {
    if (!(about.raw("listingPrice") instanceof Map<?, ?>)) {
      if (about.raw("listingPrice") != null) {
        about.refuse("listingPrice", "a price with its currency");
        about.pass("listingPrice");
      }
      return null;
    }
    var price = about.object("listingPrice");
    price.pass("type");
    var currency = price.text("priceCurrency");
    if (currency == null || !currency.matches("[A-Z]{3}")) {
      price.keepRest();
      return null;
    }
    var amount = price.number("price");
    price.keepRest();
    return amount == null ? null : new Money(amount, currency);
  }

  private static @Nullable BigDecimal area(Members about) {
    if (!(about.raw("livingArea") instanceof Map<?, ?> area)) {
      return null;
    }
    var unit = area.get("unitCode");
    if (!"FTK".equals(unit) && !"SqFt".equals(unit)) {
      return null;
    }
    var living = about.object("livingArea");
    living.pass("type");
    living.pass("unitCode");
    living.pass("unitText");
    var value = living.number("value");
    living.keepRest();
    return value;
  }

  static Interest interest(Property property, Intent intent) {
    return intent == Intent.SELLER
        ? new Interest.HomeToSell(property)
        : new Interest.InListing(property);
  }

  static @Nullable Agent agent(Members about) {
    String name = null;
    String email = null;
    String phone = null;
    String number = null;
    String office = null;
    if (about.raw("listingAgent") instanceof Map<?, ?>) {
      var agent = about.object("listingAgent");
      agent.pass("type");
      name = agent.text("name");
      email = agent.text("email");
      phone = agent.text("telephone");
      if (agent.raw("identifier") instanceof Map<?, ?>) {
        var ids = agent.object("identifier");
        number = ids.text("mlsAgentId");
        ids.keepRest();
      }
      agent.keepRest();
    }
    if (about.raw("listingOffice") instanceof Map<?, ?>) {
      var of = about.object("listingOffice");
      of.pass("type");
      office = of.text("name");
      of.keepRest();
    }
    var agent = new Agent(name, email, phone, number, office, null);
    return agent.equals(new Agent(null, null, null, null, null, null)) ? null : agent;
  }
}
