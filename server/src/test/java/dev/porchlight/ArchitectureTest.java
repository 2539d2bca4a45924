package dev.porchlight;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.EventFields;
import dev.porchlight.desk.Keeping;
import dev.porchlight.desk.KeptReading;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.Twin;
import dev.porchlight.desk.erasure.LeadErasure;
import dev.porchlight.desk.events.gone.EventRemoval;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Who may know whom. Each rule comes with a class that breaks it, so each is seen to fail in every
/// build: a rule that can't fail is easily written.
class ArchitectureTest {
  private static final Pattern OFFENDER = Pattern.compile("Offender\\d+");
  private static final String ROOT = "dev.porchlight";

  /// What a request brings about; they meet in the desk only.
  private static final String[] CAPABILITIES = {
    "person", "routing", "delivery", "listing", "watch", "access"
  };

  /// What everybody above may stand on.
  private static final String[] FOUNDATIONS = {
    "value", "filter", "geo", "store", "account", "sign", "net", "web", "client", "trace"
  };

  /// Ways in and out; only the root package, which wires them, knows them.
  private static final String[] LEAVES = {
    "api", "http", "console", "ops", "cli", "demo", "door", "poll", "testing"
  };

  /// Parts of the desk that stand by themselves.
  private static final String[] APART = {ROOT + ".desk.feed..", ROOT + ".desk.poll.."};

  /// @param offender the source of a class that breaks the rule
  private record Arrow(String name, ArchRule rule, String offender) {}

  private static final DescribedPredicate<JavaClass> OURS = resideInAPackage(ROOT + "..");

  private static final List<Arrow> ARROWS = arrows();

  private static String in(String name) {
    return ROOT + "." + name + "..";
  }

  private static String[] in(String... names) {
    return Stream.of(names).map(n -> in(n)).toArray(String[]::new);
  }

  private static String offender(String where, String member) {
    return "package dev.porchlight" + where + ";\nclass Offender { " + member + "; }\n";
  }

  private static List<Arrow> arrows() {
    var all = new ArrayList<Arrow>();
    all.add(
        new Arrow(
            "value knows nobody",
            classes()
                .that()
                .resideInAPackage(in("value"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    in("value"),
                    "java..",
                    "tools.jackson..",
                    "com.fasterxml.jackson.annotation..",
                    "org.jspecify.annotations.."),
            offender(".value", "dev.porchlight.store.Store store")));
    all.add(
        new Arrow(
            "geometry is in one place",
            noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackage(in("geo"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.locationtech.jts.."),
            offender(".watch", "org.locationtech.jts.geom.Polygon polygon")));
    all.add(
        new Arrow(
            "geometry knows the filter language alone",
            noClasses()
                .that()
                .resideInAPackage(in("geo"))
                .should()
                .dependOnClassesThat(
                    OURS.and(DescribedPredicate.not(resideInAnyPackage(in("geo", "filter"))))),
            offender(".geo", "dev.porchlight.store.Store store")));
    all.add(
        new Arrow(
            "web is words alone",
            classes()
                .that()
                .resideInAPackage(in("web"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(in("web"), "java..", "org.jspecify.annotations.."),
            offender(".web", "dev.porchlight.value.Lead lead")));
    all.add(
        new Arrow(
            "only the root package knows a connector by its package",
            noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackages(ROOT, ROOT + ".connector.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".connector.*.."),
            offender(".desk", "dev.porchlight.connector.own.OwnEvents own")));
    all.add(
        new Arrow(
            "no connector knows another",
            slices()
                .matching(ROOT + ".connector.(*)..")
                .should()
                .notDependOnEachOther()
                // No connector: what all of them read and write JSON with.
                .ignoreDependency(
                    DescribedPredicate.alwaysTrue(), resideInAPackage(in("connector.json"))),
            offender(".connector.own", "dev.porchlight.connector.verbatim.Verbatim other")));
    all.add(
        new Arrow(
            "what all connectors read JSON with knows no connector",
            noClasses()
                .that()
                .resideInAPackage(in("connector.json"))
                .should()
                .dependOnClassesThat(
                    resideInAPackage(ROOT + ".connector.*..")
                        .and(DescribedPredicate.not(resideInAPackage(in("connector.json"))))),
            offender(".connector.json", "dev.porchlight.connector.own.OwnEvents own")));
    all.add(
        new Arrow(
            "a connector knows the words it is written in, and nothing of the house",
            noClasses()
                .that()
                .resideInAPackage(in("connector"))
                .should()
                .dependOnClassesThat(
                    OURS.and(
                        DescribedPredicate.not(
                            resideInAnyPackage(in("connector", "value", "web"))))),
            offender(".connector.own", "dev.porchlight.store.Store store")));
    all.add(
        new Arrow(
            "delivery knows no contract",
            noClasses()
                .that()
                .resideInAPackage(in("delivery"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in("connector")),
            offender(".delivery", "dev.porchlight.connector.Connector connector")));
    for (var capability : CAPABILITIES) {
      all.add(
          new Arrow(
              capability + " stands on foundations and knows no other capability",
              noClasses()
                  .that()
                  .resideInAPackage(in(capability))
                  .should()
                  .dependOnClassesThat(
                      OURS.and(
                          DescribedPredicate.not(
                              resideInAnyPackage(
                                  Stream.concat(
                                          Stream.of(in(capability)), Stream.of(in(FOUNDATIONS)))
                                      .toArray(String[]::new)))))
                  // Some are still to come.
                  .allowEmptyShould(true),
              offender("." + capability, "dev.porchlight.desk.Desk desk")));
    }
    all.add(
        new Arrow(
            "the desk's decision knows nothing of what stands on it",
            noClasses()
                .that()
                .resideInAPackage(ROOT + ".desk")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".desk.*.."),
            offender(".desk", "dev.porchlight.desk.erasure.Pins pins")));
    all.add(
        new Arrow(
            "feeds and polls need nothing else of the desk",
            noClasses()
                .that()
                .resideInAnyPackage(APART)
                .should()
                .dependOnClassesThat(
                    resideInAPackage(in("desk"))
                        .and(DescribedPredicate.not(resideInAnyPackage(APART)))),
            offender(".desk.feed", "dev.porchlight.desk.Receipt receipt")));
    all.add(
        new Arrow(
            "the rebuild is known by nobody whose work it does again",
            noClasses()
                .that()
                .resideInAPackage(in("desk"))
                .and()
                .resideOutsideOfPackage(in("desk.rebuild"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in("desk.rebuild")),
            offender(".desk.onward", "dev.porchlight.desk.rebuild.Rebuild rebuild")));
    all.add(
        new Arrow(
            "the desk's rows are the desk's own",
            noClasses()
                .that()
                .resideOutsideOfPackage(in("desk"))
                .should()
                .dependOnClassesThat(
                    belongToAnyOf(
                        Tables.class,
                        RawBody.class,
                        Twin.class,
                        Keeping.class,
                        KeptReading.class,
                        EventFields.class,
                        Desk.Prepared.class,
                        EventRemoval.class,
                        LeadErasure.class)),
            offender(".api", "dev.porchlight.desk.RawBody body")));
    all.add(
        new Arrow(
            "foundations know no capability, nor desk, nor leaf",
            noClasses()
                .that()
                .resideInAnyPackage(in(FOUNDATIONS))
                .should()
                .dependOnClassesThat(
                    OURS.and(DescribedPredicate.not(resideInAnyPackage(in(FOUNDATIONS))))),
            offender(".account", "dev.porchlight.access.Principal principal")));
    all.add(
        new Arrow(
            "store knows nobody but the filter language",
            noClasses()
                .that()
                .resideInAPackage(in("store"))
                .should()
                .dependOnClassesThat(
                    OURS.and(DescribedPredicate.not(resideInAnyPackage(in("store", "filter"))))),
            offender(".store", "dev.porchlight.account.Node node")));
    all.add(
        new Arrow(
            "leaves are known by the root package alone",
            noClasses()
                .that()
                .resideInAPackage(ROOT + ".*..")
                .and()
                .resideOutsideOfPackages(in(LEAVES))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in(LEAVES)),
            offender(".desk", "dev.porchlight.ops.Doctor doctor")));
    all.add(
        new Arrow(
            "leaves don't know each other",
            slices()
                .matching(ROOT + ".(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                    DescribedPredicate.alwaysTrue(),
                    DescribedPredicate.not(resideInAnyPackage(in(LEAVES)))),
            offender(".ops", "dev.porchlight.api.Api api")));
    all.add(
        new Arrow(
            "the command line speaks HTTP only",
            noClasses()
                .that()
                .resideInAPackage(in("cli"))
                .should()
                .dependOnClassesThat(
                    OURS.and(
                        DescribedPredicate.not(resideInAnyPackage(in("cli", "client", "value")))))
                .allowEmptyShould(true),
            offender(".cli", "dev.porchlight.store.Store store")));
    all.add(
        new Arrow(
            "only the root package knows an engine by its name",
            noClasses()
                .that()
                .resideInAPackage(ROOT + ".*..")
                .and()
                .resideOutsideOfPackage(ROOT + ".store.*..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in("store.sqlite", "store.postgres", "store.move")),
            offender(".ops", "dev.porchlight.store.sqlite.SqliteEngine engine")));
    all.add(
        new Arrow(
            "only store.sqlite knows SQLite's driver",
            only("store.sqlite", "org.sqlite.."),
            offender(".store", "org.sqlite.SQLiteException e")));
    all.add(
        new Arrow(
            "only store.postgres knows PostgreSQL's driver and pool",
            only("store.postgres", "org.postgresql..", "com.zaxxer.hikari.."),
            offender(".store", "com.zaxxer.hikari.HikariConfig config")));
    all.add(
        new Arrow(
            "only http knows the server library",
            only("http", "org.eclipse.jetty.."),
            offender(".door", "org.eclipse.jetty.server.Server server")));
    all.add(
        new Arrow(
            "only net knows the outgoing library",
            only("net", "org.apache.hc.."),
            offender(".delivery", "org.apache.hc.core5.http.HttpHost host")));
    all.add(
        new Arrow(
            "only trace knows OpenTelemetry",
            only("trace", "io.opentelemetry.."),
            offender(".delivery", "io.opentelemetry.api.trace.Span span")));
    all.add(
        new Arrow(
            "no cycles between packages",
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles(),
            offender(".value", "dev.porchlight.store.Store a; dev.porchlight.account.Node b")));
    all.add(
        new Arrow(
            "every package is @NullMarked",
            classes().that().resideInAPackage(ROOT + "..").should(liveInANullMarkedPackage()),
            offender(".unmarked", "int x")));
    return all;
  }

  private static ArchRule only(String where, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(in(where))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries);
  }

  private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
    return new ArchCondition<>("live in a @NullMarked package") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(
            new SimpleConditionEvent(
                item, marked, item.getPackageName() + (marked ? " is" : " is not") + " marked"));
      }
    };
  }

  private static ClassFileImporter importer() {
    return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());
  }

  private static final JavaClasses OURSELVES = importer().importPackages(ROOT);

  @Test
  void there_is_something_to_look_at() {
    assertThat(OURSELVES.size()).isGreaterThan(150);
    assertThat(OURSELVES.contain("dev.porchlight.value.Lead")).isTrue();
    assertThat(OURSELVES.contain("dev.porchlight.ArchitectureTest")).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> each_rule_holds() {
    return ARROWS.stream()
        .map(a -> DynamicTest.dynamicTest(a.name(), () -> a.rule().check(OURSELVES)));
  }

  @TestFactory
  Stream<DynamicTest> each_rule_sees_who_breaks_it(@TempDir Path folder) throws IOException {
    // All offenders at once, each by a name of its own: our classes are read a second time only.
    var sources = new LinkedHashMap<String, String>();
    for (int i = 0; i < ARROWS.size(); i++) {
      var source = ARROWS.get(i).offender();
      sources.put("Offender" + i, source.replace("class Offender ", "class Offender" + i + " "));
    }
    var with = compiled(folder, sources);
    return IntStream.range(0, ARROWS.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                ARROWS.get(i).name(),
                () -> {
                  // Without the others: of all cycles together only so many are told.
                  var alone =
                      with.that(
                          DescribedPredicate.<JavaClass>describe(
                              "no other offender",
                              c ->
                                  !OFFENDER.matcher(c.getSimpleName()).matches()
                                      || c.getSimpleName().equals("Offender" + i)));
                  var result = ARROWS.get(i).rule().evaluate(alone);
                  var offender = Pattern.compile("\\bOffender" + i + "\\b|unmarked");
                  assertThat(result.getFailureReport().getDetails())
                      .anyMatch(d -> offender.matcher(d).find());
                }));
  }

  /// Our classes and these.
  private static JavaClasses compiled(Path folder, Map<String, String> sources) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var written = new ArrayList<Path>();
      for (var source : sources.entrySet()) {
        written.add(
            Files.writeString(folder.resolve(source.getKey() + ".java"), source.getValue()));
      }
      var messages = new StringWriter();
      boolean done =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-d", folder.toString(), "-proc:none", "-nowarn"),
                  null,
                  files.getJavaFileObjectsFromPaths(written))
              .call();
      assertThat(done).as(messages.toString()).isTrue();
    }
    var locations = new ArrayList<Location>();
    locations.add(Location.of(folder));
    locations.add(
        Location.of(Porchlight.class.getProtectionDomain().getCodeSource().getLocation()));
    return importer().importLocations(locations);
  }
}
