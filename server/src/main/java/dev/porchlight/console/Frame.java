package dev.porchlight.console;

import dev.porchlight.sign.Tokens;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every page has around its content.
///
/// @param style the address of the style sheet
/// @param scripts the addresses of the scripts, in order
/// @param mark the address of the product's mark
/// @param theme `light`, `dark`, or empty for what the browser prefers
/// @param live whether the page takes news while it is open
/// @param signed who is signed in; null on a page that is open to whoever has its link
public record Frame(
    Texts texts,
    String style,
    List<String> scripts,
    String mark,
    String theme,
    boolean live,
    @Nullable Signed signed) {

  /// Who is signed in, and what they find at the top of each page.
  ///
  /// @param csrf what each form has to send with it
  /// @param here the path of this page
  /// @param done what has just been done, as a sentence; else empty
  public record Signed(
      String name, String role, String csrf, List<Place> places, String here, String done) {}

  /// An entry of the navigation.
  public record Place(String path, String text, boolean current) {}

  /// A chance text for each form that may be taken only once.
  public String once() {
    return Tokens.create("");
  }

  /// Whether whoever is signed in sets sources and endpoints up.
  public boolean setsUp() {
    return leadsTo("/console/settings");
  }

  /// Whether whoever is signed in sees what is their own alone.
  public boolean isOwn() {
    return signed != null && !leadsTo("/console/sources");
  }

  private boolean leadsTo(String path) {
    return signed != null && signed.places().stream().anyMatch(p -> p.path().equals(path));
  }

  /// What each form has to send with it; empty where nobody is signed in.
  public String csrf() {
    return signed == null ? "" : signed.csrf();
  }
}
