package dev.porchlight.person;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How contacts are found by what somebody types: the same wherever they type it.
public final class Finding {
  private static final Pattern PHONE = Pattern.compile("[+()\\d .-]*\\d{3}[()\\d .-]*");

  private Finding() {}

  /// Whether it looks like a phone number, however it is written.
  public static boolean isPhone(String typed) {
    return PHONE.matcher(typed).matches();
  }

  /// That an attribute is what was typed, in the filter language. No value has a backslash.
  public static String filter(String attribute, String typed) {
    return attribute + " Eq '" + typed.replace("\\", "").replace("'", "\\'") + "'";
  }

  /// Whose contacts somebody may see.
  public static Set<String> owners(Scope scope, Nodes nodes) {
    var own = scope.member();
    return own != null
        ? Set.of(own)
        : nodes.all().stream()
            .filter(n -> n.kind() == Node.Kind.MEMBER || n.kind() == Node.Kind.MLS)
            .map(Node::id)
            .filter(id -> scope.containsNode(nodes, id))
            .collect(Collectors.toUnmodifiableSet());
  }
}
