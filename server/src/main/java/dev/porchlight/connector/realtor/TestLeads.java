package dev.porchlight.connector.realtor;

import dev.porchlight.value.Address;
import dev.porchlight.value.Enquirer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which leads the portal sends to try a connection. The two contracts have no flag for it, so only
/// marks that no real enquiry bears count: an enquirer at the portal's own domain `move.com`, or
/// the street `Leadstraining Ave` together with ZIP `00003`, which is no post office. The native
/// envelope is looser, since it was seen with each mark alone: a flag, a billing class `test`, that
/// street, or that ZIP.
final class TestLeads {
  private TestLeads() {}

  static boolean marked(Enquirer enquirer, @Nullable Address address) {
    return atPortal(enquirer) || (trainingStreet(address) && noSuchZip(address));
  }

  static boolean markedNative(Enquirer enquirer, @Nullable Address address) {
    return atPortal(enquirer) || trainingStreet(address) || noSuchZip(address);
  }

  private static boolean atPortal(Enquirer enquirer) {
    var email = enquirer.email();
    return email != null && email.toLowerCase(Locale.ROOT).endsWith("@move.com");
  }

  private static boolean trainingStreet(@Nullable Address address) {
    return address != null
        && address.street() != null
        && address.street().toLowerCase(Locale.ROOT).contains("leadstraining ave");
  }

  private static boolean noSuchZip(@Nullable Address address) {
    return address != null
        && address.postalCode() != null
        && (address.postalCode().equals("00003") || address.postalCode().startsWith("00003-"));
  }
}
