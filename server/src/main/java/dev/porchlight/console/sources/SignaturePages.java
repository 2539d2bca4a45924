package dev.porchlight.console.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.setup.SourceSetup;
import dev.porchlight.sign.SignatureProfile;
import dev.porchlight.sign.SignatureProfiles;
import dev.porchlight.sign.SignatureTrial;
import dev.porchlight.sign.SignedRequest;
import dev.porchlight.sign.Verdict;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `/console/sources/{id}/signature`: why a signature does not hold, for a request that was kept or
/// one that is pasted.
final class SignaturePages {
  private static final int SHOWN = 20_000;
  private static final int LONGEST = 64 * 1024;

  private final SourceSetup setup;
  private final Receipts receipts;

  SignaturePages(SourceSetup setup, Receipts receipts) {
    this.setup = setup;
    this.receipts = receipts;
  }

  /// @param headers as they were filled in
  /// @param body likewise
  /// @param given likewise
  /// @param refused to choose from
  /// @param found null while nothing was looked at
  record View(
      String path,
      String name,
      String profile,
      String receipt,
      List<Kept> refused,
      String headers,
      String body,
      String given,
      Form.Field key,
      String trouble,
      @Nullable Found found) {}

  /// A receipt that may be looked into.
  record Kept(String href, dev.porchlight.console.Time at, String signature) {}

  /// What was found.
  ///
  /// @param content what is signed, with control characters seen
  /// @param size bytes of it
  /// @param fit what would make it hold, as a sentence; empty when nothing is known
  /// @param difference where that text parts from what came; null when there is none
  /// @param givenDifference where what the sender says it signed parts from what came
  record Found(
      boolean holds,
      String verdict,
      List<Fact> facts,
      String content,
      int size,
      String fit,
      SignatureTrial.@Nullable Difference difference,
      SignatureTrial.@Nullable Difference givenDifference,
      String given) {}

  /// A request to look at.
  private record Looked(SignedRequest request, Instant at, String headers) {}

  Reply show(Visit visit, Source source) {
    var id = visit.query("receipt").orElse("");
    if (id.isEmpty()) {
      return visit.page("sources/signature.jte", view(visit, source, "", "", "", "", "", null));
    }
    return receipt(visit, source, id)
        .<Reply>map(
            r -> visit.page("sources/signature.jte", ofReceipt(visit, source, r, Form.empty())))
        .orElseGet(visit::missing);
  }

  private Optional<Receipt> receipt(Visit visit, Source source, String id) {
    return receipts
        .find(visit.scope(), id)
        .filter(r -> r.sourceId().equals(source.id()) && r.erasedAt() == null);
  }

  private View ofReceipt(Visit visit, Source source, Receipt receipt, Form form) {
    visit.shows("/receipts/{id}", receipt.id());
    var t = visit.texts();
    var given = form.raw("given");
    var raw = receipts.findRaw(receipt.id());
    if (raw.isEmpty()) {
      return view(visit, source, receipt.id(), "", "", given, t.of("signature.gone"), null);
    }
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    var kept = Json.tree(receipt.headers());
    kept.propertyNames().forEach(n -> headers.put(n, kept.path(n).asString("")));
    var looked =
        new Looked(request(visit, source, receipt.channel(), headers, raw.get()), receipt.at(), "");
    return found(visit, source, receipt.id(), looked, "", form);
  }

  Reply look(Visit visit, Source source) {
    var form = visit.form();
    var id = form.text("receipt");
    if (!id.isEmpty()) {
      return receipt(visit, source, id)
          .<Reply>map(r -> visit.page("sources/signature.jte", ofReceipt(visit, source, r, form)))
          .orElseGet(visit::missing);
    }
    var body = lines(form.raw("body"));
    var headers = headers(form.raw("headers"));
    if (body.isEmpty() || body.length() > LONGEST) {
      return visit.refused(
          "sources/signature.jte",
          view(
              visit,
              source,
              "",
              form.raw("headers"),
              body,
              form.raw("given"),
              visit.texts().of("signature.body.wrong"),
              null));
    }
    var looked =
        new Looked(
            request(visit, source, "", headers, body.getBytes(UTF_8)),
            visit.now(),
            form.raw("headers"));
    return visit.page("sources/signature.jte", found(visit, source, "", looked, body, form));
  }

  /// Browsers send each line end as two characters.
  private static String lines(String text) {
    return text.replace("\r\n", "\n");
  }

  private static Map<String, String> headers(String text) {
    var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    lines(text)
        .lines()
        .filter(l -> l.indexOf(':') > 0)
        .limit(100)
        .forEach(l ->
            all.put(
                l.substring(0, l.indexOf(':')).strip(), l.substring(l.indexOf(':') + 1).strip()));
    return all;
  }

  private static SignedRequest request(
      Visit visit, Source source, String channel, Map<String, String> headers, byte[] body) {
    return new SignedRequest(
        "POST",
        visit.request().baseUrl()
            + "/in/"
            + source.name()
            + (channel.isEmpty() ? "" : "/" + channel),
        name -> Optional.ofNullable(headers.get(name)).map(List::of).orElse(List.of()),
        body);
  }

  private View view(
      Visit visit,
      Source source,
      String receipt,
      String headers,
      String body,
      String given,
      String trouble,
      @Nullable Found found) {
    var t = visit.texts();
    var profile = setup.findSignature(source);
    return new View(
        SourceSection.PATH + source.id(),
        Clean.line(source.name()),
        profile.map(p -> Clean.lines(p.toPublicJson().toPrettyString(), SHOWN)).orElse(""),
        receipt,
        receipts
            .list(
                visit.scope(),
                new dev.porchlight.desk.Receipts.Query(
                    Receipt.State.REFUSED, source.id(), null, "", 10))
            .stream()
            .map(r ->
                new Kept(
                    SourceSection.PATH + source.id() + "/signature?receipt=" + r.id(),
                    visit.time(r.at()),
                    Clean.line(r.signature())))
            .toList(),
        Clean.lines(headers, SHOWN),
        Clean.lines(body, SHOWN),
        Clean.lines(given, SHOWN),
        Form.empty()
            .field("key", t.of("signature.key"))
            .hint(t.of("signature.key.hint"))
            .type("password")
            .longest(1024),
        trouble,
        found);
  }

  private View found(
      Visit visit, Source source, String receipt, Looked looked, String body, Form form) {
    var t = visit.texts();
    var given = lines(form.raw("given"));
    var typed = form.raw("key");
    var profile = setup.findSignature(source);
    if (profile.isEmpty() || !typed.isEmpty()) {
      var keys = typed.isEmpty() ? List.<String>of() : List.of(typed);
      var fitting = SignatureProfiles.fitting(keys, looked.request(), looked.at());
      if (profile.isEmpty()) {
        var trouble =
            typed.isEmpty()
                ? t.of("signature.none")
                : fitting.isEmpty()
                    ? t.of("signature.schemes.none")
                    : t.of("signature.schemes", String.join(", ", fitting));
        return view(visit, source, receipt, looked.headers(), body, given, trouble, null);
      }
    }
    return view(
        visit,
        source,
        receipt,
        looked.headers(),
        body,
        given,
        "",
        found(t, keyed(profile.orElseThrow(), typed), looked, given));
  }

  /// With the key that was typed, where one was.
  private static SignatureProfile keyed(SignatureProfile profile, String key) {
    try {
      return key.isEmpty() ? profile : profile.with(List.of(key), SignatureProfile.Policy.REPORT);
    } catch (IllegalArgumentException _) {
      return profile;
    }
  }

  private static Found found(Texts t, SignatureProfile profile, Looked looked, String given) {
    var bytes = given.isEmpty() ? null : given.getBytes(UTF_8);
    var trial = SignatureTrial.of(profile, looked.request(), looked.at(), bytes);
    boolean holds = trial.verdict() instanceof Verdict.Verified;
    var facts = new ArrayList<Fact>();
    facts.add(
        new Fact(
            t.of("signature.received"),
            trial.received().isEmpty() ? t.of("signature.absent") : Clean.line(trial.received())));
    trial
        .keys()
        .forEach(k ->
            facts.add(
                new Fact(
                    t.of("signature.expected", k.number()),
                    (k.head().isEmpty() ? t.of("signature.public") : Clean.line(k.head()) + "…")
                        + (k.holds() ? " " + t.of("signature.holds") : ""))));
    if (!trial.schemes().isEmpty()) {
      facts.add(new Fact(t.of("signature.fits"), String.join(", ", trial.schemes())));
    }
    var fit = trial.fit();
    var parted =
        bytes == null
            ? Optional.<SignatureTrial.Difference>empty()
            : SignatureTrial.Difference.between(bytes, looked.request().body());
    return new Found(
        holds,
        verdict(t, trial.verdict()),
        facts,
        Clean.lines(SignatureTrial.visible(trial.content()), SHOWN),
        trial.content().length,
        fit == null ? "" : t.of("signature.fit." + fit.change().name().toLowerCase(Locale.ROOT)),
        fit == null ? null : clean(fit.difference()),
        parted.map(SignaturePages::clean).orElse(null),
        bytes == null
            ? ""
            : parted.isEmpty() ? t.of("signature.given.same") : t.of("signature.given.differs"));
  }

  private static SignatureTrial.Difference clean(SignatureTrial.Difference d) {
    return new SignatureTrial.Difference(
        d.at(),
        d.one(),
        d.other(),
        Clean.lines(d.oneAround(), SHOWN),
        Clean.lines(d.otherAround(), SHOWN));
  }

  private static String verdict(Texts t, Verdict verdict) {
    return switch (verdict) {
      case Verdict.Verified(int key) -> t.of("signature.verified", key + 1);
      case Verdict.Absent() -> t.of("signature.absent.text");
      case Verdict.Wrong(var reason) ->
          t.of("signature.wrong." + reason.name().toLowerCase(Locale.ROOT));
    };
  }
}
