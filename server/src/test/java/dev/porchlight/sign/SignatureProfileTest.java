package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.sign.SignatureProfile.Policy;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class SignatureProfileTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final byte[] BODY = "{\"lead_id\":\"L-1\"}".getBytes(UTF_8);
  private static final String KEY = "kept between us";

  private static String hex(String key, String content) {
    return XSignature.of(key, content.getBytes(UTF_8));
  }

  private static SignedRequest request(byte[] body, Map<String, String> headers) {
    return new SignedRequest(
        "POST",
        "https://hub.example.org/in/x",
        name ->
            headers.entrySet().stream()
                .filter(h -> h.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList(),
        body);
  }

  private static SignatureProfile known(String name, String... keys) {
    var profile = Objects.requireNonNull(SignatureProfiles.known().get(name));
    return profile.with(List.of(keys), Policy.REQUIRE);
  }

  private static SignatureProfile json(String text) {
    return SignatureProfile.fromJson(JsonMapper.shared().readTree(text.replace('\'', '"')));
  }

  @Test
  void a_public_key_is_no_secret() throws Exception {
    var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    for (var name : List.of("realtor-x-signature", "standard-webhooks")) {
      assertThatThrownBy(() -> known(name, pem))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("A public key is no secret");
    }
  }

  @Test
  void x_signature_is_keyed_with_the_text_of_the_secret() {
    // HMAC-SHA256 of RFC 4231, test case 2.
    assertThat(XSignature.of("Jefe", "what do ya want for nothing?".getBytes(UTF_8)))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  static Map<String, String> headersOf(String name) {
    var body = new String(BODY, UTF_8);
    var time = Long.toString(NOW.getEpochSecond());
    return switch (name) {
      case "aviv", "realtor-x-signature" -> Map.of("x-signature", hex(KEY, body));
      case "realtor-x-signature-base64" ->
          Map.of(
              "X-Signature",
              Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex(KEY, body))));
      case "followupboss" ->
          Map.of("FUB-Signature", hex(KEY, Base64.getEncoder().encodeToString(BODY)));
      case "meta" -> Map.of("X-Hub-Signature-256", "sha256=" + hex(KEY, body));
      case "dotloop" ->
          Map.of("X-DOTLOOP-SIGNATURE", hex(KEY, time + "." + body), "X-DOTLOOP-TIMESTAMP", time);
      case "twenty" ->
          Map.of(
              "X-Twenty-Webhook-Signature",
              hex(KEY, time + "123:" + body),
              "X-Twenty-Webhook-Timestamp",
              time + "123");
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aviv",
        "realtor-x-signature",
        "realtor-x-signature-base64",
        "followupboss",
        "meta",
        "dotloop",
        "twenty"
      })
  void each_header_profile_right_and_wrong(String name) {
    var headers = headersOf(name);
    assertThat(known(name, "another", KEY).verify(request(BODY, headers), NOW))
        .isEqualTo(new Verdict.Verified(1));
    assertThat(known(name, "another").verify(request(BODY, headers), NOW))
        .isEqualTo(new Verdict.Wrong(Verdict.Reason.MISMATCH));
    assertThat(known(name, KEY).verify(request("{}".getBytes(UTF_8), headers), NOW))
        .isEqualTo(new Verdict.Wrong(Verdict.Reason.MISMATCH));
    assertThat(known(name, KEY).verify(request(BODY, Map.of()), NOW))
        .isEqualTo(new Verdict.Absent());
    assertThat(SignatureProfiles.fitting(List.of("another", KEY), request(BODY, headers), NOW))
        .contains(name);
    assertThat(SignatureProfiles.fitting(List.of("another"), request(BODY, headers), NOW))
        .isEmpty();
  }

  @Test
  void hex_in_capitals_passes_and_a_truncated_one_does_not() {
    var hex = hex(KEY, new String(BODY, UTF_8));
    var profile = known("realtor-x-signature", KEY);
    assertThat(
            profile.verify(request(BODY, Map.of("X-Signature", hex.toUpperCase(Locale.ROOT))), NOW))
        .isEqualTo(new Verdict.Verified(0));
    for (var bad : List.of(hex.substring(2), hex.substring(1), hex + "00", "zz", "sha256=" + hex)) {
      assertThat(profile.verify(request(BODY, Map.of("X-Signature", bad)), NOW))
          .isEqualTo(new Verdict.Wrong(Verdict.Reason.MALFORMED));
    }
    assertThat(profile.verify(new SignedRequest("POST", "/", _ -> List.of(hex, hex), BODY), NOW))
        .isEqualTo(new Verdict.Wrong(Verdict.Reason.AMBIGUOUS));
  }

  @ParameterizedTest
  @CsvSource({"0,true", "300,true", "-300,true", "301,false", "-301,false"})
  void a_timestamp_is_held_against_the_clock(long late, boolean passes) {
    var verdict =
        known("dotloop", KEY).verify(request(BODY, headersOf("dotloop")), NOW.plusSeconds(late));
    assertThat(verdict)
        .isEqualTo(
            passes ? new Verdict.Verified(0) : new Verdict.Wrong(Verdict.Reason.TIMESTAMP_OUTSIDE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'s':'SIG','a':1}|{'s':'','a':1}|{'a':1}",
        "{'a':1,'s':'SIG'}|{'a':1,'s':''}|{'a':1}",
        "{'a':1,'s':'SIG','b':2}|{'a':1,'s':'','b':2}|{'a':1,'b':2}",
        "{'s':'SIG'}|{'s':''}|{}",
        "{ 's' : 'SIG' , 'a' : 1.0 }|{ 's' : '' , 'a' : 1.0 }|{ 'a' : 1.0 }",
        "{'a':1 , 's' : 'SIG' }|{'a':1 , 's' : '' }|{'a':1  }",
        "{'é':'\\u00e9ß','s':'SIG','n':{'s':'SIG'}}|{'é':'\\u00e9ß','s':'','n':{'s':'SIG'}}|{'é':'\\u00e9ß','n':{'s':'SIG'}}"
      })
  void a_signature_in_the_body_leaves_every_other_byte(
      String body, String emptied, String without) {
    for (var rule : List.of("emptied", "without")) {
      var signed = (rule.equals("emptied") ? emptied : without).replace('\'', '"');
      var profile =
          json(
              "{'body_field':'s','algorithm':'hmac-sha256','content':'{body "
                  + rule
                  + "}','keys':['"
                  + KEY
                  + "']}");
      var sent = body.replace('\'', '"').replaceFirst("SIG", hex(KEY, signed));
      assertThat(profile.verify(request(sent.getBytes(UTF_8), Map.of()), NOW))
          .as(sent)
          .isEqualTo(new Verdict.Verified(0));
      assertThat(profile.verify(request(sent.replace("{", "{ ").getBytes(UTF_8), Map.of()), NOW))
          .isEqualTo(new Verdict.Wrong(Verdict.Reason.MISMATCH));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':1}|ABSENT",
        "{'digital_signature':''}|ABSENT",
        "{'digital_signature':null}|ABSENT",
        "{'n':{'digital_signature':'x'}}|ABSENT",
        "{'digital_signature':1}|BODY_UNREADABLE",
        "{'digital_signature':'a','digital_signature':'b'}|AMBIGUOUS",
        "{'digital_signature':'a'|BODY_UNREADABLE",
        "{'digital_signature':'a'} x|BODY_UNREADABLE",
        "['digital_signature']|BODY_UNREADABLE",
        "''|BODY_UNREADABLE",
        "{'digital_signature':'zz'}|MALFORMED"
      })
  void bodies_that_carry_no_usable_signature(String body, String reason) {
    var verdict =
        known("realtor-digital-signature-emptied", KEY)
            .verify(request(body.replace('\'', '"').getBytes(UTF_8), Map.of()), NOW);
    assertThat(verdict)
        .isEqualTo(
            reason.equals("ABSENT")
                ? new Verdict.Absent()
                : new Verdict.Wrong(Verdict.Reason.valueOf(reason)));
  }

  @Test
  void bodies_in_another_encoding_are_no_trap() {
    var text = "{\"digital_signature\":\"aa\"}";
    for (var charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32")) {
      var verdict =
          known("realtor-digital-signature-emptied", KEY)
              .verify(
                  request(text.getBytes(java.nio.charset.Charset.forName(charset)), Map.of()), NOW);
      assertThat(verdict).isInstanceOf(Verdict.Wrong.class);
    }
  }

  private static String signature(String form, KeyPair pair, byte[] text) throws Exception {
    var signer = Signature.getInstance(form);
    if (form.equals("RSASSA-PSS")) {
      signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signer.initSign(pair.getPrivate());
    signer.update(text);
    return HexFormat.of().formatHex(signer.sign());
  }

  @ParameterizedTest
  @CsvSource({
    "rsa-sha256, RSA, 2048, SHA256withRSA",
    "rsa-pss-sha256, RSA, 2048, RSASSA-PSS",
    "ecdsa-p256-sha256, EC, 256, SHA256withECDSA",
    "ecdsa-p256-sha256, EC, 256, SHA256withECDSAinP1363Format",
    "ed25519, Ed25519, 255, Ed25519"
  })
  void a_pair_of_keys_signs_and_its_public_half_verifies(
      String algorithm, String family, int size, String form) throws Exception {
    var generator = KeyPairGenerator.getInstance(family);
    generator.initialize(size);
    var pair = generator.generateKeyPair();
    var other = generator.generateKeyPair();
    var der = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    var pem = "-----BEGIN PUBLIC KEY-----\n" + der + "\n-----END PUBLIC KEY-----\n";
    var others = Base64.getEncoder().encodeToString(other.getPublic().getEncoded());
    for (var key : List.of(der, pem)) {
      var profile =
          SignatureProfile.fromJson(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("header", "X-S")
                  .put("algorithm", algorithm)
                  .set("keys", JsonMapper.shared().createArrayNode().add(others).add(key)));
      assertThat(SignatureProfile.fromJson(profile.toJson())).isEqualTo(profile);
      assertThat(profile.toString()).doesNotContain(der.substring(40));
      var good = signature(form, pair, BODY);
      var trial = SignatureTrial.of(profile, request(BODY, Map.of("X-S", good)), NOW, null);
      assertThat(trial.keys())
          .containsExactly(
              new SignatureTrial.OfKey(1, "", false), new SignatureTrial.OfKey(2, "", true));
      assertThat(profile.verify(request(BODY, Map.of("X-S", good)), NOW))
          .isEqualTo(new Verdict.Verified(1));
      for (var wrong :
          List.of(
              signature(form, generator.generateKeyPair(), BODY),
              signature(form, pair, "something else".getBytes(UTF_8)),
              "00".repeat(64),
              "30",
              good.substring(2))) {
        assertThat(profile.verify(request(BODY, Map.of("X-S", wrong)), NOW))
            .isInstanceOf(Verdict.Wrong.class);
      }
    }
    // Another family's key, and one that is too weak.
    var wrongKind = KeyPairGenerator.getInstance(family.equals("RSA") ? "EC" : "RSA");
    var stranger =
        Base64.getEncoder().encodeToString(wrongKind.generateKeyPair().getPublic().getEncoded());
    assertThatThrownBy(() ->
            json("{'header':'a','algorithm':'" + algorithm + "','keys':['" + stranger + "']}"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void standard_webhooks_of_a_pair_are_a_known_scheme() {
    var pair = StandardWebhooks.newPair();
    var headers =
        StandardWebhooks.headers(
            "msg_1", NOW, BODY, List.of(StandardWebhooks.parseKey(pair.secret()).key()));
    var request = request(BODY, headers);
    assertThat(known("standard-webhooks-v1a", pair.shown()).verify(request, NOW))
        .isEqualTo(new Verdict.Verified(0));
    assertThat(SignatureProfiles.fitting(List.of(pair.shown()), request, NOW))
        .containsExactly("standard-webhooks-v1a");
    assertThat(
            known("standard-webhooks-v1a", StandardWebhooks.newPair().shown()).verify(request, NOW))
        .isEqualTo(new Verdict.Wrong(Verdict.Reason.MISMATCH));
  }

  @Test
  void every_profile_survives_json_and_shows_no_key() {
    SignatureProfiles.known()
        .forEach((_, profile) -> {
          var key =
              profile.algorithm().isShared()
                  ? "c2VjcmV0IGtleQ=="
                  : StandardWebhooks.newPair().shown();
          var keyed = profile.with(List.of(key), Policy.REPORT);
          assertThat(SignatureProfile.fromJson(keyed.toJson())).isEqualTo(keyed);
          assertThat(keyed.toString()).doesNotContain("c2VjcmV0IGtleQ");
          assertThat(keyed.toPublicJson().toString()).doesNotContain("c2VjcmV0IGtleQ");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'header':'X-S','algorithm':'rsa-sha256','keys':['k']}|no public key",
        "{'header':'X-S','algorithm':'ed25519','key_form':'text','keys':['k']}|has public keys",
        "{'header':'X-S','algorithm':'hmac-sha256','key_form':'public','keys':['k']}|shared"
            + " secrets",
        "{'header':'X-S','algorithm':'ed25519','keys':['whsk_AAAA']}|private key",
        "{'header':'X-S','algorithm':'ed25519','keys':['whpk_AAAA']}|no public key",
        "{'header':'X-S','algorithm':'md5','keys':['k']}|algorithm is one of",
        "{'header':'X-S','algorithm':'hmac-sha256'}|without a key",
        "{'algorithm':'hmac-sha256','keys':['k']}|name one",
        "{'header':'a','body_field':'b','algorithm':'hmac-sha256','keys':['k']}|name one",
        "{'header':'a b','algorithm':'hmac-sha256','keys':['k']}|not the name of a header",
        "{'header':'a','algorithm':'hmac-sha256','content':'{x}','keys':['k']}|can't hold",
        "{'header':'a','algorithm':'hmac-sha256','content':'{body','keys':['k']}|not closed",
        "{'header':'a','algorithm':'hmac-sha256','content':'{raw}','keys':['k']}|there are {body},",
        "{'header':'a','algorithm':'hmac-sha256','content':'x','keys':['k']}|does not hold the"
            + " body",
        "{'header':'a','algorithm':'hmac-sha256','content':'{body emptied}','keys':['k']}|inside"
            + " the body",
        "{'body_field':'a','algorithm':'hmac-sha256','keys':['k']}|which rule holds",
        "{'header':'a','algorithm':'hmac-sha256','tolerance_seconds':5,'keys':['k']}|go together",
        "{'header':'a','algorithm':'hmac-sha256','key_form':'base64','keys':['?']}|not base64",
        "{'header':'a','algorithm':'hmac-sha256','keys':['']}|empty",
        "{'header':'a','algorithm':'hmac-sha256','colour':'red','keys':['k']}|no member colour"
      })
  void what_can_t_work_is_refused_when_it_is_configured(String profile, String sentence) {
    assertThatThrownBy(() -> json(profile))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }
}
