package dev.porchlight.connector;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Another connector, for tests that give it a defect.
public abstract class ForwardingConnector implements Connector {
  private final Connector sound;

  protected ForwardingConnector(Connector sound) {
    this.sound = sound;
  }

  /// One that reads nothing for as long as it is broken.
  public static Connector brokenWhile(AtomicBoolean broken, Connector sound) {
    return new ForwardingConnector(sound) {
      @Override
      public Reading read(Body body) {
        if (broken.get()) {
          throw new IllegalStateException("a defect, as the test wants it");
        }
        return super.read(body);
      }
    };
  }

  /// All connectors, with one in the place of what it stands for.
  public static Map<String, Connector> among(Map<String, Connector> all, Connector connector) {
    var changed = new LinkedHashMap<>(all);
    changed.put(connector.contract(), connector);
    return changed;
  }

  @Override
  public String contract() {
    return sound.contract();
  }

  @Override
  public String channel() {
    return sound.channel();
  }

  @Override
  public boolean reads() {
    return sound.reads();
  }

  @Override
  public boolean writes() {
    return sound.writes();
  }

  @Override
  public Reading read(Body body) {
    return sound.read(body);
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    return sound.peekLeadId(body);
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return sound.write(message, options);
  }

  @Override
  public boolean timesVersions() {
    return sound.timesVersions();
  }

  @Override
  public boolean signsByDefault() {
    return sound.signsByDefault();
  }
}
