package dev.porchlight.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.255.0.1, true",
    "127.0.0.0/8, 128.0.0.1, false",
    "127.0.0.0/8, ::ffff:127.0.0.1, true",
    "127.0.0.0/8, ::1, false",
    "::ffff:10.0.0.0/104, 10.9.8.7, true",
    "10.0.0.5, 10.0.0.5, true",
    "10.0.0.5, 10.0.0.6, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "::/0, 10.0.0.1, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false"
  })
  void contains(String network, String address, boolean inside) {
    assertThat(Cidr.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "10.0.0.0/",
        "10/8",
        "010.0.0.0/8",
        "::/129",
        "10.0.0.1/8",
        "fe80::1%eth0",
        "::ffff:10.0.0.0/8",
        "example.org/24"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_list_has_commas_between() {
    assertThat(Cidr.parseList(" 127.0.0.0/8, ::1 ,"))
        .containsExactly(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1/128"));
    assertThat(Cidr.parseList("")).isEmpty();
  }

  @Test
  void an_allowed_network_is_that_network_and_no_other_form_of_it() {
    var guard = new AddressGuard(Cidr.parseList("127.0.0.0/8"));
    assertThat(guard.objection(InetAddress.ofLiteral("127.0.0.1"))).isEmpty();
    assertThat(guard.objection(InetAddress.ofLiteral("::ffff:127.0.0.1"))).isEmpty();
    assertThat(guard.objection(InetAddress.ofLiteral("::1"))).contains("a loopback address");
    assertThat(guard.objection(InetAddress.ofLiteral("10.0.0.1"))).contains("a private address");
    assertThat(guard.objection(InetAddress.ofLiteral("2002:7f00:1::1"))).isPresent();
  }

  @Test
  void what_lies_beside_a_forbidden_block_is_open() {
    var guard = new AddressGuard(List.of());
    for (var open :
        List.of(
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "203.0.114.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7::1",
            "2001:db9::1",
            "2606::1",
            "3ffe::1",
            "3fff:1000::1",
            "2002:0808:0808::1",
            "64:ff9b::808:808")) {
      assertThat(guard.objection(InetAddress.ofLiteral(open))).as(open).isEmpty();
    }
  }
}
