package dev.porchlight.desk.feed;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.net.MailAddress;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.watch.FeedOptOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The holder of feeds as somebody to tell: a contact, or an account.
///
/// @param owner the account whose contact it is; an account is its own
/// @param office where that is
/// @param root the account root
/// @param name as people call the holder
/// @param addresses where mail about listings may go now: none where the holder wants none or does
///   not consent, and none at which mail does not arrive
record FeedAddressees(
    String holder,
    boolean contact,
    String owner,
    String office,
    String root,
    String name,
    List<String> addresses) {
  FeedAddressees {
    addresses = List.copyOf(addresses);
  }

  /// Within a unit; empty when the holder is gone.
  static Optional<FeedAddressees> find(Batch batch, String holder) {
    boolean silent = FeedOptOut.find(batch, holder).isPresent();
    var nodes = Nodes.in(batch.settings());
    var node = nodes.find(holder);
    return node.isPresent()
        ? of(nodes, node.get(), silent)
        : Persons.findContact(batch, holder)
            .filter(c -> !Persons.isErased(batch, c.personId()))
            .flatMap(c -> of(batch.settings(), c, silent || wantsNoMail(batch, c)));
  }

  /// Whether the contact's person has said that they want no mail, to whomever.
  private static boolean wantsNoMail(Batch batch, Contact contact) {
    return Consents.withdrawn(batch.sql(), contact.personId()).contains(Consents.Channel.EMAIL);
  }

  /// An account as somebody to tell.
  static Optional<FeedAddressees> of(Nodes nodes, Node node, boolean silent) {
    var mail = silent || node.email() == null ? List.<String>of() : List.of(node.email());
    return nodes
        .rootOf(node.id())
        .map(root ->
            new FeedAddressees(
                node.id(),
                false,
                node.id(),
                nodes.officeOf(node.id()).map(Node::id).orElse(node.id()),
                root.id(),
                node.name(),
                mail));
  }

  /// A contact as somebody to tell.
  ///
  /// @param silent whether no mail may go there, whatever the addresses
  static Optional<FeedAddressees> of(Settings settings, Contact contact, boolean silent) {
    return Nodes.in(settings)
        .rootOf(contact.officeId())
        .map(root ->
            new FeedAddressees(
                contact.id(),
                true,
                contact.ownerId(),
                contact.officeId(),
                root.id(),
                contact.body().shownName(),
                silent ? List.of() : addresses(contact)));
  }

  private static List<String> addresses(Contact contact) {
    var body = contact.body();
    var all = new ArrayList<String>();
    body.primaryEmail().ifPresent(all::add);
    all.addAll(body.card().notificationEmails());
    var each = new LinkedHashMap<String, String>();
    for (var address : all) {
      if (MailAddress.isAddress(address) && !body.isInvalid(address)) {
        each.putIfAbsent(address.toLowerCase(Locale.ROOT), address);
      }
    }
    return List.copyOf(each.values());
  }
}
