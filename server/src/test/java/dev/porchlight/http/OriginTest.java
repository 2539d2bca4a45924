package dev.porchlight.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {
  private static final Set<InetAddress> PROXIES = Set.of(ip("10.0.0.1"), ip("10.0.0.2"));

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private static Origin origin(String socket, String... headers) {
    var fields = HttpFields.build();
    for (var header : headers) {
      var colon = header.indexOf(':');
      fields.add(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    return Origin.of(ip(socket), false, fields, PROXIES::contains, "127.0.0.1:8080");
  }

  @Test
  void a_stranger_is_not_believed() {
    var origin =
        origin(
            "203.0.113.9",
            "Host: hub.example.org",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: evil.example");
    assertThat(origin)
        .isEqualTo(new Origin(ip("203.0.113.9"), false, false, "http://hub.example.org"));
  }

  @Test
  void loopback_is_confidential_whatever_it_says() {
    assertThat(origin("127.0.0.1", "X-Forwarded-Proto: http").confidential()).isTrue();
    assertThat(origin("::1").confidential()).isTrue();
  }

  @Test
  void a_trusted_proxy_speaks_for_the_sender() {
    var origin =
        origin(
            "10.0.0.1",
            "Host: inside",
            "X-Forwarded-For: 1.1.1.1, 203.0.113.9",
            "X-Forwarded-For: 10.0.0.2",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: hub.example.org");
    assertThat(origin)
        .isEqualTo(new Origin(ip("203.0.113.9"), true, true, "https://hub.example.org"));
  }

  @ParameterizedTest
  @CsvSource({
    "https, true",
    "HTTPS, true",
    "http, false",
    "'https, http', false",
    "'http, https', false",
    "junk, false"
  })
  void a_trusted_proxy_says_how_it_was_reached(String protocol, boolean confidential) {
    assertThat(origin("10.0.0.1", "X-Forwarded-Proto: " + protocol).confidential())
        .isEqualTo(confidential);
  }

  @Test
  void a_trusted_proxy_that_says_nothing_is_trusted() {
    assertThat(origin("10.0.0.1").confidential()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.9, 203.0.113.9",
    "203.0.113.9:4711, 203.0.113.9",
    "[2001:db8::1]:4711, 2001:db8::1",
    "2001:db8::1, 2001:db8::1",
    "unknown, 10.0.0.1",
    "evil.example, 10.0.0.1",
    "1, 10.0.0.1",
    "fe80::1%eth0, 10.0.0.1",
    "'203.0.113.9, junk', 10.0.0.1",
    "'junk, 10.0.0.2', 10.0.0.2",
    "10.0.0.2, 10.0.0.2"
  })
  void the_last_hop_that_no_proxy_vouches_for_is_the_peer(String hops, String peer) {
    assertThat(origin("10.0.0.1", "X-Forwarded-For: " + hops).peer()).isEqualTo(ip(peer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example/x",
        "a b",
        "<script>",
        "user@host",
        "host:0",
        "host:99999",
        "host:",
        "[::1",
        "é",
        "host\"",
        ".",
        "[x]",
        "-"
      })
  void a_hostile_host_is_not_repeated(String host) {
    assertThat(origin("203.0.113.9", "Host: " + host).baseUrl()).isEqualTo("http://127.0.0.1:8080");
    assertThat(origin("10.0.0.1", "X-Forwarded-Host: " + host).baseUrl())
        .isEqualTo("http://127.0.0.1:8080");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "hub.example.org:8443", "[2001:db8::1]:80", "127.0.0.1:1"})
  void an_honest_host_is_repeated(String host) {
    assertThat(origin("203.0.113.9", "Host: " + host).baseUrl()).isEqualTo("http://" + host);
  }
}
