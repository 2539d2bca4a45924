package dev.porchlight.value;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an event says of people: of their leads, of them as contacts, of what they keep and allow.
///
/// Things are told apart by names that the system which made them gave them, written
/// `system:number`.
public sealed interface Saying {
  /// What happened to a lead.
  enum Step {
    ADD("added"),
    ASSIGN("assigned"),
    ACCEPT("accepted"),
    REJECT("rejected"),
    RETRACT("retracted"),
    UPDATE("updated");

    private final String word;

    Step(String word) {
      this.word = word;
    }

    /// The word in the log and the API.
    public String word() {
      return word;
    }
  }

  /// What happened to a contact or to a service area.
  enum Change {
    ADD,
    UPDATE,
    DELETE
  }

  /// A lead, or what became of one.
  ///
  /// @param names of the lead; may be empty
  /// @param told whether it says who the person is, so that a lead can be made of it
  /// @param agent the party that did it, as written
  /// @param recipient the party that has the lead now, or is offered it, as written
  /// @param participant the party that loses it, as written
  record OfLead(
      Step step,
      List<String> names,
      boolean told,
      @Nullable String agent,
      @Nullable String recipient,
      @Nullable String participant,
      @Nullable String reason,
      @Nullable String comment)
      implements Saying {
    public OfLead {
      names = List.copyOf(names);
    }
  }

  /// A contact as somebody's software keeps it.
  ///
  /// @param person who it is; an e-mail address and a number stand first among `emails`, `phones`
  /// @param emails all addresses, none twice, each one that could reach somebody
  /// @param details what else is known of them, by the names that contacts have for it
  /// @param owner the party that owns the relationship, as written
  record OfContact(
      Change change,
      List<String> names,
      Enquirer person,
      List<String> emails,
      List<String> phones,
      List<String> tags,
      SortedMap<String, String> details,
      @Nullable String owner)
      implements Saying {
    public OfContact {
      names = List.copyOf(names);
      emails = List.copyOf(emails);
      phones = List.copyOf(phones);
      tags = List.copyOf(tags);
      details = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }
  }

  /// A listing that a visitor keeps.
  record OfSavedListing(Enquirer visitor, Property listing) implements Saying {}

  /// A search that a visitor keeps.
  ///
  /// @param filter over listings, in the filter language; empty where nothing of the search can be
  ///   said in it
  /// @param criteria the search as it was sent, as JSON
  record OfSavedSearch(
      Enquirer visitor,
      @Nullable String name,
      @Nullable String description,
      String filter,
      String criteria)
      implements Saying {}

  /// That a consumer allows a provider to write to them, or no longer does.
  ///
  /// @param names of the consumer
  /// @param providers the parties whom it concerns, as written; may be empty
  /// @param at when they said so; null when the event does not tell
  record OfConsent(
      Enquirer consumer,
      List<String> names,
      boolean given,
      List<String> providers,
      @Nullable Instant at)
      implements Saying {
    public OfConsent {
      names = List.copyOf(names);
      providers = List.copyOf(providers);
    }
  }

  /// That a company serves a city or a postal code.
  ///
  /// @param names of the area; the first is the one it is kept under
  /// @param kind `City` or `PostalCode`, or another word as sent
  /// @param provider the company, as written
  /// @param weight its share in the round robin among providers of one area
  /// @param sortOrder in which order offices are shown
  /// @param toConsumerSite whether leads from searches of consumers may be routed by it
  /// @param members the area as it was sent, as JSON
  record OfServiceArea(
      Change change,
      List<String> names,
      @Nullable String kind,
      @Nullable String locality,
      @Nullable String region,
      @Nullable String country,
      @Nullable String postalCode,
      @Nullable String provider,
      @Nullable Integer weight,
      @Nullable Integer sortOrder,
      @Nullable Boolean toConsumerSite,
      String members)
      implements Saying {
    public OfServiceArea {
      names = List.copyOf(names);
    }
  }
}
