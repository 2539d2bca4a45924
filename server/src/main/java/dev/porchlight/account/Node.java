package dev.porchlight.account;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.porchlight.store.Setting;
import dev.porchlight.value.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A place in the account tree: Mls > Company > Office > Member, and teams within an office.
///
/// @param id 26 digits
/// @param parent the node above; null for an Mls
/// @param frontDesk of an office: the member who owns what is not yet assigned
/// @param endedAt of a member who is there no more: since when they sign in nowhere and are given
///   nothing; null while they are there
public record Node(
    String id,
    Kind kind,
    @Nullable String parent,
    String name,
    @Nullable String email,
    @Nullable String frontDesk,
    @Nullable Instant endedAt) {
  /// The kind of setting that holds nodes.
  public static final String SETTING = "node";

  /// The levels of the tree.
  public enum Kind {
    MLS,
    COMPANY,
    OFFICE,
    TEAM,
    MEMBER;

    /// Whether a node of this kind may stand directly below one of that kind.
    public boolean fitsBelow(Kind above) {
      return switch (this) {
        case MLS -> false;
        case COMPANY -> above == MLS;
        case OFFICE -> above == COMPANY;
        case TEAM -> above == OFFICE;
        case MEMBER -> above == OFFICE;
      };
    }
  }

  public Node {
    if (!id.matches("[0-9]{26}")) {
      throw new IllegalArgumentException("not an id of 26 digits: " + id);
    }
    if (name.isBlank() || name.length() > 200) {
      throw new IllegalArgumentException("a node's name has 1 to 200 characters");
    }
    if ((parent == null) != (kind == Kind.MLS)) {
      throw new IllegalArgumentException("an Mls, and nothing else, has no parent");
    }
  }

  /// One that has not ended.
  public Node(
      String id,
      Kind kind,
      @Nullable String parent,
      String name,
      @Nullable String email,
      @Nullable String frontDesk) {
    this(id, kind, parent, name, email, frontDesk, null);
  }

  /// Whether it is a member who is there no more.
  @JsonIgnore
  public boolean isEnded() {
    return endedAt != null;
  }

  static Node of(Setting setting) {
    return Json.read(setting.body(), Node.class);
  }

  /// The body of the setting that holds this node.
  public String body() {
    return Json.write(this);
  }
}
