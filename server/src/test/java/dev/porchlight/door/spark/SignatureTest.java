package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.web.Forms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The contract's vectors: what clients were seen to sign.
class SignatureTest {
  private static final String TOKEN = "c401736bf3d3f754f07c04e460e09573";

  private static boolean signed(String path, String query, String body, String signature) {
    return Signature.isRequest(
        "my_secret", "my_key", path, Forms.pairs(query), body.getBytes(UTF_8), signature);
  }

  @Test
  void a_session() {
    assertThat(Signature.isSession("my_secret", "my_key", "c731cf2455fbc7a4ef937b2301108d7a"))
        .isTrue();
    assertThat(Signature.isSession("my_secret", "my_kez", "c731cf2455fbc7a4ef937b2301108d7a"))
        .isFalse();
    assertThat(Signature.isSession("my_secres", "my_key", "c731cf2455fbc7a4ef937b2301108d7a"))
        .isFalse();
    assertThat(Signature.isSession("my_secret", "my_key", "")).isFalse();
  }

  /// The query is sent as each client sends it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /v1/contacts||550fbc1773efa468bcf0a9fa5909ad96
          /v1/contacts/tags/IDX%20Lead||6197f70008fcdedb28ffcf2b36cb2080
          /v1/contacts|_orderby=-ModificationTimestamp&_filter=DisplayName+Eq+%27Ned*%27+And+Tags+Eq+%27IDX+Lead%27&_limit=5|e1cf389bb2860cdd204fe9be2a4c777c
          /v1/contacts|_limit=5&_filter=DisplayName%20Eq%20'Ned*'%20And%20Tags%20Eq%20'IDX%20Lead'&_orderby=-ModificationTimestamp|e1cf389bb2860cdd204fe9be2a4c777c
          /v1/contacts|_filter=DisplayName+Eq+%27Ned*%27&_limit=5|43d6900e1c6e954dfe54bbe7a4add443
          """)
  void a_request(String path, String query, String signature) {
    var sent = (query == null ? "" : query + "&") + "AuthToken=" + TOKEN + "&ApiSig=" + signature;
    assertThat(signed(path, sent, "", signature)).isTrue();
    assertThat(signed(path, sent, "", signature.toUpperCase(java.util.Locale.ROOT))).isTrue();
    assertThat(signed(path, sent + "&x=1", "", signature)).isFalse();
    assertThat(signed(path + "/", sent, "", signature)).isFalse();
    assertThat(signed(path, sent, " ", signature)).isFalse();
    assertThat(signed(path, sent.replace(TOKEN, TOKEN.replace('c', 'd')), "", signature)).isFalse();
    assertThat(signed(path, sent, "", signature.substring(1))).isFalse();
  }

  @Test
  void a_body_of_more_than_ascii() {
    var body =
        "{\"D\":{\"Contacts\":[{\"DisplayName\":\"Zoë &"
            + " Co\",\"PrimaryEmail\":\"z+1@example.com\"}]}}";
    var signature = "4d148bdf90416c13a5da0dfa6176c3a2";
    assertThat(signed("/v1/contacts", "AuthToken=" + TOKEN, body, signature)).isTrue();
    assertThat(signed("/v1/contacts", "AuthToken=" + TOKEN, body + "\n", signature)).isFalse();
  }

  /// All four forms of one request, and none of a fifth.
  @Test
  void path_and_values_as_sent_or_decoded() {
    var path = "/v1/contacts/tags/IDX%20Lead";
    var query = "_filter=Tags+Eq+%27a%27&AuthToken=" + TOKEN;
    for (var signedPath : new String[] {path, "/v1/contacts/tags/IDX Lead"}) {
      for (var value : new String[] {"Tags+Eq+%27a%27", "Tags Eq 'a'"}) {
        var signature =
            SparkWorld.md5(
                "my_secretApiKeymy_keyServicePath"
                    + signedPath
                    + "AuthToken"
                    + TOKEN
                    + "_filter"
                    + value);
        assertThat(signed(path, query, "", signature)).as(signedPath + value).isTrue();
      }
    }
    var lower =
        SparkWorld.md5(
            "my_secretApiKeymy_keyServicePath" + path + "_filterTags Eq 'a'" + "AuthToken" + TOKEN);
    assertThat(signed(path, query, "", lower)).as("sorted otherwise").isFalse();
  }
}
