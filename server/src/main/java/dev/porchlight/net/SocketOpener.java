package dev.porchlight.net;

import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;

/// Makes sockets that are not yet connected. One is asked for only after the guard has agreed.
@FunctionalInterface
public interface SocketOpener {
  Socket open() throws IOException;

  /// Plain sockets that go straight to where they are told: no SOCKS proxy from system properties.
  static SocketOpener direct() {
    return () -> new Socket(Proxy.NO_PROXY);
  }
}
