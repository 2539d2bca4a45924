package dev.porchlight.desk.events;

import dev.porchlight.person.Consents;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.value.Json;
import dev.porchlight.value.Saying;
import java.util.LinkedHashMap;

/// Records what consumers say of being written to.
final class ConsentSayings {
  private ConsentSayings() {}

  /// Does it.
  ///
  /// @param identity of the consumer
  static void apply(Occasion here, Saying.OfConsent said, Identity identity) {
    var at =
        said.at() == null || said.at().isAfter(here.event().draw().at())
            ? here.event().time()
            : said.at();
    var named =
        ContactSayings.named(here.batch(), here.place().company(), said.names())
            .map(Contact::personId);
    var who = new LinkedHashMap<Consents.Channel, String>();
    if (said.consumer().email() != null) {
      who.put(Consents.Channel.EMAIL, said.consumer().email());
    }
    if (said.consumer().phone() != null) {
      who.put(Consents.Channel.PHONE, said.consumer().phone());
    }
    if (who.isEmpty() && named.isPresent()) {
      for (var channel : Consents.Channel.values()) {
        who.put(channel, "");
      }
    }
    for (var channel : who.entrySet()) {
      var single =
          channel.getKey() == Consents.Channel.EMAIL
              ? new Identity(identity.email(), null, identity.family())
              : new Identity(null, identity.phone(), identity.family());
      var person =
          Persons.findKnown(here.batch(), here.place().company(), single)
              .or(() -> named)
              .or(() -> Persons.findKnown(here.batch(), here.place().company(), identity))
              .or(() ->
                  ContactSayings.someone(here, said.consumer(), identity).map(Contact::personId));
      if (person.isEmpty() || Persons.isErased(here.batch(), person.get())) {
        here.batch().append("consent.unknown", here.event().id(), here.publisher().id());
        continue;
      }
      Consents.keep(
          here.batch(),
          new Consents.Consent(
              person.get(),
              0,
              channel.getKey(),
              said.given(),
              at,
              channel.getValue(),
              here.event().id(),
              here.event().uri(),
              here.publisher().id(),
              Json.write(said.providers())));
    }
    if (who.isEmpty()) {
      here.batch().append("consent.unknown", here.event().id(), here.publisher().id());
    }
  }
}
