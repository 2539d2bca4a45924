package dev.porchlight.person;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.Batch;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is who, against a store.
class PersonRulesTest {
  private static final String COMPANY = "C-1";

  @TempDir Path folder;
  private EngineStore store;

  @BeforeEach
  void open() {
    store = new EngineStore(SqliteEngine.open(folder, SettableClock.at("2026-03-14T09:00:00Z")));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Enquirer enquirer(InventedPerson p) {
    return new Enquirer(p.firstName(), p.lastName(), null, p.email(), p.phone(), null, null);
  }

  private <T> T within(Function<Batch, T> work) {
    return store.write(WorkQueue.LEADS, work::apply);
  }

  private Persons.Found meet(String company, InventedPerson person) {
    var identity = Identity.of(enquirer(person), "US");
    var draw = Draw.fresh(store.now(), 0);
    return within(b -> Persons.findOrMake(b, company, identity, null, draw, draw.uuid("receipt")));
  }

  private Persons.Found meet(InventedPerson person) {
    return meet(COMPANY, person);
  }

  private static InventedPerson person(String first, String last, String email, String phone) {
    return new InventedPerson(
        first.isEmpty() ? null : first,
        last.isEmpty() ? null : last,
        email.isEmpty() ? null : email,
        phone.isEmpty() ? null : phone);
  }

  @Test
  void the_same_e_mail_is_the_same_person_whatever_the_name_and_letter_case() {
    var first = meet(person("Ana", "Lopez", "ana@example.org", ""));
    var second = meet(person("Anna", "Marek", "ANA@Example.ORG", ""));
    assertThat(first.made()).isTrue();
    assertThat(second.made()).isFalse();
    assertThat(second.personId()).isEqualTo(first.personId());
    assertThat(second.evidence()).contains("e-mail").contains("ana@example.org");
  }

  @Test
  void the_same_phone_is_the_same_person_where_the_family_names_fit() {
    var first = meet(person("Ana", "Lopez", "", "(804) 477-7777"));
    var compatible = meet(person("A.", "López-Garcia", "", "+1 804 477 7777"));
    var unnamed = meet(new InventedPerson(null, null, null, "8044777777"));
    var stranger = meet(person("Bo", "Lind", "", "804-477-7777"));
    assertThat(compatible.personId()).isEqualTo(first.personId());
    assertThat(compatible.evidence()).contains("phone").contains("+18044777777");
    assertThat(unnamed.personId()).isEqualTo(first.personId());
    assertThat(stranger.made()).isTrue();
    assertThat(meet(person("Bo", "Lind", "", "804-477-7777")).personId())
        .isEqualTo(stranger.personId());
    assertThat(meet(person("Ana", "Lopez", "", "804-477-7777")).personId())
        .isEqualTo(first.personId());
  }

  @Test
  void someone_unnamed_makes_no_strangers_one() {
    var unnamed = meet(person("", "", "", "8044777777"));
    var ana = meet(person("Ana", "Lopez", "", "8044777777"));
    assertThat(ana.personId()).isEqualTo(unnamed.personId());
    // The unnamed one has turned out to be a Lopez: a Lind is somebody else.
    var bo = meet(person("Bo", "Lind", "", "8044777777"));
    assertThat(bo.personId()).isNotEqualTo(ana.personId());
  }

  @Test
  void a_phone_that_came_without_a_name_is_of_whoever_has_it_and_of_no_other_name() {
    var ana = meet(person("Ana", "Lopez", "ana@example.org", ""));
    meet(person("", "", "ana@example.org", "8044777777"));
    assertThat(meet(person("Ana", "Lopez", "", "8044777777")).personId()).isEqualTo(ana.personId());
    assertThat(meet(person("Bo", "Lind", "", "8044777777")).personId())
        .isNotEqualTo(ana.personId());
  }

  @Test
  void the_e_mail_decides_over_the_phone_and_the_contradiction_is_noted() {
    var ana = meet(person("Ana", "Lopez", "ana@example.org", "8044777777"));
    var cleo = meet(person("Cleo", "Lopez", "cleo@example.org", "8044770000"));
    var both = meet(person("Ana", "Lopez", "ana@example.org", "8044770000"));
    assertThat(both.personId()).isEqualTo(ana.personId());
    var persons = new Persons(store);
    assertThat(persons.listPossibleDuplicates(ana.personId()))
        .singleElement()
        .satisfies(d -> {
          assertThat(d.personId()).isEqualTo(cleo.personId());
          assertThat(d.evidence()).contains("+18044770000");
        });
    assertThat(persons.listPossibleDuplicates(cleo.personId()))
        .singleElement()
        .satisfies(d -> assertThat(d.personId()).isEqualTo(ana.personId()));
  }

  @Test
  void a_new_e_mail_with_a_known_phone_and_name_is_the_known_person_who_gains_it() {
    var ana = meet(person("Ana", "Lopez", "ana@example.org", "8044777777"));
    var again = meet(person("Ana", "Lopez", "ana.at.work@example.com", "8044777777"));
    assertThat(again.personId()).isEqualTo(ana.personId());
    assertThat(meet(person("", "", "ana.at.work@example.com", "")).personId())
        .isEqualTo(ana.personId());
    assertThat(new Persons(store).listPossibleDuplicates(ana.personId())).isEmpty();
  }

  @Test
  void no_person_crosses_a_company() {
    var here = meet("C-1", person("Ana", "Lopez", "ana@example.org", "8044777777"));
    var there = meet("C-2", person("Ana", "Lopez", "ana@example.org", "8044777777"));
    assertThat(there.made()).isTrue();
    assertThat(there.personId()).isNotEqualTo(here.personId());
  }

  @Test
  void malformed_e_mails_and_phones_merge_nobody() {
    for (var email :
        new String[] {
          "n/a",
          "none",
          "@",
          "x@",
          "@example.org",
          "a@b",
          "not provided@x.",
          "a b@c.de",
          "a@b.c,d@e.f",
          "unknown@."
        }) {
      var one = meet(person("Ana", "Lopez", email, ""));
      var other = meet(person("Ana", "Lopez", email, ""));
      assertThat(other.personId()).as(email).isNotEqualTo(one.personId());
    }
    for (var phone : new String[] {"n/a", "0", "12", "call me", "+", "000"}) {
      var one = meet(person("Ana", "Lopez", "", phone));
      var other = meet(person("Ana", "Lopez", "", phone));
      assertThat(other.personId()).as(phone).isNotEqualTo(one.personId());
    }
  }
}
