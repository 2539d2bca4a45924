package dev.porchlight.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Says which addresses may not be dialled. IPv4 is open but for the blocks named here; IPv6 is
/// closed but for global unicast (`2000::/3`, without what is special in it) and NAT64's well-known
/// prefix, where the IPv4 address inside decides. Networks that the operator allows come first.
/// Pure; safe for use by many threads.
public final class AddressGuard {
  private record Block(Cidr network, String name) {
    static Block of(String network, String name) {
      return new Block(Cidr.parse(network), name);
    }
  }

  private static final List<Block> FORBIDDEN_V4 =
      List.of(
          Block.of("0.0.0.0/8", "an address of this host"),
          Block.of("10.0.0.0/8", "a private address"),
          Block.of("100.64.0.0/10", "an address behind a carrier's NAT"),
          Block.of("127.0.0.0/8", "a loopback address"),
          Block.of("169.254.169.254", "a metadata service"),
          Block.of("169.254.0.0/16", "a link-local address"),
          Block.of("168.63.129.16", "a metadata service"),
          Block.of("172.16.0.0/12", "a private address"),
          Block.of("192.0.0.0/24", "an address for protocols"),
          Block.of("192.0.2.0/24", "a documentation address"),
          Block.of("192.88.99.0/24", "a 6to4 relay"),
          Block.of("192.168.0.0/16", "a private address"),
          Block.of("198.18.0.0/15", "a benchmark address"),
          Block.of("198.51.100.0/24", "a documentation address"),
          Block.of("203.0.113.0/24", "a documentation address"),
          Block.of("224.0.0.0/4", "a multicast address"),
          Block.of("255.255.255.255", "the broadcast address"),
          Block.of("240.0.0.0/4", "a reserved address"));

  private static final List<Block> FORBIDDEN_V6 =
      List.of(
          Block.of("::", "an address of this host"),
          Block.of("::1", "a loopback address"),
          Block.of("::/96", "an IPv4-compatible address"),
          Block.of("64:ff9b:1::/48", "a local NAT64 address"),
          Block.of("100::/64", "a discard address"),
          Block.of("2001::/32", "a Teredo address"),
          Block.of("2001:2::/48", "a benchmark address"),
          Block.of("2001::/23", "an address for protocols"),
          Block.of("2001:db8::/32", "a documentation address"),
          Block.of("3fff::/20", "a documentation address"),
          Block.of("fd00:ec2::254", "a metadata service"),
          Block.of("fc00::/7", "a unique-local address"),
          Block.of("fe80::/10", "a link-local address"),
          Block.of("fec0::/10", "a site-local address"),
          Block.of("ff00::/8", "a multicast address"));

  private static final Cidr GLOBAL_UNICAST = Cidr.parse("2000::/3");
  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");
  private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");

  private final List<Cidr> allowed;

  /// @param allowed networks that may be dialled whatever they are, and by plain HTTP
  public AddressGuard(List<Cidr> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /// Whether any network is allowed beside the public internet.
  boolean allowsAny() {
    return !allowed.isEmpty();
  }

  /// True when the address itself lies in an allowed network. An IPv4 address inside an IPv6 one
  /// doesn't count.
  public boolean isAllowed(InetAddress address) {
    return allowed.stream().anyMatch(network -> network.contains(address));
  }

  /// Why the address may not be dialled, in words such as "a loopback address"; empty when it may.
  public Optional<String> objection(InetAddress address) {
    var plain = Cidr.normalised(address);
    if (isAllowed(plain)) {
      return Optional.empty();
    }
    if (plain instanceof Inet4Address) {
      return named(FORBIDDEN_V4, plain);
    }
    var special = named(FORBIDDEN_V6, plain);
    if (special.isPresent()) {
      return special;
    }
    var bytes = plain.getAddress();
    if (NAT64.contains(plain)) {
      return inside(bytes, 12, "NAT64");
    }
    if (!GLOBAL_UNICAST.contains(plain)) {
      return Optional.of("an address outside the public internet");
    }
    if (SIX_TO_FOUR.contains(plain)) {
      return inside(bytes, 2, "6to4");
    }
    // ISATAP: an interface identifier of 00-00-5e-fe or 02-00-5e-fe and an IPv4 address.
    if ((bytes[8] & 0xfd) == 0
        && bytes[9] == 0
        && bytes[10] == 0x5e
        && (bytes[11] & 0xff) == 0xfe) {
      return inside(bytes, 12, "ISATAP");
    }
    return Optional.empty();
  }

  private static Optional<String> inside(byte[] bytes, int offset, String form) {
    var inner = v4(Arrays.copyOfRange(bytes, offset, offset + 4));
    return named(FORBIDDEN_V4, inner).map(name -> name + " in the form of " + form);
  }

  private static InetAddress v4(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("four bytes are an address", e);
    }
  }

  private static Optional<String> named(List<Block> blocks, InetAddress address) {
    return blocks.stream()
        .filter(block -> block.network().contains(address))
        .map(Block::name)
        .findFirst();
  }
}
