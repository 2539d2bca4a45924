package dev.porchlight.delivery;

import dev.porchlight.store.Store;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The rooms of all endpoints. Safe for use by many threads.
final class Rooms {
  private final Store store;
  private final Map<String, Room> byEndpoint = new ConcurrentHashMap<>();

  Rooms(Store store) {
    this.store = store;
  }

  /// Whether a lane of that endpoint would be started on soon.
  boolean isRoomy(String endpoint) {
    var room = byEndpoint.get(endpoint);
    return room == null || room.isRoomy();
  }

  Room of(String endpoint) {
    return byEndpoint.computeIfAbsent(
        endpoint,
        id -> {
          var room = new Room();
          Endpoints.in(store.settings()).find(id).ifPresent(e -> allow(room, e));
          return room;
        });
  }

  /// Allows each endpoint's room what the endpoint says now.
  void allow(Endpoints endpoints) {
    endpoints.all().forEach(e -> allow(of(e.id()), e));
  }

  private static void allow(Room room, Endpoint endpoint) {
    room.allow(endpoint.terms().concurrency(), endpoint.terms().perSecond());
  }

  /// All that wait for a seat anywhere; nobody does any more.
  List<Waiting> clear() {
    return byEndpoint.values().stream().flatMap(room -> room.clear().stream()).toList();
  }
}
