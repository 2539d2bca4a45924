package dev.porchlight.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Where the time goes, by samples, while 64 connections send as fast as they are answered: without
/// endpoints, and with one. Measured once, after all rounds, since sampling takes time too.
final class Profile implements Section {
  private static final int SHOWN = 12;

  private final Path folder;
  private final Path findings;
  private final List<Case> cases = new ArrayList<>();

  private record Case(String engine, String what, Costs.Shares costs) {}

  /// @param folder where recordings and stacks are left
  /// @param findings what was made of it, in words
  Profile(Path folder, Path findings) {
    this.folder = folder;
    this.findings = findings;
  }

  /// Samples once.
  void measure(Bed bed, int millis) throws IOException {
    Files.createDirectories(folder);
    bed.load(bed.url(), 64, millis / 4);
    sample(bed, "accepting", () -> bed.load(bed.url(), 64, millis));
    bed.server().ask("endpoint", bed.receiver() + "/0");
    bed.load().ask("follow", bed.url(), bed.key(), 64, millis / 4, 0, 1);
    sample(
        bed,
        "accepting and delivering",
        () -> bed.load().ask("follow", bed.url(), bed.key(), 64, millis, 0, 1));
  }

  private interface Work {
    Object run() throws IOException;
  }

  private void sample(Bed bed, String what, Work work) throws IOException {
    var name = bed.engine() + "-" + what.replace(' ', '-');
    var recording = folder.resolve(name + ".jfr").toAbsolutePath();
    bed.server().ask("record");
    work.run();
    bed.server().ask("recorded", recording);
    cases.add(
        new Case(bed.engine(), what, Costs.of(recording, folder.resolve(name + ".folded.txt"))));
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    if (cases.isEmpty()) {
      return;
    }
    page.title("Where the time goes");
    page.words(
        "Samples of the hub's threads by the processor time that they use, at 64 connections, one"
            + " endpoint where there is delivery. The garbage collector and the compiler are not in"
            + " it. `bench/run --profile` does this alone, and leaves the stacks in `"
            + folder
            + "` in the form that flame graph programs read.");
    for (var one : cases) {
      page.table(1, one.engine() + ", " + one.what(), "share of " + one.costs().samples());
      one.costs().shares().entrySet().stream()
          .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
          .limit(SHOWN)
          .forEach(e -> page.row(e.getKey(), Page.number(e.getValue() * 100) + " %"));
      page.endTable();
    }
    try {
      if (Files.isReadable(findings)) {
        page.words(Files.readString(findings));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
