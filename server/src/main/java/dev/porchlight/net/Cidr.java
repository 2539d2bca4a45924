package dev.porchlight.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A network such as `10.0.0.0/8` or `fd00::/8`. IPv4-mapped IPv6 is the same as IPv4.
///
/// @param network its first address
/// @param prefix how many leading bits count, 0 to 32 or 128
public record Cidr(InetAddress network, int prefix) {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

  /// @throws IllegalArgumentException when the prefix is too long, or the address has bits behind
  ///   it
  public Cidr {
    network = normalised(network);
    int bits = network.getAddress().length * 8;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException(
          "A prefix of " + prefix + " is not within 0 to " + bits + ".");
    }
    var first = masked(network.getAddress(), prefix);
    if (!Arrays.equals(first, network.getAddress())) {
      throw new IllegalArgumentException(
          network.getHostAddress()
              + "/"
              + prefix
              + " has bits behind its prefix; the network is "
              + address(first).getHostAddress()
              + "/"
              + prefix
              + ".");
    }
  }

  /// Reads `ADDRESS/PREFIX`, or an address alone. Names are never looked up; only the usual forms
  /// of addresses are taken (four decimal numbers, no leading zeros; IPv6 without a zone).
  ///
  /// @throws IllegalArgumentException with a sentence
  public static Cidr parse(String text) {
    var stripped = text.strip();
    int slash = stripped.indexOf('/');
    var literal = slash < 0 ? stripped : stripped.substring(0, slash);
    var address =
        literal(literal)
            .orElseThrow(() -> new IllegalArgumentException("This is not a network: " + stripped));
    int bits = address.getAddress().length * 8;
    if (slash < 0) {
      return new Cidr(address, bits);
    }
    var digits = stripped.substring(slash + 1);
    if (!digits.matches("\\d{1,3}")) {
      throw new IllegalArgumentException("This is not a network: " + stripped);
    }
    int prefix = Integer.parseInt(digits);
    boolean mapped = literal.contains(":") && address instanceof Inet4Address;
    if (mapped && prefix < 96) {
      throw new IllegalArgumentException(
          "An IPv4-mapped network has a prefix of at least 96: " + stripped);
    }
    return new Cidr(address, mapped ? prefix - 96 : prefix);
  }

  /// Reads several, with commas between them; an empty text gives none.
  ///
  /// @throws IllegalArgumentException with a sentence
  public static List<Cidr> parseList(String text) {
    var all = new ArrayList<Cidr>();
    for (var part : text.split(",", -1)) {
      if (!part.isBlank()) {
        all.add(parse(part));
      }
    }
    return List.copyOf(all);
  }

  /// True when the address lies in this network.
  public boolean contains(InetAddress address) {
    var bytes = normalised(address).getAddress();
    var mine = network.getAddress();
    return bytes.length == mine.length && Arrays.equals(masked(bytes, prefix), mine);
  }

  /// The address that a literal means, if it is one in the usual form; nothing is looked up.
  static Optional<InetAddress> literal(String text) {
    try {
      if (IPV4.matcher(text).matches()) {
        return Optional.of(Inet4Address.ofLiteral(text));
      }
      if (text.indexOf(':') >= 0 && IPV6.matcher(text).matches()) {
        return Optional.of(normalised(Inet6Address.ofLiteral(text)));
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// IPv4 for IPv4-mapped IPv6, and never a zone.
  static InetAddress normalised(InetAddress address) {
    return address(address.getAddress());
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes); // makes IPv4 of mapped IPv6
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }

  private static byte[] masked(byte[] bytes, int prefix) {
    var masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int left = prefix - i * 8;
      if (left < 8) {
        masked[i] = left <= 0 ? 0 : (byte) (masked[i] & (0xff << (8 - left)));
      }
    }
    return masked;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
