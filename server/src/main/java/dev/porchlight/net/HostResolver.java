package dev.porchlight.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Looks names up. May block for as long as it likes; any thread may call.
@FunctionalInterface
public interface HostResolver {
  /// All addresses of a name.
  ///
  /// @param host lower case, never an address, no dot at its end
  /// @throws UnknownHostException when it has none
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /// The operating system's.
  static HostResolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
