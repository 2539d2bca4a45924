package dev.porchlight.connector.verbatim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Messages;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Lead;
import org.junit.jupiter.api.Test;

class VerbatimTest {
  @Test
  void the_bytes_and_their_type_go_out_as_they_came() {
    byte[] raw = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}', '\n', 0};
    var written =
        new Verbatim().write(Messages.of(Lead.of(Enquirer.NOBODY), raw), WriteOptions.NONE);
    assertThat(written)
        .isInstanceOfSatisfying(
            Written.Bytes.class,
            w -> {
              assertThat(w.body()).isEqualTo(raw);
              assertThat(w.contentType()).isEqualTo("application/json; charset=utf-8");
              assertThat(w.losses()).isEmpty();
            });
  }

  @Test
  void bytes_no_longer_kept_cannot_be_written() {
    assertThat(new Verbatim().write(Messages.of(Lead.of(Enquirer.NOBODY)), WriteOptions.NONE))
        .isInstanceOf(Written.CannotWrite.class);
  }
}
