package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretsTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  @Test
  void what_was_sealed_opens_at_its_place_only() {
    var box = new SecretBox(Secure.bytes(32));
    var sealed = box.sealText("whsec_x", "endpoint:1");
    assertThat(box.openText(sealed, "endpoint:1")).isEqualTo("whsec_x");
    assertThat(box.sealText("whsec_x", "endpoint:1")).isNotEqualTo(sealed);
    assertThat(new String(sealed, UTF_8)).doesNotContain("whsec");
    assertThatThrownBy(() -> box.open(sealed, "endpoint:2"))
        .isInstanceOf(SealException.class)
        .hasMessageContaining("endpoint:2");
    assertThatThrownBy(() -> new SecretBox(Secure.bytes(32)).open(sealed, "endpoint:1"))
        .isInstanceOf(SealException.class)
        .hasMessageContaining("another key");
  }

  @Test
  void a_changed_bit_or_a_missing_end_does_not_open() {
    var box = new SecretBox(Secure.bytes(32));
    var sealed = box.sealText("x", "p");
    for (int i = 0; i < sealed.length; i++) {
      var changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> box.open(changed, "p")).isInstanceOf(SealException.class);
    }
    assertThatThrownBy(() -> box.open(new byte[5], "p")).hasMessageContaining("cut off");
  }

  @Test
  void the_key_file_is_made_once_for_its_owner_alone(@TempDir Path folder) throws IOException {
    var file = folder.resolve("hub.key");
    var first = KeyFile.load(null, file, null);
    assertThat(first.created()).isTrue();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    var again = KeyFile.load(" ", file, first.box().fingerprint());
    assertThat(again.created()).isFalse();
    assertThat(again.warnings()).isEmpty();
    assertThat(again.box().openText(first.box().sealText("s", "p"), "p")).isEqualTo("s");
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(KeyFile.load(null, file, null).warnings()).hasSize(1);
  }

  @Test
  void a_missing_or_wrong_key_says_so(@TempDir Path folder) throws IOException {
    var file = folder.resolve("hub.key");
    assertThatThrownBy(() -> KeyFile.load(null, file, "0011223344556677"))
        .isInstanceOf(SealException.class)
        .hasMessageContaining("is missing");
    assertThat(file).doesNotExist();
    assertThatThrownBy(() -> KeyFile.load(KEY, file, "0011223344556677"))
        .isInstanceOf(SealException.class)
        .hasMessageContaining("not the one");
    assertThatThrownBy(() -> KeyFile.load("AAAA", file, null)).hasMessageContaining("32 bytes");
    assertThatThrownBy(() -> KeyFile.load("?", file, null)).hasMessageContaining("not base64");
    Files.writeString(file, "nonsense!");
    assertThatThrownBy(() -> KeyFile.load(null, file, null)).hasMessageContaining("not base64");
    assertThat(KeyFile.load(KEY, file, null).created()).isFalse();
  }

  @Test
  void keys_are_random_and_checked_by_their_hash() {
    var seen = new HashSet<String>();
    for (int i = 0; i < 1000; i++) {
      var key = Tokens.create(Tokens.API_KEY);
      assertThat(key).matches("plk_[0-9A-Za-z]{32}");
      assertThat(seen.add(key)).isTrue();
    }
    var token = Tokens.create(Tokens.TOKEN);
    assertThat(Tokens.matches(token, Tokens.hash(token))).isTrue();
    assertThat(Tokens.matches(token + "x", Tokens.hash(token))).isFalse();
    assertThat(Tokens.hash("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Tokens.sameText("a", "a")).isTrue();
    assertThat(Tokens.sameText("a", "b")).isFalse();
  }
}
