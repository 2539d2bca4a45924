package dev.porchlight.console;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Permission;
import dev.porchlight.store.LogEntry;
import dev.porchlight.web.Reply;
import java.util.List;
import java.util.Optional;

/// A group of pages, in a package of its own below this one. Its templates are in the folder of its
/// name below `jte`, its words in `<name>/messages.properties`, with the navigation's under
/// `nav.<name>` among those of all pages.
public interface Section {
  /// The last part of its package's name, and the first of its pages' paths: `/console/<name>`.
  String name();

  /// Names each page and each button.
  void addTo(Paths paths);

  /// Whether it stands in the navigation, with `/console/<name>` as its first page.
  default boolean isInNavigation() {
    return true;
  }

  /// What one must be permitted to find it there.
  default Permission needed() {
    return Permission.READ;
  }

  /// Whether somebody of that role has anything there: to others the navigation does not lead.
  default boolean isFor(ConsoleRole.Kind role) {
    return true;
  }

  /// The names of scripts of its own among the assets, without hash and `.js`.
  default List<String> scripts() {
    return List.of();
  }

  /// Takes pages and buttons. Paths are below `/console`.
  interface Paths {
    /// A page that shows something.
    void get(String path, Permission needed, Page page);

    /// A button or form. It is only asked when the request comes from one of our own pages.
    void post(String path, Permission needed, Page page);

    /// The news of a page while it is open: what `page` gives is sent at once and again whenever
    /// the log has a line that concerns it.
    void live(String path, Permission needed, Concern concern, Part part);
  }

  /// Answers a visit.
  @FunctionalInterface
  interface Page {
    Reply answer(Visit visit) throws Exception;
  }

  /// Whether a line of the log changes what is shown. On a thread of the store's: must be quick.
  @FunctionalInterface
  interface Concern {
    boolean isMet(Visit visit, LogEntry line);
  }

  /// Gives the changed part of a page as HTML; empty ends the stream.
  @FunctionalInterface
  interface Part {
    Optional<String> render(Visit visit) throws Exception;
  }
}
