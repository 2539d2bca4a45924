package dev.porchlight;

import dev.porchlight.access.MailMarks;
import dev.porchlight.connector.mail.LeadMail;
import dev.porchlight.connector.mail.ListingMail;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Renderer.Rendered;
import dev.porchlight.desk.feed.FeedLetters;
import dev.porchlight.net.MailServer;
import dev.porchlight.store.Store;
import dev.porchlight.watch.Happening;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Writes what the holders of feeds are told: mails to them, and events for who asks for those.
final class FeedRendering {
  private final Store store;
  private final FeedLetters letters;
  private final MailMarks marks;
  private final Supplier<URI> address;

  /// @param address where the hub is reached as far as it knows itself
  FeedRendering(Store store, MailMarks marks, Supplier<URI> address) {
    this.store = store;
    letters = new FeedLetters(store);
    this.marks = marks;
    this.address = address;
  }

  Rendered render(Delivery delivery, Endpoint endpoint) {
    if (endpoint.isMail() && delivery.version() > 0) {
      return mail(delivery);
    }
    if (!endpoint.contract().equals("porchlight")) {
      return new Rendered.CannotWrite(
          "The contract " + endpoint.contract() + " has no events of feeds.");
    }
    return letters
        .event(delivery)
        .<Rendered>map(event ->
            new Rendered.Ready(
                event.toString().getBytes(StandardCharsets.UTF_8),
                "application/json",
                "",
                false,
                "[]",
                Map.of()))
        .orElseGet(() -> new Rendered.CannotWrite("Whose feeds they were is no longer there."));
  }

  private Rendered mail(Delivery delivery) {
    var server = MailServer.in(store.settings());
    if (server.isEmpty()) {
      return new Rendered.CannotWrite("There is no mail server any more.");
    }
    return switch (letters.letter(delivery)) {
      case FeedLetters.Found.Not(var why) -> new Rendered.CannotWrite(why);
      case FeedLetters.Found.Ready(var letter) -> {
        var base = server.get().links() == null ? address.get().toString() : server.get().links();
        var link = base.replaceAll("/+$", "") + "/unsubscribe/" + marks.end(letter.holder());
        var headers = new LinkedHashMap<String, String>();
        headers.put(Sending.DELIVERY, delivery.id());
        headers.put(Sending.TO, letter.to());
        headers.put("From", ListingMail.from(letter.sender(), server.get().from()));
        if (server.get().returns() != null) {
          headers.put(
              Sending.RETURN_PATH, marks.returning(delivery.id()) + "@" + server.get().returns());
        }
        yield new Rendered.Ready(
            ListingMail.write(
                new ListingMail.News(
                    letter.name(),
                    letter.sender(),
                    letter.homes().stream().map(FeedRendering::home).toList(),
                    link),
                letter.language()),
            LeadMail.MEDIA_TYPE,
            "",
            false,
            "[]",
            headers);
      }
    };
  }

  private static ListingMail.Home home(FeedLetters.Home home) {
    var shown = home.shown();
    return new ListingMail.Home(
        home.what().stream().map(Happening::word).toList(),
        // The owner does not want it shown online, or did not say.
        shown.path("InternetAddressDisplayYN").asBoolean(false)
            ? text(shown, "UnparsedAddress")
            : null,
        place(shown),
        number(shown, "ListPrice"),
        number(shown, "PreviousListPrice"),
        text(shown, "ListPriceCurrency"),
        number(shown, "BedsTotal"),
        number(shown, "BathsTotal"),
        number(shown, "LivingArea"),
        text(shown, "MlsStatus"),
        home.meets());
  }

  private static @Nullable String place(ObjectNode shown) {
    var place =
        Stream.of("City", "StateOrProvince")
            .map(name -> text(shown, name))
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    return place.isEmpty() ? null : place;
  }

  private static @Nullable String text(ObjectNode shown, String name) {
    var value = shown.path(name);
    return value.isString() && !value.asString().isBlank() ? value.asString() : null;
  }

  private static @Nullable BigDecimal number(ObjectNode shown, String name) {
    var value = shown.path(name);
    return value.isNumber() ? value.decimalValue() : null;
  }
}
