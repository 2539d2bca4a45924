package dev.porchlight.desk.feed;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Redelivery;
import dev.porchlight.net.Mailer;
import dev.porchlight.person.Card;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.watch.FeedNotice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Learns from mails to contacts that did not arrive: an address at which none ever will is among
/// the contact's invalid ones from then on, and gets no more.
public final class Bounces {
  /// Who notes it, among those who change contacts.
  static final String PRINCIPAL = "hub";

  private static final String NONE =
      "The mail server says that there is no such address: it is among the contact's invalid ones.";

  private static final int MOST = 50;
  private static final Pattern ENHANCED = Pattern.compile("\\b5\\.(\\d{1,3})\\.(\\d{1,3})\\b");
  private static final Pattern FOR_GOOD =
      Pattern.compile("^" + Pattern.quote(Mailer.AT_RECIPIENT) + "5\\d\\d\\b.*", Pattern.DOTALL);

  private final Store store;
  private final Deliveries deliveries;

  public Bounces(Store store, Deliveries deliveries) {
    this.store = store;
    this.deliveries = deliveries;
  }

  /// Whether a status of class 5 says that mail never arrives at that address: what it says of the
  /// address (`5.1`), the mailbox (`5.2`, but that it is full or the message too large for it), the
  /// way there (`5.4`) or nothing in particular (`5.0`). What it says of us, of the content or of
  /// permission does not.
  ///
  /// @param status such as `5.1.1`
  public static boolean isForGood(String status) {
    var said = ENHANCED.matcher(status);
    if (!said.find()) {
      return false;
    }
    int detail = Integer.parseInt(said.group(2));
    return switch (Integer.parseInt(said.group(1))) {
      case 0, 1, 4 -> true;
      case 2 -> detail != 2 && detail != 3;
      default -> false;
    };
  }

  /// Whether a mail server's refusal is one for good of the address itself.
  static boolean isForGood(Attempt attempt) {
    var said = new String(attempt.answer(), StandardCharsets.UTF_8);
    return attempt.outcome() == Attempt.Outcome.REJECTED
        && FOR_GOOD.matcher(said).matches()
        && (!ENHANCED.matcher(said).find() || isForGood(said));
  }

  /// What to note when a delivery is dead; empty for what is not about an address.
  Optional<Consumer<Batch>> dead(String delivery) {
    var mail = mail(delivery);
    return mail.isPresent()
            && deliveries.listAttempts(delivery).stream()
                .reduce((_, last) -> last)
                .filter(Bounces::isForGood)
                .isPresent()
        ? Optional.of(batch -> {
          note(batch, mail.get());
          Redelivery.giveUp(batch, delivery, NONE);
        })
        : Optional.empty();
  }

  private Optional<Delivery> mail(String id) {
    return deliveries
        .find(Scope.EVERYTHING, id)
        .map(Deliveries.Standing::delivery)
        .filter(d -> d.kind().equals(Endpoints.LISTINGS) && d.version() > 0);
  }

  /// Notes that a mail came back which could not be delivered for good. On disk when it returns.
  ///
  /// @param delivery the mail's
  public void returned(String delivery) {
    mail(delivery)
        .ifPresent(mail ->
            store.write(
                WorkQueue.EVENTS,
                batch -> {
                  note(batch, mail);
                  return true;
                }));
  }

  private static void note(Batch batch, Delivery mail) {
    var notice = FeedNotice.find(batch, mail.leadId());
    if (notice.isEmpty() || notice.get().addresses().size() < mail.version()) {
      return;
    }
    var address = notice.get().addresses().get(mail.version() - 1);
    var contact = Persons.findContact(batch, notice.get().holderId());
    if (contact.isEmpty()
        || Persons.isErased(batch, contact.get().personId())
        || contact.get().body().isInvalid(address)
        || contact.get().body().emails().stream().noneMatch(address::equalsIgnoreCase)) {
      return;
    }
    var all = new ArrayList<>(contact.get().body().card().invalidEmails());
    all.add(address);
    var kept = all.subList(Math.max(0, all.size() - MOST), all.size());
    ContactEdits.edit(
        batch,
        contact.get(),
        new ContactEdit(
            Set.of(Card.INVALID_EMAILS),
            null,
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            null,
            Card.invalid(List.copyOf(kept))),
        PRINCIPAL,
        batch.now());
  }
}
