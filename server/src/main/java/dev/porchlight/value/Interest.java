package dev.porchlight.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a lead is about.
public sealed interface Interest {
  /// The home in question; null where there is none yet.
  @Nullable Property property();

  /// A home on offer that the enquirer asked about.
  record InListing(Property property) implements Interest {}

  /// A home that the enquirer wants to sell.
  record HomeToSell(Property property) implements Interest {}

  /// A search for a home that the enquirer left with the portal.
  ///
  /// @param estateTypes kinds of property, in the portal's words
  /// @param rooms number of rooms
  /// @param space surface, in a unit that the portal does not name
  /// @param budget amounts, in a currency that the portal does not name
  /// @param geo where, as JSON text in the portal's own form
  /// @param roles on which side of a deal the enquirer stands
  /// @param commercialProject a plan for business premises, as JSON text in the portal's own form
  /// @param buildProject a plan to build, as JSON text in the portal's own form
  record Search(
      List<String> estateTypes,
      Range rooms,
      Range space,
      Range budget,
      @Nullable String geo,
      List<Role> roles,
      @Nullable String commercialProject,
      @Nullable String buildProject)
      implements Interest {
    public Search {
      estateTypes = List.copyOf(estateTypes);
      roles = List.copyOf(roles);
    }

    @Override
    public @Nullable Property property() {
      return null;
    }
  }
}
