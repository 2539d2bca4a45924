package dev.porchlight.account;

import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a principal may see: the things of these offices, or everything. Every query that answers a
/// stranger takes one; what lies outside is answered as if it were not there.
///
/// @param everything no limit
/// @param offices ids of 26 digits; unused when `everything`
/// @param root the node at or below which all of it lies: an office or one above; null for no node
/// @param member the one member whose contacts these are, with all that hangs on them, and nothing
///   else of the office; null where whole offices may be seen
public record Scope(
    boolean everything, Set<String> offices, @Nullable String root, @Nullable String member) {
  private static final int FEW = 200;
  private static final int FEW_CONTACTS = 1_000;

  public static final Scope EVERYTHING = new Scope(true, Set.of(), null, null);

  public Scope {
    offices = Set.copyOf(offices);
    for (var office : offices) {
      if (!office.matches("[0-9]{26}")) {
        throw new IllegalArgumentException("not an id of 26 digits: " + office);
      }
    }
    if (member != null && (everything || !member.matches("[0-9]{26}"))) {
      throw new IllegalArgumentException("not the scope of a member: " + member);
    }
  }

  /// What lands in these offices, and no node.
  public Scope(boolean everything, Set<String> offices) {
    this(everything, offices, null, null);
  }

  /// The offices at or below a node, as the tree stands now.
  public static Scope at(Settings settings, String node) {
    var nodes = Nodes.in(settings);
    return new Scope(
        false, nodes.officesWithin(node), nodes.officeOf(node).map(Node::id).orElse(node), null);
  }

  /// What is a member's own: the contacts that they own, and the leads of those.
  public static Scope ownOf(Settings settings, String member) {
    var offices = Nodes.in(settings).officeOf(member).map(o -> Set.of(o.id())).orElse(Set.of());
    return new Scope(false, offices, member, member);
  }

  /// Whether that node may be seen, and what belongs to it.
  public boolean containsNode(Nodes nodes, String node) {
    return everything || root != null && nodes.isWithin(node, root);
  }

  /// Whether all things of that office may be seen.
  public boolean contains(String office) {
    return everything || member == null && offices.contains(office);
  }

  /// Whether a contact of that office and owner may be seen, and what hangs on it.
  public boolean containsContact(String office, String owner) {
    return everything || offices.contains(office) && (member == null || member.equals(owner));
  }

  /// The predicate in SQL, for a column that holds an office's id; nothing for a member, whose
  /// things [#sqlOfOwner], [#sqlOfContact] and [#sqlOfLead] find. Only digits are written into it.
  public String sql(String column) {
    return member == null ? sqlOfOffice(column) : "1 = 0";
  }

  /// The same for rows that name the owner of a contact, too.
  public String sqlOfOwner(String office, String owner) {
    return member == null
        ? sql(office)
        : "(" + sqlOfOffice(office) + " AND " + owner + " = '" + member + "')";
  }

  /// The same for rows that name a contact. Each row is looked at by itself, so rows are to be
  /// found by something else; what a member has few of is found by [#sqlOfFewContacts].
  public String sqlOfContact(String office, String contact) {
    return member == null
        ? sql(office)
        : "("
            + sqlOfOffice(office)
            + " AND EXISTS (SELECT 1 FROM contact mine WHERE mine.id = "
            + contact
            + own()
            + "))";
  }

  /// The same for rows that name a lead.
  public String sqlOfLead(String office, String lead) {
    return member == null
        ? sql(office)
        : "("
            + sqlOfOffice(office)
            + " AND EXISTS (SELECT 1 FROM lead own JOIN contact mine ON mine.id = own.contact_id"
            + " WHERE own.id = "
            + lead
            + own()
            + "))";
  }

  /// Whether this is a member with so few contacts that what hangs on them is best found from
  /// these.
  public boolean hasFewContacts(Store store) {
    return member != null
        && store.read(h ->
            h.createQuery(
                    "SELECT COUNT(*) FROM (SELECT 1 FROM contact_search mine WHERE"
                        + " mine.owner_id = :m LIMIT "
                        + (FEW_CONTACTS + 1)
                        + ") own")
                .bind("m", member)
                .mapTo(Integer.class)
                .one())
            <= FEW_CONTACTS;
  }

  /// The predicate for all of a member's office, among which what is their own is picked then.
  public String sqlOfItsOffice(String office) {
    return sqlOfOffice(office);
  }

  /// The predicate for rows that name a contact, for a member who has few: these lead to the rows.
  public String sqlOfFewContacts(String office, String contact) {
    // An office's column as it stands would be taken for what leads to the rows.
    return "(" + sqlOfOffice("COALESCE(" + office + ", '')") + " AND " + sqlOfOwn(contact) + ")";
  }

  /// That a member owns a contact, whatever the office: their contacts lead to the rows.
  public String sqlOfOwn(String contact) {
    return contact + " IN (" + ownContacts() + ")";
  }

  /// The same for rows that name a lead.
  public String sqlOfFewLeads(String office, String lead) {
    return "("
        + sqlOfOffice("COALESCE(" + office + ", '')")
        + " AND "
        + lead
        + " IN (SELECT own.id FROM lead own WHERE "
        + sqlOfOwn("own.contact_id")
        + "))";
  }

  /// A predicate in SQL that leaves the newest rows of some offices, and perhaps more: each office
  /// is looked at by itself, by its index, since together they would all be read and sorted. Empty
  /// where that is no help, as for one office, or for all.
  ///
  /// @param key by which rows are ordered, newest last
  /// @param before which rows are asked for at all; names the key
  /// @param limit how many, in SQL
  /// @param least what is less than any key, in SQL
  public String sqlOfNewest(String table, String key, String before, String limit, String least) {
    if (everything || member != null || offices.size() < 2 || offices.size() > FEW) {
      return "";
    }
    var each =
        offices.stream()
            .sorted()
            .map(o ->
                "SELECT * FROM (SELECT "
                    + key
                    + " FROM "
                    + table
                    + " WHERE office_id = '"
                    + o
                    + "' AND "
                    + before
                    + " ORDER BY "
                    + key
                    + " DESC LIMIT "
                    + limit
                    + ") o"
                    + o)
            .collect(Collectors.joining(" UNION ALL "));
    return " AND "
        + key
        + " >= (SELECT COALESCE(MIN("
        + key
        + "), "
        + least
        + ") FROM (SELECT "
        + key
        + " FROM ("
        + each
        + ") some_offices ORDER BY "
        + key
        + " DESC LIMIT "
        + limit
        + ") newest)";
  }

  private String own() {
    return " AND mine.owner_id = '" + member + "' AND mine.deleted_at IS NULL";
  }

  private String ownContacts() {
    return "SELECT mine.contact_id FROM contact_search mine WHERE mine.owner_id = '" + member + "'";
  }

  private String sqlOfOffice(String column) {
    if (everything) {
      return "1 = 1";
    }
    if (offices.isEmpty()) {
      return "1 = 0";
    }
    return offices.stream()
        .sorted()
        .map(o -> "'" + o + "'")
        .collect(Collectors.joining(", ", column + " IN (", ")"));
  }
}
