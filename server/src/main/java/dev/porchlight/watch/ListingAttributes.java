package dev.porchlight.watch;

import dev.porchlight.filter.Attribute;
import dev.porchlight.filter.Catalogue;
import dev.porchlight.filter.Type;
import dev.porchlight.geo.Shapes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a saved search may ask of listings: the standard fields that agree in name with RESO's data
/// dictionary or with those of the Spark interface.
public final class ListingAttributes {
  private static final Map<String, Attribute> ALL = all();

  /// For [dev.porchlight.filter.Filter#parse].
  public static final Catalogue CATALOGUE = find().with(Shapes.GEOMETRY);

  /// For filters that were read before: whether their shapes are some is not looked at again.
  static final Catalogue KNOWN = find();

  private ListingAttributes() {}

  private static Catalogue find() {
    return name -> Optional.ofNullable(ALL.get(name));
  }

  /// Their names and types, in the order of the documents.
  public static Map<String, Attribute> list() {
    return ALL;
  }

  private static Map<String, Attribute> all() {
    var all = new LinkedHashMap<String, Attribute>();
    add(all, Type.CHARACTER, "ListingId", "ListingKey", "MlsId", "MlsStatus", "StandardStatus");
    add(all, Type.CHARACTER, "PropertyType", "PropertyClass", "PropertySubType");
    add(all, Type.CHARACTER, "StreetNumber", "StreetDirPrefix", "StreetName", "StreetSuffix");
    add(all, Type.CHARACTER, "UnitNumber", "UnparsedAddress", "City", "CountyOrParish");
    add(all, Type.CHARACTER, "StateOrProvince", "PostalCode", "Country", "SubdivisionName");
    add(all, Type.CHARACTER, "MLSAreaMajor", "MLSAreaMinor", "ElementarySchool");
    add(all, Type.CHARACTER, "MiddleOrJuniorSchool", "HighSchool", "SchoolDistrict");
    add(all, Type.CHARACTER, "ListAgentId", "ListAgentKey", "CoListAgentId", "ListOfficeId");
    add(all, Type.CHARACTER, "ListOfficeKey", "BuyerAgentId", "BuyerOfficeId", "PublicRemarks");
    add(all, Type.DECIMAL, "ListPrice", "CurrentPrice", "OriginalListPrice", "PreviousListPrice");
    add(all, Type.DECIMAL, "ClosePrice", "BathsTotal", "BathroomsTotalDecimal", "LivingArea");
    add(all, Type.DECIMAL, "BuildingAreaTotal", "LotSizeAcres", "LotSizeSquareFeet");
    add(all, Type.DECIMAL, "LotSizeArea", "GarageSpaces", "AssociationFee", "TaxAnnualAmount");
    add(all, Type.DECIMAL, "Latitude", "Longitude");
    add(all, Type.LOCATION, "Location");
    add(all, Type.INTEGER, "BedsTotal", "BedroomsTotal", "BathsFull", "BathsHalf");
    add(all, Type.INTEGER, "BathsThreeQuarter", "BathroomsTotalInteger", "BathroomsFull");
    add(all, Type.INTEGER, "BathroomsHalf", "RoomsTotal", "Stories", "StoriesTotal", "YearBuilt");
    add(all, Type.INTEGER, "PhotosCount", "VideosCount", "VirtualToursCount", "OpenHousesCount");
    add(all, Type.INTEGER, "DaysOnMarket", "CumulativeDaysOnMarket");
    add(all, Type.DATE, "ListingContractDate", "OnMarketDate", "OffMarketDate", "PendingDate");
    add(all, Type.DATE, "CloseDate", "ExpirationDate", "WithdrawnDate");
    add(all, Type.DATETIME, "ModificationTimestamp", "OriginalEntryTimestamp");
    add(all, Type.DATETIME, "OriginalOnMarketTimestamp", "OnMarketTimestamp");
    add(all, Type.DATETIME, "PriceChangeTimestamp", "StatusChangeTimestamp");
    add(all, Type.DATETIME, "MajorChangeTimestamp", "PhotosChangeTimestamp");
    add(all, Type.BOOLEAN, "PoolPrivateYN", "WaterfrontYN", "ViewYN", "FireplaceYN", "GarageYN");
    add(all, Type.BOOLEAN, "AttachedGarageYN", "CarportYN", "BasementYN", "HorseYN", "SpaYN");
    add(all, Type.BOOLEAN, "NewConstructionYN", "SeniorCommunityYN", "AssociationYN");
    add(all, Type.BOOLEAN, "CoolingYN", "HeatingYN", "PropertyAttachedYN", "HomeWarrantyYN");
    return java.util.Collections.unmodifiableMap(all);
  }

  private static void add(Map<String, Attribute> all, Type type, String... names) {
    for (var name : names) {
      all.put(name, Attribute.of(name, type));
    }
  }
}
