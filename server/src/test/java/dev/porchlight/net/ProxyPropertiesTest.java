package dev.porchlight.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/// Alone, since every socket of the JVM would see these properties.
@Isolated
@Timeout(60)
final class ProxyPropertiesTest {
  @Test
  void a_proxy_in_system_properties_is_no_proxy_for_us() throws Exception {
    var before = (Properties) System.getProperties().clone();
    try (var server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        var client = new OutgoingClient(new AddressGuard(Cidr.parseList("127.0.0.0/8")), null)) {
      Thread.ofVirtual()
          .start(() -> {
            try (var socket = server.accept()) {
              socket.getOutputStream().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII));
              socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (java.io.IOException e) {
              // the client has gone
            }
          });
      for (var kind : List.of("http.proxy", "https.proxy", "socksProxy")) {
        System.setProperty(kind + "Host", "127.0.0.1");
        System.setProperty(kind + "Port", "1");
      }
      System.setProperty("http.nonProxyHosts", "");
      System.setProperty("socksNonProxyHosts", "");
      assertThat(
              client.send(
                  OutgoingRequest.post(
                      "http://127.0.0.1:" + server.getLocalPort() + "/", List.of(), new byte[1]),
                  Duration.ofSeconds(30)))
          .isInstanceOf(Exchange.Answered.class);
    } finally {
      System.setProperties(before);
    }
  }
}
