package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `porchlight node`.
@Command(name = "node", description = "Companies, offices, teams and members.")
final class NodeCommand extends Noun {
  @Command(name = "add", description = "Adds a node.")
  int add(
      @Parameters(paramLabel = "NAME", description = "its name") String name,
      @Option(
              names = "--kind",
              required = true,
              paramLabel = "KIND",
              description = "mls, company, office, team or member")
          String kind,
      @Option(names = "--parent", paramLabel = "ID", description = "the node above it")
          @Nullable String parent,
      @Option(names = "--email", paramLabel = "EMAIL", description = "a member's address")
          @Nullable String email)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("kind", kind);
    put(body, "email", email);
    try (var hub = connect()) {
      if (parent != null) {
        body.put("parent", resolve(hub, "/nodes", parent));
      }
      var made = hub.post("/nodes", body);
      return show(
          made,
          () ->
              say(
                  "The "
                      + Text.at(made, "kind")
                      + " "
                      + Text.at(made, "name")
                      + " has the id "
                      + Text.at(made, "id")
                      + "."));
    }
  }

  @Command(name = "change", description = "Gives a node another name or e-mail address.")
  int change(
      @Parameters(paramLabel = "NODE", description = "id or name") String node,
      @Option(names = "--name", paramLabel = "NAME", description = "its new name")
          @Nullable String name,
      @Option(
              names = "--email",
              paramLabel = "EMAIL",
              description = "its new address; an empty one takes it away")
          @Nullable String email)
      throws HubException {
    var body = Json.object();
    put(body, "name", name);
    if (email != null) {
      body.put("email", email.isBlank() ? null : email);
    }
    return change(node, body, "is changed.");
  }

  @Command(
      name = "end",
      description = {
        "Ends a member: they sign in nowhere and are given nothing more.",
        "Their contacts go to the front desk; what happened keeps their name."
      })
  int end(@Parameters(paramLabel = "MEMBER", description = "id or name") String member)
      throws HubException {
    return change(member, Json.object().put("ended", true), "has ended.");
  }

  @Command(
      name = "return",
      description = "Takes a member back who has ended; they need a new password and role.")
  int comeBack(@Parameters(paramLabel = "MEMBER", description = "id or name") String member)
      throws HubException {
    return change(member, Json.object().put("ended", false), "is back.");
  }

  private int change(String node, ObjectNode body, String what) throws HubException {
    try (var hub = connect()) {
      var path = one(hub, "/nodes", node);
      var changed = hub.patch(path, body);
      return show(changed, () -> say(Text.at(changed, "name") + " " + what));
    }
  }

  @Command(
      name = "password",
      description = {
        "Makes a new password for a member and shows it, once.",
        "With it and their e-mail address or id, members let applications act for them."
      })
  int password(@Parameters(paramLabel = "MEMBER", description = "id or name") String member)
      throws HubException {
    return ask(
        hub -> hub.post(one(hub, "/nodes", member) + "/password", Json.object()),
        made -> {
          say("Password: " + Text.at(made, "password"));
          say("It is not shown again.");
        });
  }

  @Command(
      name = "role",
      description = {
        "Says what a member is at the console: administrator, manager, agent, or none.",
        "With a role and a password they can sign in there."
      })
  int role(
      @Parameters(paramLabel = "MEMBER", description = "id or name") String member,
      @Parameters(paramLabel = "ROLE", description = "administrator, manager, agent or none")
          String role,
      @Option(
              names = "--at",
              paramLabel = "NODE",
              description = "whose subtree they see; else the whole hub")
          @Nullable String at)
      throws HubException {
    try (var hub = connect()) {
      var path = one(hub, "/nodes", member) + "/role";
      if (role.equals("none")) {
        return show(hub.delete(path), () -> say(member + " can't sign in at the console."));
      }
      var body = Json.object().put("role", role);
      if (at != null) {
        body.put("node", resolve(hub, "/nodes", at));
      }
      return show(hub.put(path, body), () -> say(member + " is " + role + " at the console."));
    }
  }

  @Command(
      name = "link",
      description = "Makes a link by which a member signs in at the console, once, in 15 minutes.")
  int link(@Parameters(paramLabel = "MEMBER", description = "id or name") String member)
      throws HubException {
    return ask(
        hub -> hub.post(one(hub, "/nodes", member) + "/sign-in-link", Json.object()),
        made -> say(Text.at(made, "url")));
  }

  @Command(
      name = "mail",
      description =
          "Says where mail about a node's leads goes, or shows it. An empty address takes one"
              + " back.")
  int mail(
      @Parameters(paramLabel = "NODE", description = "id or name") String node,
      @Option(
              names = "--address",
              paramLabel = "ADDRESS",
              description = "gets a copy of each lead that Lead Delivery endpoints get")
          @Nullable String address,
      @Option(names = "--copies", paramLabel = "on|off", description = "whether it does; on")
          @Nullable String copies,
      @Option(
              names = "--fallback",
              paramLabel = "ADDRESS",
              description = "gets what no endpoint has taken, or nobody can read, for 60 s")
          @Nullable String fallback,
      @Option(
              names = "--time-zone",
              paramLabel = "ZONE",
              description = "whose hours daily mails go by, such as America/Chicago; UTC")
          @Nullable String timeZone,
      @Option(
              names = "--language",
              paramLabel = "en|de|fr",
              description = "of what people read in these mails; en")
          @Nullable String language)
      throws HubException {
    var body = Json.object();
    put(body, "address", address);
    if (copies != null) {
      body.put("copies", !copies.equals("off"));
    }
    put(body, "time_zone", timeZone);
    put(body, "language", language);
    put(body, "fallback", fallback);
    try (var hub = connect()) {
      var path = one(hub, "/nodes", node) + "/mail";
      var mail = body.isEmpty() ? hub.get(path) : hub.patch(path, body);
      return show(
          mail,
          () -> {
            say("  copies    " + said(mail, "address"));
            say(mail.path("copies").asBoolean(true) ? "  copies are on" : "  copies are off");
            say("  fallback  " + said(mail, "fallback"));
            say("  time zone " + said(mail, "time_zone"));
            say("  language  " + said(mail, "language"));
          });
    }
  }

  private static String said(tools.jackson.databind.JsonNode mail, String name) {
    var text = mail.path(name).asString("");
    return text.isEmpty() ? "as the node above says" : text;
  }

  @Command(name = "list", description = "Lists the nodes.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/nodes",
        page.query(),
        "There are no nodes that this token sees.",
        List.of(
            column("KIND", "kind"),
            column("NAME", "name"),
            column("EMAIL", "email"),
            column("ID", "id"),
            column("PARENT", "parent")));
  }
}
