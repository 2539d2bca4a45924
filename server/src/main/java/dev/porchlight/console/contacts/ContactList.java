package dev.porchlight.console.contacts;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.person.ContactCatalogue;
import dev.porchlight.person.ContactWalk;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Finding;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The list of contacts: the newest, or by name those that meet a filter.
final class ContactList {
  private static final int AT_ONCE = 50;
  private static final int MOST_TAGS = 4;

  /// How far one may page in a filtered list.
  private static final int FARTHEST = 10_000;

  private static final Pattern COMPARES =
      Pattern.compile("(?i)(^|\\s)(eq|ne|gt|ge|lt|le|bt|not)(\\s|$)|[()]");

  private final Store store;
  private final Contacts contacts;
  private final ContactWalk walk;

  ContactList(Store store) {
    this.store = store;
    contacts = new Contacts(store);
    walk = new ContactWalk(store);
  }

  record Line(
      String href,
      String name,
      String email,
      String phone,
      List<Badge> tags,
      String owner,
      Time added) {}

  /// What is wrong with a filter, between what stands before and after it.
  ///
  /// @param token empty where something is missing
  record Wrong(String before, String token, String after, String sentence) {}

  record Named(String name, String kind) {}

  /// @param filter as it was typed
  /// @param meant what it was read as, where that is not what was typed; else empty
  /// @param note why there is no list; empty where there is one
  /// @param further whether the time was over before the page was full
  record View(
      String filter,
      String meant,
      boolean unconnected,
      List<Line> lines,
      Pager pager,
      @Nullable Wrong wrong,
      String note,
      boolean further,
      List<Named> attributes) {
    boolean isFiltered() {
      return !filter.isEmpty() || unconnected;
    }
  }

  Reply answer(Visit visit) {
    var typed = visit.query("filter").orElse("");
    var meant = meant(typed);
    boolean connected = !visit.query("state").filter("unconnected"::equals).isPresent();
    Expression expression = null;
    Wrong wrong = null;
    try {
      expression = Filter.parse(meant, ContactCatalogue.CATALOGUE, visit.now()).expression();
    } catch (FilterException e) {
      wrong = wrong(typed, e);
    }
    var pager = Pager.NONE;
    var lines = List.<Line>of();
    var note = "";
    boolean further = false;
    var owners = Finding.owners(visit.scope(), Nodes.in(store.settings()));
    try {
      if (expression != null && typed.isEmpty()) {
        long before = number(visit, "before", Long.MAX_VALUE);
        var found = walk.newest(owners, connected, before, AT_ONCE + 1);
        lines = lines(visit, found);
        pager =
            new Pager(
                before == Long.MAX_VALUE ? "" : path("", connected, ""),
                found.size() > AT_ONCE
                    ? path("", connected, "before=" + found.get(AT_ONCE - 1).contact().ownedSeq())
                    : "");
      } else if (expression != null
          && walk.areMany(owners)
          && !walk.isServed(owners, connected, expression)) {
        var after = visit.query("after").filter(a -> a.matches("[0-9]{26}")).orElse("");
        var found = walk.walk(owners, connected, expression, after, AT_ONCE);
        lines = lines(visit, found.contacts());
        further = found.further().isPresent() && lines.size() < AT_ONCE;
        pager =
            new Pager(
                after.isEmpty() ? "" : path(typed, connected, ""),
                found.further().map(f -> path(typed, connected, "after=" + f)).orElse(""));
      } else if (expression != null) {
        int skip = (int) Math.min(FARTHEST, number(visit, "skip", 0));
        var found = matching(owners, connected, expression, skip);
        lines = lines(visit, found);
        pager =
            new Pager(
                skip == 0 ? "" : path(typed, connected, ""),
                found.size() > AT_ONCE && skip < FARTHEST
                    ? path(typed, connected, "skip=" + (skip + AT_ONCE))
                    : "");
      }
    } catch (StoreUnavailableException e) {
      if (!e.isTooLong()) {
        throw e;
      }
      note = visit.texts().of("contacts.long");
    }
    return visit.page(
        "contacts/list.jte",
        new View(
            Clean.lines(typed, 4000).replace('\n', ' '),
            meant.equals(typed) ? "" : Clean.line(meant),
            !connected,
            lines,
            pager,
            wrong,
            note,
            further,
            ContactCatalogue.list().stream()
                .map(a ->
                    new Named(
                        a.name(),
                        visit
                            .texts()
                            .of("contacts.kind." + a.type().name().toLowerCase(Locale.ROOT))))
                .toList()));
  }

  private List<Contacts.Listed> matching(
      Set<String> owners, boolean connected, Expression expression, int skip) {
    if (owners.isEmpty()) {
      return List.of();
    }
    return contacts
        .list(
            new Contacts.Wanted(
                owners,
                connected,
                expression,
                null,
                List.of(),
                new Contacts.Page.At(skip, AT_ONCE + 1),
                false))
        .contacts();
  }

  private static long number(Visit visit, String name, long other) {
    return visit
        .query(name)
        .filter(b -> b.matches("[0-9]{1,18}"))
        .map(Long::parseLong)
        .orElse(other);
  }

  private static String path(String filter, boolean connected, String more) {
    return "/console/contacts?filter="
        + URLEncoder.encode(filter, StandardCharsets.UTF_8)
        + (connected ? "" : "&state=unconnected")
        + (more.isEmpty() ? "" : "&" + more);
  }

  private List<Line> lines(Visit visit, List<Contacts.Listed> found) {
    var nodes = Nodes.in(store.settings());
    return found.stream()
        .limit(AT_ONCE)
        .map(l -> {
          var contact = l.contact();
          var body = contact.body();
          return new Line(
              ContactSection.PATH + contact.id(),
              Clean.line(body.shownName()),
              Clean.line(body.primaryEmail().orElse("")),
              Clean.line(body.primaryPhone().orElse("")),
              body.tags().stream()
                  .limit(MOST_TAGS)
                  .map(t -> new Badge(Tone.PLAIN, Clean.line(t)))
                  .toList(),
              Clean.line(nodes.find(contact.ownerId()).map(Node::name).orElse("")),
              visit.time(contact.createdAt()));
        })
        .toList();
  }

  /// What somebody means who types no comparison: an address, a number, or the beginning of a name.
  static String meant(String typed) {
    boolean phone = Finding.isPhone(typed);
    if (typed.isBlank() || !phone && COMPARES.matcher(typed).find() || isAttribute(typed)) {
      return typed;
    }
    if (typed.contains("@")) {
      return Finding.filter("PrimaryEmail", typed);
    }
    if (phone) {
      var digits = typed.replaceAll("\\D", "");
      int n = digits.length();
      // However it was written: with blanks, dots, dashes or brackets.
      return "PrimaryPhoneNumber Eq '*"
          + (n < 10
              ? n < 5 ? digits : digits.substring(0, n - 4) + "*" + digits.substring(n - 4)
              : digits.substring(n - 10, n - 7)
                  + "*"
                  + digits.substring(n - 7, n - 4)
                  + "*"
                  + digits.substring(n - 4))
          + "'";
    }
    var plain = typed.replace("*", "").replace("?", "");
    return Finding.filter("DisplayName", plain + "*");
  }

  private static boolean isAttribute(String typed) {
    var first = typed.strip().split("\\s", 2)[0];
    return ContactCatalogue.CATALOGUE.find(first).isPresent();
  }

  private static Wrong wrong(String typed, FilterException refused) {
    var error = refused.errors().getFirst();
    int from = Math.min(error.position(), typed.length());
    int to = Math.min(typed.length(), from + error.token().length());
    return new Wrong(
        Clean.lines(typed.substring(0, from), 4000),
        Clean.lines(typed.substring(from, to), 4000),
        Clean.lines(typed.substring(to), 4000),
        Clean.line(error.message()));
  }
}
