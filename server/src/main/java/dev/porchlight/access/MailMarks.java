package dev.porchlight.access;

import dev.porchlight.sign.IdMac;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// What mails to people carry so that they can be answered by machines: the link that ends them,
/// and the address that they come back to. Nobody can make either who was not sent one. May be
/// shared by threads.
public final class MailMarks {
  private static final String OWNER = "mail-marks";
  private static final String KEY = "key";
  private static final String END = "unsubscribe";
  private static final String RETURN = "return";
  private static final String RETURN_PREFIX = "r-";

  private final Store store;
  private final Secrets secrets;

  public MailMarks(Store store, Secrets secrets) {
    this.store = store;
    this.secrets = secrets;
  }

  /// What ends the mails about somebody's feeds.
  public String end(String holder) {
    return IdMac.sign(key(), END, holder);
  }

  /// The holder whose mails a text ends; empty when it was not made here.
  public Optional<String> holder(String end) {
    return IdMac.open(key(), END, end).filter(h -> h.matches("[0-9]{26}"));
  }

  /// What stands before the `@` of the address that a mail comes back to.
  ///
  /// @param delivery the mail's
  public String returning(String delivery) {
    return RETURN_PREFIX + IdMac.sign(key(), RETURN, delivery.replace("-", ""));
  }

  /// The delivery whose mail comes back to an address; empty when it was not made here.
  ///
  /// @param local what stands before the `@`, in whatever case
  public Optional<String> returned(String local) {
    var small = local.toLowerCase(Locale.ROOT);
    return small.matches(RETURN_PREFIX + "[0-9a-f]{52}")
        ? IdMac.open(key(), RETURN, small.substring(RETURN_PREFIX.length()))
            .map(id -> id.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"))
        : Optional.empty();
  }

  private byte[] key() {
    return HexFormat.of().parseHex(secrets.find(OWNER, KEY).orElseGet(this::make));
  }

  private String make() {
    var fresh = secrets.seal(OWNER, KEY, HexFormat.of().formatHex(Tokens.random(32)));
    store.write(
        WorkQueue.EDITS,
        batch -> {
          secrets.putFirst(batch, fresh);
          return true;
        });
    return secrets
        .find(OWNER, KEY)
        .orElseThrow(() -> new IllegalStateException("the key was just put"));
  }
}
