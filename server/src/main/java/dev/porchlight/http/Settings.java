package dev.porchlight.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;

/// How the server listens, whom it trusts, and what it lets strangers take.
///
/// @param bind the local address to listen on
/// @param port 0 picks a free one
/// @param trustedProxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed
/// @param idleTimeout a connection without traffic, half-sent headers included, ends after this; so
///   does a write that its reader does not take
/// @param headerLimit bytes of request line and headers; more is answered 431, or 414 for the line
/// @param maxConnections more are not accepted until others end (they wait in the system's queue)
/// @param maxRequests requests at work at once; more are answered 503
/// @param maxStreams live streams at once; more are answered 503
/// @param stopTimeout how long [HttpServer#close] waits for running requests
public record Settings(
    InetAddress bind,
    int port,
    Predicate<InetAddress> trustedProxies,
    Duration idleTimeout,
    int headerLimit,
    int maxConnections,
    int maxRequests,
    int maxStreams,
    Duration stopTimeout) {
  public Settings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("A port is a number from 0 to 65535: " + port);
    }
    if (headerLimit < 512 || maxConnections < 1 || maxRequests < 1 || maxStreams < 0) {
      throw new IllegalArgumentException("A limit is too small to serve anything");
    }
    if (!idleTimeout.isPositive() || stopTimeout.isNegative()) {
      throw new IllegalArgumentException("A time-out is positive");
    }
  }

  /// The defaults: no trusted proxy, 30 s idle, 16 KiB of headers, 8192 connections, 4096 requests,
  /// 512 streams, 10 s to stop.
  public static Settings listeningOn(InetAddress bind, int port) {
    return new Settings(
        bind,
        port,
        _ -> false,
        Duration.ofSeconds(30),
        16 * 1024,
        8192,
        4096,
        512,
        Duration.ofSeconds(10));
  }

  public Settings withTrustedProxies(Predicate<InetAddress> trusted) {
    return new Settings(
        bind,
        port,
        trusted,
        idleTimeout,
        headerLimit,
        maxConnections,
        maxRequests,
        maxStreams,
        stopTimeout);
  }

  public Settings withIdleTimeout(Duration timeout) {
    return new Settings(
        bind,
        port,
        trustedProxies,
        timeout,
        headerLimit,
        maxConnections,
        maxRequests,
        maxStreams,
        stopTimeout);
  }

  /// With another limit of request line and headers, in bytes.
  public Settings withHeaderLimit(int bytes) {
    return new Settings(
        bind,
        port,
        trustedProxies,
        idleTimeout,
        bytes,
        maxConnections,
        maxRequests,
        maxStreams,
        stopTimeout);
  }

  /// With other numbers of connections, requests and streams at once.
  public Settings withRoom(int connections, int requests, int streams) {
    return new Settings(
        bind,
        port,
        trustedProxies,
        idleTimeout,
        headerLimit,
        connections,
        requests,
        streams,
        stopTimeout);
  }

  public Settings withStopTimeout(Duration timeout) {
    return new Settings(
        bind,
        port,
        trustedProxies,
        idleTimeout,
        headerLimit,
        maxConnections,
        maxRequests,
        maxStreams,
        timeout);
  }
}
