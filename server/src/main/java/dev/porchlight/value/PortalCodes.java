package dev.porchlight.value;

import java.util.Set;

/// The codes by which Seeker Leads names the portals that leads arise on.
public final class PortalCodes {
  private static final Set<String> ALL =
      Set.of(
          "BDS-FRA", "IMN-DEU", "IWB-BEL", "IWT-DEU", "IWT-AUT", "LCI-FRA", "LIM-FRA", "LIC-FRA",
          "LIN-FRA", "LUX-FRA", "MAG-FRA", "SLG-FRA", "BCM-FRA", "SLC-FRA", "SLN-FRA", "YSQ-DEU",
          "SIG-DEU", "SIG-FRA");

  private PortalCodes() {}

  /// Whether that is one of them.
  public static boolean contains(String code) {
    return ALL.contains(code);
  }
}
