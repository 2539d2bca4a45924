package dev.porchlight.delivery;

import org.jspecify.annotations.Nullable;

/// The seat of a lane at work in its endpoint's [Room]. Only by the thread that works on the lane.
final class Seat {
  private final Room room;
  private boolean left;

  /// @param room that let the lane in
  Seat(Room room) {
    this.room = room;
  }

  /// Leaves it to another lane before this one is through: nothing more may be sent in this one.
  ///
  /// @return false where as many as are allowed are being written down already: it is kept then
  boolean leave() {
    left = left || room.leave();
    return left;
  }

  boolean isLeft() {
    return left;
  }

  /// The lane is through.
  ///
  /// @return who goes on in its seat
  @Nullable Waiting end() {
    if (left) {
      room.written();
      return null;
    }
    return room.next();
  }
}
