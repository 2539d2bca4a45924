package dev.porchlight.poll;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Leads of a window that seem to have gone back: the portal shows them as they were read before,
/// and something else was said of them since.
///
/// That is decided at the window's end, for a list may also show a lead several times, as it was
/// and as it is: who is shown with what is known as the newest has not gone back.
final class Returns {
  /// How a lead was once.
  ///
  /// @param asked the last entry of the log when the page was asked for
  record Old(String hash, byte[] bytes, long asked) {}

  private final Set<String> present = new HashSet<>();
  private final Map<String, Old> old = new LinkedHashMap<>();
  private boolean wasThereFromTheStart = true;

  /// Of the window that is being read the first pages are not known.
  void missedTheStart() {
    wasThereFromTheStart = false;
  }

  /// A lead was shown with what is its newest.
  void present(@Nullable String leadId) {
    if (leadId != null) {
      present.add(leadId);
    }
  }

  /// A lead was shown as it was before something else was said of it.
  void old(String leadId, Old item) {
    old.put(leadId, item);
  }

  /// Those that have gone back, and a new beginning.
  List<Old> atTheEnd() {
    old.keySet().removeAll(present);
    var back = wasThereFromTheStart ? List.copyOf(old.values()) : List.<Old>of();
    present.clear();
    old.clear();
    wasThereFromTheStart = true;
    return back;
  }
}
