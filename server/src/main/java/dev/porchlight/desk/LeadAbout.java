package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Table;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Property;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// By what names a lead tells its listing, in any of its versions: so that a listing finds its
/// leads, whichever came first.
///
/// @param root the account root of the lead's office
/// @param name the kind of name, and the name
record LeadAbout(String root, String name, String lead) {
  /// In bytes. No key of an index can be of any length, and no listing's name is longer.
  private static final int LONGEST = 2000;

  private static final String PORTAL = "portal\n";

  /// As it begins in a listing's own keys.
  static final String MLS = "key\n";

  private static final String URL = "url\n";
  private static final String NUMBER = "number\n";

  static final Table<LeadAbout> TABLE =
      Table.<LeadAbout>named("lead_about")
          .key("root_id", LeadAbout::root)
          .key("name", LeadAbout::name)
          .key("lead_id", LeadAbout::lead)
          .readBy(r -> new LeadAbout(r.text(1), r.text(2), r.text(3)));

  /// Notes what a version of a lead says.
  static void note(Batch batch, LeadRecord lead, Lead said) {
    if (!(said.interest() instanceof Interest.InListing(var home))) {
      return;
    }
    var root = Nodes.in(batch.settings()).rootOf(lead.officeId()).map(Node::id).orElse("");
    for (var name : names(home)) {
      // A later version may say it again, a lead that is new can't.
      if (lead.version() == 1 || batch.find(TABLE, root, name, lead.id()) == null) {
        batch.put(TABLE, new LeadAbout(root, name, lead.id()));
      }
    }
  }

  private static List<String> names(Property home) {
    var keys = home.keys();
    var names =
        names(
            keys == null ? null : keys.classifiedId(),
            home.mlsName(),
            home.mlsId(),
            home.listingUrl());
    add(names, NUMBER, home.mlsName() == null ? home.mlsId() : null);
    return names;
  }

  /// A number that a lead says without the MLS or the publisher whose it is.
  static String number(String number) {
    return NUMBER + number;
  }

  /// What a lead may call a listing.
  static List<String> names(Listing listing) {
    return names(listing.classifiedId(), listing.mlsName(), listing.mlsId(), listing.url());
  }

  private static List<String> names(
      @Nullable String classifiedId,
      @Nullable String mlsName,
      @Nullable String mlsId,
      @Nullable String url) {
    var names = new ArrayList<String>();
    add(names, PORTAL, classifiedId);
    add(
        names,
        MLS,
        mlsName == null || mlsId == null ? null : Listings.folded(mlsName) + "\n" + mlsId);
    add(names, URL, url);
    return names;
  }

  private static void add(List<String> names, String kind, @Nullable String name) {
    if (name != null
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST
        && name.indexOf('\0') < 0) {
      names.add(kind + name);
    }
  }
}
