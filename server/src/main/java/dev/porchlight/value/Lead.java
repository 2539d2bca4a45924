package dev.porchlight.value;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One expression of interest by one person, as one version of it was read from one body.
///
/// @param leadId the sender's own id; absent when the sender gave none
/// @param externalIds further ids that the sender gave, by name, for example `inquiry_guid`
/// @param timestamp when the lead arose, by the sender's clock
/// @param qualification what else the sender knows of the person's plans, by name, in words: for
///   example `timeframe`, `move_in_date`
/// @param test the sender marked it as a test
/// @param deleteAfter the moment after which every system has to delete the lead; null when the
///   sender sets none
/// @param erased the person had their data erased: nothing here names or reaches them, or is in
///   their words, and never will
/// @param extras what no field fits: JSON pointer into the body to the JSON text found there
public record Lead(
    @Nullable String leadId,
    SortedMap<String, String> externalIds,
    @Nullable Moment timestamp,
    Intent intent,
    Enquirer enquirer,
    @Nullable Interest interest,
    @Nullable Finance finance,
    @Nullable Scores scores,
    @Nullable Agent listingAgent,
    @Nullable Origin origin,
    @Nullable String message,
    List<ConsentToken> consents,
    @Nullable Recipient recipient,
    SortedMap<String, String> qualification,
    boolean test,
    @Nullable Instant deleteAfter,
    boolean erased,
    SortedMap<String, String> extras)
    implements Fact {

  public Lead {
    externalIds = Collections.unmodifiableSortedMap(new TreeMap<>(externalIds));
    qualification = Collections.unmodifiableSortedMap(new TreeMap<>(qualification));
    extras = Collections.unmodifiableSortedMap(new TreeMap<>(extras));
    consents = List.copyOf(consents);
    if (erased && (!enquirer.equals(Enquirer.NOBODY) || message != null)) {
      throw new IllegalArgumentException("an erased lead names nobody and quotes nobody");
    }
  }

  /// A lead that says nothing; stands for one that can't be read.
  public static final Lead NOTHING = of(Enquirer.NOBODY);

  /// A lead of that person and nothing else; the start of [#with].
  public static Lead of(Enquirer enquirer) {
    return new Builder(enquirer).build();
  }

  /// A copy in which some parts differ.
  public Lead with(UnaryOperator<Builder> change) {
    return change.apply(new Builder(this)).build();
  }

  /// The lead without what is the person's: who they are and how to reach them, what they wrote,
  /// what is known of their means and plans, their consents, their own home's whereabouts and
  /// value, and everything that no field fits. What remains is that there was a lead, where from,
  /// when, to whom, about which listing or kind of search.
  public Lead withoutPerson() {
    return with(b ->
        b.enquirer(Enquirer.NOBODY)
            .message(null)
            .finance(null)
            .scores(null)
            .consents(List.of())
            .qualification(new TreeMap<>())
            .extras(new TreeMap<>())
            .interest(
                switch (interest) {
                  case null -> null;
                  case Interest.InListing listing -> listing;
                  case Interest.HomeToSell _ -> new Interest.HomeToSell(Property.UNSTATED);
                  case Interest.Search search ->
                      new Interest.Search(
                          search.estateTypes(),
                          search.rooms(),
                          search.space(),
                          search.budget(),
                          null,
                          search.roles(),
                          null,
                          null);
                })
            .erased(true));
  }

  /// Collects the parts of a lead. Not for use by several threads.
  public static final class Builder {
    private @Nullable String leadId;
    private SortedMap<String, String> externalIds = new TreeMap<>();
    private @Nullable Moment timestamp;
    private Intent intent = Intent.UNKNOWN;
    private Enquirer enquirer;
    private @Nullable Interest interest;
    private @Nullable Finance finance;
    private @Nullable Scores scores;
    private @Nullable Agent listingAgent;
    private @Nullable Origin origin;
    private @Nullable String message;
    private List<ConsentToken> consents = List.of();
    private @Nullable Recipient recipient;
    private SortedMap<String, String> qualification = new TreeMap<>();
    private boolean test;
    private @Nullable Instant deleteAfter;
    private boolean erased;
    private SortedMap<String, String> extras = new TreeMap<>();

    public Builder(Enquirer enquirer) {
      this.enquirer = enquirer;
    }

    private Builder(Lead lead) {
      leadId = lead.leadId;
      externalIds = lead.externalIds;
      timestamp = lead.timestamp;
      intent = lead.intent;
      enquirer = lead.enquirer;
      interest = lead.interest;
      finance = lead.finance;
      scores = lead.scores;
      listingAgent = lead.listingAgent;
      origin = lead.origin;
      message = lead.message;
      consents = lead.consents;
      recipient = lead.recipient;
      qualification = lead.qualification;
      test = lead.test;
      deleteAfter = lead.deleteAfter;
      erased = lead.erased;
      extras = lead.extras;
    }

    public Builder leadId(@Nullable String value) {
      leadId = value;
      return this;
    }

    public Builder externalIds(SortedMap<String, String> value) {
      externalIds = value;
      return this;
    }

    public Builder timestamp(@Nullable Moment value) {
      timestamp = value;
      return this;
    }

    public Builder intent(Intent value) {
      intent = value;
      return this;
    }

    public Builder enquirer(Enquirer value) {
      enquirer = value;
      return this;
    }

    public Builder interest(@Nullable Interest value) {
      interest = value;
      return this;
    }

    public Builder finance(@Nullable Finance value) {
      finance = value;
      return this;
    }

    public Builder scores(@Nullable Scores value) {
      scores = value;
      return this;
    }

    public Builder listingAgent(@Nullable Agent value) {
      listingAgent = value;
      return this;
    }

    public Builder origin(@Nullable Origin value) {
      origin = value;
      return this;
    }

    public Builder message(@Nullable String value) {
      message = value;
      return this;
    }

    public Builder consents(List<ConsentToken> value) {
      consents = value;
      return this;
    }

    public Builder recipient(@Nullable Recipient value) {
      recipient = value;
      return this;
    }

    public Builder qualification(SortedMap<String, String> value) {
      qualification = value;
      return this;
    }

    public Builder test(boolean value) {
      test = value;
      return this;
    }

    public Builder deleteAfter(@Nullable Instant value) {
      deleteAfter = value;
      return this;
    }

    public Builder erased(boolean value) {
      erased = value;
      return this;
    }

    public Builder extras(SortedMap<String, String> value) {
      extras = value;
      return this;
    }

    public Lead build() {
      return new Lead(
          leadId,
          externalIds,
          timestamp,
          intent,
          enquirer,
          interest,
          finance,
          scores,
          listingAgent,
          origin,
          message,
          consents,
          recipient,
          qualification,
          test,
          deleteAfter,
          erased,
          extras);
    }
  }
}
