package dev.porchlight.crash;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import java.util.Map;

/// A hub in a process of its own, set up by its environment. Prints its address; ends with its
/// parent, whose end closes the input.
public final class CrashHub {
  private CrashHub() {}

  /// Serves until the input ends.
  public static void main(String[] arguments) throws Exception {
    var hub = Hub.start(HubConfig.read(Map.of(), System::getenv, null));
    System.out.println(hub.address());
    System.out.flush();
    while (System.in.read() >= 0) {
      // Nothing is said to us.
    }
    hub.close();
  }
}
