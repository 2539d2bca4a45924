package dev.porchlight.delivery;

import org.jspecify.annotations.Nullable;

/// The seat of a lane at work in its endpoint's [Room]. Only by the thread that works on the lane.
final class Seat {
  private final Room room;
  private boolean left;

  Seat(Room room) {
    this.room = room;
  }

  /// Leaves it to the next one before the lane is through: nothing more may be sent.
  ///
  /// @return whether it was left: so many may be written down at once
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
