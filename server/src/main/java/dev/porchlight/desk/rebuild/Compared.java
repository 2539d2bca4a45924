package dev.porchlight.desk.rebuild;

import dev.porchlight.person.Persons;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One table to compare, with its key.
record Compared(String table, List<String> key, List<String> columns) {
  /// All tables whose rows a rebuild brings about.
  static final List<Compared> ALL =
      List.of(
          new Compared(
              "receipt",
              List.of("id"),
              List.of(
                  "state",
                  "message",
                  "guid",
                  "lead_id",
                  "version",
                  "reason",
                  "settled_seq",
                  "erased_at")),
          new Compared(
              "violation", List.of("receipt_id", "n"), List.of("pointer", "rule", "action")),
          new Compared("lead_key", List.of("source_id", "value"), List.of("lead_id", "at")),
          new Compared(
              "lead",
              List.of("id"),
              List.of(
                  "source_id",
                  "external_id",
                  "derived",
                  "guid",
                  "office_id",
                  "person_id",
                  "contact_id",
                  "test",
                  "version",
                  "evidence",
                  "answers",
                  "created_at",
                  "updated_at",
                  "seq",
                  "key_value",
                  "erased_at")),
          new Compared("receipt_person", List.of("receipt_id"), List.of("enquirer")),
          new Compared(
              "lead_version",
              List.of("lead_id", "version"),
              List.of("receipt_id", "at", "fingerprint", "fact", "said_at", "as_of", "emptied")),
          new Compared("lead_about", List.of("root_id", "name", "lead_id"), List.of()),
          new Compared("lead_deadline", List.of("lead_id"), List.of("at")),
          new Compared("lead_fingerprint", List.of("lead_id", "fingerprint"), List.of("version")),
          new Compared(
              "person",
              List.of("id"),
              List.of("company_id", "families", "created_at", "erased_at")),
          new Compared("person_email", List.of("company_id", "email"), List.of("person_id")),
          new Compared("person_phone", List.of("company_id", "phone"), List.of("persons")),
          new Compared("person_key", List.of("person_id", "kind", "value"), List.of()),
          new Compared("identity_seen", List.of("ref", "person_id"), List.of("what")),
          new Compared(
              "possible_duplicate",
              List.of("person_a", "person_b"),
              List.of("receipt_id", "evidence", "at")),
          new Compared(
              "contact",
              List.of("id"),
              List.of(
                  "person_id",
                  "office_id",
                  "owner_id",
                  "owned_seq",
                  "connected",
                  "body",
                  "created_at",
                  "modified_at",
                  "seq",
                  "deleted_at")),
          new Compared("contact_search", List.of("owner_id", "owned_seq"), Persons.INDEXED),
          new Compared("contact_tag", List.of("owner_id", "tag", "contact_id"), List.of("written")),
          new Compared("contact_edit", List.of("seq"), List.of("contact_id", "body", "principal")),
          new Compared(
              "consent",
              List.of("person_id", "seq"),
              List.of("channel", "given", "at", "address", "event_id", "uri", "providers")),
          new Compared(
              "lead_step",
              List.of("lead_id", "seq"),
              List.of(
                  "step",
                  "at",
                  "event_id",
                  "uri",
                  "agent",
                  "recipient",
                  "participant",
                  "reason",
                  "comment",
                  "answers")),
          new Compared("lead_routed", List.of("lead_id"), List.of("answers")),
          new Compared("contact_name", List.of("company_id", "name"), List.of("contact_id")),
          new Compared(
              "service_area",
              List.of("company_id", "name", "seq"),
              List.of("at", "deleted", "kind", "provider", "weight", "members")),
          new Compared("service_place", List.of("company_id", "place"), List.of("areas")),
          new Compared("person_contact", List.of("person_id", "office_id"), List.of("contact_id")),
          new Compared(
              "event",
              List.of("id"),
              List.of(
                  "seq",
                  "uri",
                  "publisher_id",
                  "topic",
                  "fingerprint",
                  "time",
                  "recipient",
                  "violations",
                  "adopted")),
          new Compared(
              "event_copy",
              List.of("receiver_id", "seq"),
              List.of("event_id", "token", "agent_id", "grant_id", "redaction")),
          new Compared("listing_key", List.of("root_id", "value"), List.of("listing_id")),
          new Compared(
              "listing_state",
              List.of("listing_id"),
              List.of(
                  "root_id",
                  "office_id",
                  "state",
                  "deleted",
                  "version",
                  "created_at",
                  "updated_at",
                  "seq")),
          new Compared(
              "listing_version",
              List.of("listing_id", "version"),
              List.of("event_id", "topic", "at", "changes")),
          new Compared(
              "delivery",
              List.of("id"),
              List.of(
                  "seq",
                  "endpoint_id",
                  "order_key",
                  "event_id",
                  "kind",
                  "lead_id",
                  "version",
                  "office_id",
                  "planned_at",
                  "why")),
          new Compared("left_out", List.of("seq"), List.of("lead_id", "kind", "version", "body")));

  String all() {
    return Stream.concat(key.stream(), columns.stream()).collect(Collectors.joining(", "));
  }
}
