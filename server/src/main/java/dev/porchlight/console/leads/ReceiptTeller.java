package dev.porchlight.console.leads;

import dev.porchlight.console.Clean;
import dev.porchlight.console.Sentence;
import dev.porchlight.console.Texts;
import dev.porchlight.console.leads.Story.Breach;
import dev.porchlight.console.leads.Story.Change;
import dev.porchlight.console.leads.Story.Item;
import dev.porchlight.desk.Aside;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.value.LeadJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Tells of a receipt: how it came, what it broke, and what it changed of its lead.
final class ReceiptTeller {
  private static final int MOST_BREACHES = 100;
  private static final int MOST_CHANGES = 100;

  /// What takes longer than this between arrival and consequences was not done in one go.
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  private final Store store;
  private final Receipts receipts;

  ReceiptTeller(Store store, Receipts receipts) {
    this.store = store;
    this.receipts = receipts;
  }

  /// Who put a receipt aside, or took it back, when and why.
  static List<Sentence> marks(Texts texts, Store store, Receipt receipt, Instant now) {
    return Aside.list(store, receipt.id()).stream()
        .map(mark -> {
          var who = StoryTeller.who(store.settings(), mark.principal());
          var at = texts.time(mark.at(), now).exact();
          var reason = Clean.line(mark.reason());
          if (reason.isEmpty()) {
            return texts.say(mark.aside() ? "receipt.aside.by" : "receipt.reopened.by", who, at);
          }
          return texts.say(
              mark.aside() ? "receipt.aside.why" : "receipt.reopened.why", who, at, reason);
        })
        .toList();
  }

  /// @param versions of its lead
  Item tell(Telling known, Receipt receipt, Optional<Source> source, List<Leads.Version> versions) {
    var texts = known.texts();
    var name = source.map(Source::name).orElseGet(() -> texts.of("source.gone"));
    var sentences = new ArrayList<Sentence>();
    if (receipt.corrects() != null) {
      var by = Json.tree(receipt.headers()).path("resubmitted_by").asString("");
      sentences.add(
          by.isEmpty()
              ? texts.say("receipt.corrects")
              : texts.say("receipt.corrects.by", StoryTeller.who(known.settings(), by)));
    }
    if (!receipt.reason().isEmpty()) {
      sentences.add(texts.english(Clean.line(receipt.reason())));
    }
    switch (receipt.state()) {
      case QUARANTINED, REFUSED, ASIDE, MENDED ->
          sentences.addAll(marks(texts, store, receipt, known.now()));
      case DONE, REPEAT, OWED, ERASED -> {}
    }
    if (receipt.erasedAt() != null) {
      sentences.add(texts.say("receipt.emptied"));
    }
    settled(known, receipt)
        .map(at -> Duration.between(receipt.at(), at))
        .filter(apart -> apart.compareTo(AT_ONCE) > 0)
        .ifPresent(apart -> sentences.add(texts.say("receipt.was_owed", texts.took(apart))));
    var breaches = receipts.listViolations(receipt.id());
    if (breaches.size() > MOST_BREACHES) {
      sentences.add(texts.say("receipt.breaches.cut", MOST_BREACHES, breaches.size()));
    }
    var changes =
        receipt.state() == Receipt.State.DONE && receipt.version() > 1
            ? changes(versions, receipt.version())
            : List.<Change>of();
    if (changes.size() > MOST_CHANGES) {
      sentences.add(texts.say("receipt.changes.cut", MOST_CHANGES, changes.size()));
    }
    var facts = new Facts(texts);
    facts.add(
        "receipt.contract",
        Facts.join(" · ", source.map(Source::contract).orElse(null), receipt.message()));
    facts.add("receipt.channel", receipt.channel().isEmpty() ? null : "/" + receipt.channel());
    facts.add(
        "receipt.body",
        texts.of("receipt.size", receipt.size())
            + (receipt.contentType().isEmpty() ? "" : " · " + receipt.contentType()));
    facts.add("receipt.signature", receipt.signature());
    facts.add("receipt.id", receipt.id());
    return new Item(
            StoryTeller.tone(receipt.state()),
            texts.time(receipt.at(), known.now()),
            switch (receipt.state()) {
              case DONE ->
                  receipt.version() > 1
                      ? texts.of("receipt.version", receipt.version(), name)
                      : texts.of("receipt.first", name);
              case REPEAT -> texts.of("receipt.repeat", name, receipt.version());
              case OWED -> texts.of("receipt.owed", name);
              case QUARANTINED, ASIDE, MENDED -> texts.of("receipt.quarantined", name);
              case REFUSED -> texts.of("receipt.refused", name);
              case ERASED -> texts.of("receipt.erased", name);
            },
            texts.of("receipt.state." + receipt.state().word()),
            sentences,
            facts.list(),
            breaches.stream()
                .limit(MOST_BREACHES)
                .map(v ->
                    new Breach(
                        Clean.line(v.pointer()), Clean.line(v.rule()), Clean.line(v.action())))
                .toList(),
            changes.stream().limit(MOST_CHANGES).toList(),
            null)
        .ofReceipt(receipt.id());
  }

  /// When it was written down what became of a receipt.
  private static Optional<Instant> settled(Telling known, Receipt receipt) {
    return known.history().stream()
        .filter(l -> l.seq() == receipt.settledSeq())
        .map(LogEntry::at)
        .findFirst();
  }

  private static List<Change> changes(List<Leads.Version> versions, int number) {
    var before = new TreeMap<String, String>();
    var after = new TreeMap<String, String>();
    for (var version : versions) {
      if (version.version() == number - 1) {
        version.lead().ifPresent(l -> flatten("", LeadJson.write(l), before));
      } else if (version.version() == number) {
        version.lead().ifPresent(l -> flatten("", LeadJson.write(l), after));
      }
    }
    var fields = new TreeSet<>(before.keySet());
    fields.addAll(after.keySet());
    return fields.stream()
        .filter(f -> !Objects.equals(before.get(f), after.get(f)))
        .map(f -> new Change(Clean.line(f), Clean.line(before.get(f)), Clean.line(after.get(f))))
        .toList();
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(e ->
              flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), into));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + "." + (i + 1), node.get(i), into);
      }
    } else {
      into.put(path, node.asString(""));
    }
  }
}
