package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `porchlight audit`.
@Command(name = "audit", description = "Who did what, and who looked at whom.")
final class AuditCommand extends Noun {
  @Command(name = "list", description = "Lists it, newest first.")
  int list(
      @Option(
              names = "--who",
              paramLabel = "WHO",
              description = "a member's name, e-mail address or id, or a token's name or id")
          @Nullable String who,
      @Option(
              names = "--act",
              paramLabel = "ACT",
              description =
                  "what was done, as the list says it (leads.reassign), or to what (leads)")
          @Nullable String act,
      @Option(names = "--subject", paramLabel = "ID", description = "what it was done to")
          @Nullable String subject,
      @Option(names = "--from", paramLabel = "TIME", description = "since then")
          @Nullable String from,
      @Option(names = "--to", paramLabel = "TIME", description = "before then") @Nullable String to,
      @Mixin Paging page)
      throws HubException {
    return list(
        "/audit",
        page.query("principal", who, "act", act, "subject", subject, "from", from, "to", to),
        "Nothing of that kind.",
        List.of(
            new Column("AT", row -> Text.time(Text.at(row, "at"))),
            column("WHO", "principal"),
            column("ACT", "deed"),
            new Column(
                "SET",
                row -> {
                  var whole = Text.at(row, "act");
                  int arrow = whole.indexOf(" → ");
                  return arrow < 0 ? "" : whole.substring(arrow + 3);
                }),
            column("SUBJECT", "subject"),
            column("ADDRESS", "address")));
  }
}
