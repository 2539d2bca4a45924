package dev.porchlight.person;

import dev.porchlight.filter.Folding;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps what lists of contacts are filtered and ordered by: written with each change of a contact,
/// within the same unit, so that a contact is found the moment it is there.
final class ContactIndex {
  /// @param texts folded, in the order of [#TEXTS]
  record SearchRow(
      String ownerId,
      long ownedSeq,
      String contactId,
      boolean connected,
      Instant createdAt,
      Instant modifiedAt,
      String displayName,
      List<@Nullable String> texts) {
    SearchRow {
      texts = Collections.unmodifiableList(new ArrayList<>(texts));
    }
  }

  record TagRow(String ownerId, String tag, String contactId, String written) {}

  private static final List<String> TEXTS = texts();
  static final Table<SearchRow> SEARCH = search();
  static final Table<TagRow> TAG =
      Table.<TagRow>named("contact_tag")
          .key("owner_id", TagRow::ownerId)
          .key("tag", TagRow::tag)
          .key("contact_id", TagRow::contactId)
          .column("written", TagRow::written)
          .readBy(r -> new TagRow(r.text(1), r.text(2), r.text(3), r.text(4)));

  private ContactIndex() {}

  private static List<String> texts() {
    var all =
        new ArrayList<>(
            List.of("primary_email", "primary_phone_number", "given_name", "family_name"));
    ContactDetail.ALL.forEach(d -> all.add(d.word()));
    return List.copyOf(all);
  }

  private static Table<SearchRow> search() {
    var table =
        Table.<SearchRow>named("contact_search")
            .key("owner_id", SearchRow::ownerId)
            .key("owned_seq", SearchRow::ownedSeq)
            .column("contact_id", SearchRow::contactId)
            .column("connected", SearchRow::connected)
            .column("created_at", SearchRow::createdAt)
            .column("modified_at", SearchRow::modifiedAt)
            .column("display_name", SearchRow::displayName);
    for (int i = 0; i < TEXTS.size(); i++) {
      int text = i;
      table.column(TEXTS.get(i), r -> r.texts().get(text));
    }
    return table.readBy(r -> {
      var texts = new ArrayList<@Nullable String>();
      for (int i = 0; i < TEXTS.size(); i++) {
        texts.add(r.textOrNull(8 + i));
      }
      return new SearchRow(
          r.text(1), r.number(2), r.text(3), r.flag(4), r.time(5), r.time(6), r.text(7), texts);
    });
  }

  /// The columns that are a function of the contact alone.
  static List<String> compared() {
    var columns = new ArrayList<>(List.of("contact_id", "connected", "created_at", "display_name"));
    columns.addAll(TEXTS);
    return columns;
  }

  /// Has the index say what a contact is now.
  ///
  /// @param before as it was; null when it is new
  static void put(Batch batch, @Nullable Contact before, Contact now) {
    boolean stays =
        before != null
            && before.ownedSeq() == now.ownedSeq()
            && before.ownerId().equals(now.ownerId())
            && !now.isDeleted();
    if (before != null && !stays) {
      batch.delete(SEARCH, before.ownerId(), before.ownedSeq());
    }
    var gone = before == null ? new TreeMap<String, String>() : tags(before);
    var tags = now.isDeleted() ? new TreeMap<String, String>() : tags(now);
    boolean sameOwner = before != null && before.ownerId().equals(now.ownerId());
    gone.forEach((tag, written) -> {
      if (!sameOwner || !written.equals(tags.get(tag))) {
        batch.delete(TAG, before == null ? "" : before.ownerId(), tag, now.id());
      }
    });
    tags.forEach((tag, written) -> {
      if (!sameOwner || !written.equals(gone.get(tag))) {
        batch.put(TAG, new TagRow(now.ownerId(), tag, now.id(), written));
      }
    });
    if (!now.isDeleted()) {
      if (stays) {
        // Shown first, so that it is not taken for new.
        batch.find(SEARCH, now.ownerId(), now.ownedSeq());
      }
      batch.put(SEARCH, row(now, batch.now()));
    }
  }

  private static Map<String, String> tags(Contact contact) {
    var tags = new TreeMap<String, String>();
    for (var tag : contact.body().tags()) {
      tags.putIfAbsent(Folding.fold(ContactCatalogue.searched(tag)), tag);
    }
    return tags;
  }

  private static SearchRow row(Contact contact, Instant modifiedAt) {
    var body = contact.body();
    var texts = new ArrayList<@Nullable String>();
    texts.add(ContactCatalogue.folded(body.primaryEmail().orElse(null)));
    texts.add(ContactCatalogue.folded(body.primaryPhone().orElse(null)));
    texts.add(ContactCatalogue.folded(body.givenName()));
    texts.add(ContactCatalogue.folded(body.familyName()));
    for (var detail : ContactDetail.ALL) {
      texts.add(ContactCatalogue.folded(body.detail(detail).orElse(null)));
    }
    return new SearchRow(
        contact.ownerId(),
        contact.ownedSeq(),
        contact.id(),
        contact.connected(),
        contact.createdAt(),
        modifiedAt,
        Folding.fold(ContactCatalogue.searched(body.shownName())),
        texts);
  }
}
