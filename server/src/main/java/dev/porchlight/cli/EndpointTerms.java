package dev.porchlight.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// What can be said of an endpoint when it is made and changed later.
final class EndpointTerms {
  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "take only this kind, for example lead.created; may be repeated")
  @Nullable List<String> kinds;

  @Option(
      names = "--source",
      paramLabel = "ID",
      description = "take only what came from this source; may be repeated")
  @Nullable List<String> sources;

  @Option(
      names = "--owner",
      paramLabel = "ID",
      description = "take only what concerns this member's contacts; may be repeated")
  @Nullable List<String> owners;

  @Option(
      names = "--tests",
      negatable = true,
      description = "deliver test leads too; --no-tests for none")
  @Nullable Boolean tests;

  @Option(
      names = "--filter",
      paramLabel = "FILTER",
      description = "take only what this holds for, for example \"Intent Eq 'seller'\"; '' for all")
  @Nullable String filter;

  @Option(
      names = "--final-refusals",
      negatable = true,
      description = "end a delivery at once when a 4xx refuses what was sent")
  @Nullable Boolean finalRefusals;

  @Option(
      names = "--max-concurrent",
      paramLabel = "N",
      description = "at most so many requests at once, 1 to 64")
  @Nullable Integer maxConcurrent;

  @Option(
      names = "--max-per-second",
      paramLabel = "N",
      description = "at most so many requests a second, 1 to 1000")
  @Nullable Integer maxPerSecond;

  @Option(
      names = "--disabled-after-hours",
      paramLabel = "HOURS",
      description = "disable it after failing for so long; 120 unless said, 0 for never")
  @Nullable Integer disabledAfterHours;

  @Option(
      names = "--disabled",
      negatable = true,
      description = "keep what is owed to it, and attempt nothing; --no-disabled to go on")
  @Nullable Boolean disabled;

  @Option(
      names = "--basic",
      paramLabel = "USER:PASSWORD",
      description = "show this user and password with each request")
  @Nullable String basic;

  @Option(
      names = "--bearer",
      paramLabel = "TOKEN",
      description = "show this token with each request")
  @Nullable String bearer;

  @Option(
      names = "--oauth2",
      paramLabel = "CLIENT:SECRET",
      description = "get tokens by client credentials; needs --token-url")
  @Nullable String oauth2;

  @Option(names = "--token-url", paramLabel = "URL", description = "where tokens are given")
  @Nullable String tokenUrl;

  @Option(names = "--token-scope", paramLabel = "SCOPE", description = "what tokens are asked for")
  @Nullable String tokenScope;

  @Option(
      names = "--sign-header",
      paramLabel = "NAME",
      description = "sign in this header too, with HMAC-SHA256 keyed with the secret as shown")
  @Nullable String signHeader;

  @Option(
      names = "--sign-form",
      paramLabel = "FORM",
      description =
          "body (default), or timed: t=...,v1=... over the time, a full stop and the body")
  @Nullable String signForm;

  @Option(
      names = "--sign-encoding",
      paramLabel = "ENCODING",
      description = "hex (default) or base64")
  @Nullable String signEncoding;

  @Option(
      names = "--sign-prefix",
      paramLabel = "TEXT",
      description = "what stands before the signature, for example sha256=")
  @Nullable String signPrefix;

  @Option(
      names = "--client-cert",
      paramLabel = "FILE",
      description = "show this certificate (PEM, with its chain) to the receiver; '' for none")
  @Nullable String clientCert;

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "the key of --client-cert (PEM, without a passphrase)")
  @Nullable String clientKey;

  @Option(
      names = "--authorities",
      paramLabel = "FILE",
      description =
          "believe these certificate authorities (PEM) there, and no others; '' for the usual")
  @Nullable String authorities;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description =
          "what later deliveries of a contact do while one fails: pass after an hour (default),"
              + " block, or newest: only the newest state of each lead")
  @Nullable String order;

  /// Puts what was said into a request.
  void into(ObjectNode body) {
    list(body, "kinds", kinds);
    list(body, "sources", sources);
    list(body, "owners", owners);
    if (filter != null) {
      body.put("filter", filter);
    }
    flag(body, "tests", tests);
    flag(body, "final_refusals", finalRefusals);
    number(body, "max_concurrent", maxConcurrent);
    number(body, "max_per_second", maxPerSecond);
    number(body, "disabled_after_hours", disabledAfterHours);
    flag(body, "disabled", disabled);
    text(body, "order", order);
    authorization(body);
    tls(body);
    if (signHeader != null) {
      var signature = body.putObject("signature").put("header", signHeader);
      text(signature, "form", signForm);
      text(signature, "encoding", signEncoding);
      text(signature, "prefix", signPrefix);
    }
  }

  private static void list(ObjectNode body, String name, @Nullable List<String> values) {
    if (values != null) {
      var list = body.putArray(name);
      values.stream().filter(v -> !v.isEmpty()).forEach(list::add);
    }
  }

  private static void flag(ObjectNode body, String name, @Nullable Boolean value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private static void number(ObjectNode body, String name, @Nullable Integer value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private void authorization(ObjectNode body) {
    if (basic != null) {
      pair(body.putObject("authorization").put("kind", "basic"), basic, "user", "password");
    } else if (bearer != null) {
      body.putObject("authorization").put("kind", "bearer").put("token", bearer);
    } else if (oauth2 != null) {
      var how = body.putObject("authorization").put("kind", "oauth2");
      pair(how, oauth2, "client_id", "client_secret");
      text(how, "token_url", tokenUrl);
      text(how, "scope", tokenScope);
    }
  }

  /// The files are read here: the hub may run elsewhere.
  private void tls(ObjectNode body) {
    if (clientCert == null && clientKey == null && authorities == null) {
      return;
    }
    var tls = body.putObject("tls");
    file(tls, "certificate", clientCert);
    file(tls, "key", clientKey);
    file(tls, "authorities", authorities);
  }

  private static void file(ObjectNode json, String name, @Nullable String path) {
    if (path == null) {
      return;
    }
    if (path.isEmpty()) {
      json.putNull(name);
      return;
    }
    try {
      json.put(name, Files.readString(Path.of(path), StandardCharsets.ISO_8859_1));
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("The file " + path + " can't be read.", e);
    }
  }

  private static void pair(ObjectNode json, String both, String first, String second) {
    int colon = both.indexOf(':');
    json.put(first, colon < 0 ? both : both.substring(0, colon));
    if (colon >= 0) {
      json.put(second, both.substring(colon + 1));
    }
  }

  private static void text(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
