package dev.porchlight.desk.events;

import dev.porchlight.access.party.Grant;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Draw;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes, changes and ends grants within a unit, and has the hub tell of it by an event in the
/// owner's name, of the topic group `yodata/subscription`: to the owner, to the party concerned,
/// and to whoever follows that group of the owner's.
public final class GrantChanges {
  private final Publishing publishing;

  public GrantChanges(Publishing publishing) {
    this.publishing = publishing;
  }

  /// The changes of one unit; each is told by an event of its own.
  public final class Told {
    private final Draw draw;
    private final AtomicInteger count = new AtomicInteger();

    private Told(Draw draw) {
      this.draw = draw;
    }

    private void tell(Batch batch, Grant grant, String change) {
      batch.change(Grant.SETTING, grant.id(), grant.body());
      var seed =
          Draw.named("grant change", draw.seed(), Integer.toString(count.getAndIncrement()))
              .replace("-", "");
      publishing.announce(batch, grant, change, new Draw(draw.at(), seed, draw.counter()));
    }

    /// A new one.
    public void make(Batch batch, Grant grant) {
      tell(batch, grant, "authorize");
    }

    /// One that allows something else from now on.
    public void change(Batch batch, Grant grant) {
      tell(batch, grant, "update");
    }

    /// The end of one.
    ///
    /// @return it as it is from then on
    public Grant revoke(Batch batch, Grant grant) {
      var ended = grant.revoked(batch.now());
      tell(batch, ended, "revoke");
      return ended;
    }
  }

  /// For one unit.
  ///
  /// @param draw made before the unit; each run of the unit takes a new one of these
  public Told by(Draw draw) {
    return new Told(draw);
  }
}
