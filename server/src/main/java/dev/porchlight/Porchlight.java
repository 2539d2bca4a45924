package dev.porchlight;

import java.util.Map;

/// The main program.
public final class Porchlight {
  private Porchlight() {}

  /// @param args as typed
  public static void main(String[] args) throws Exception {
    var hub = Hub.start(HubConfig.read(Map.of(), System::getenv, null));
    System.out.println("Porchlight listens at " + hub.address());
    hub.firstToken().ifPresent(t -> System.out.println("token " + t));
    Runtime.getRuntime().addShutdownHook(new Thread(hub::close));
  }
}
