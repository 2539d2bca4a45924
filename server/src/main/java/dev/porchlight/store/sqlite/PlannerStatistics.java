package dev.porchlight.store.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// What SQLite's planner is told of the tables before there is anything in them. A new index needs
/// a line here.
final class PlannerStatistics {
  private PlannerStatistics() {}

  /// Whether a database has any.
  static boolean areIn(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var results =
            statement.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")) {
      return results.next();
    }
  }

  /// Tells the planner what the tables will be like: it sees them empty at first, and would then
  /// take any index that saves a sort, however many rows it leads to. Numbers of rows: in all, then
  /// per value of the first column, of the first two, and so on.
  static void expect(Connection connection) throws SQLException {
    // All of them or none: a start that is cut off here does it again.
    SqliteEngine.execute(connection, "BEGIN IMMEDIATE");
    // Makes the table of statistics.
    SqliteEngine.execute(connection, "ANALYZE contact_search");
    for (var expected :
        List.of(
            "'contact_search', 'contact_search', '1000000 1000 1'",
            "'contact_name', 'contact_name_contact', '1000000 2'",
            "'service_area', 'service_area_seq', '100000 1'",
            "'spark_grant', 'spark_grant_given', '10000 1'",
            "'contact_search', 'contact_search_walk', '1000000 990000 1 1'",
            "'contact_search', 'contact_search_order', '1000000 990000 3 1'",
            "'lead', 'lead_seq', '1000000 1'",
            "'lead', 'lead_source', '1000000 10000 1'",
            "'lead', 'lead_office', '1000000 10000 1'",
            "'lead', 'lead_contact', '1000000 2 1'",
            "'lead', 'lead_person', '1000000 2'",
            "'lead', 'lead_external', '1000000 2'",
            "'lead', 'lead_guid', '1000000 1'",
            "'receipt', 'receipt_guid', '10000 1'",
            "'delivery', 'delivery_event', '1000000 4'",
            "'lead_about', 'lead_about', '1000000 500000 20 1'",
            "'lead_about', 'lead_about_lead', '1000000 2'",
            "'receipt', 'receipt_office', '1000000 10000 1'",
            "'receipt', 'receipt_source', '1000000 10000 1'",
            "'receipt', 'receipt_lead', '1000000 2 1'",
            "'receipt', 'receipt_open', '10000 2000 1'",
            "'receipt', 'receipt_office_open', '10000 100 20 1'",
            "'delivery', 'delivery_office', '1000000 10000 1'",
            "'contact_search', 'contact_search_name', '1000000 1000 990 2 1'",
            "'contact_search', 'contact_search_modified', '1000000 1000 990 2 1'",
            "'contact_search', 'contact_search_email', '1000000 1000 990 1'",
            "'contact_search', 'contact_search_phone', '1000000 1000 990 1'",
            "'contact_search', 'contact_search_family', '1000000 1000 990 4'",
            "'audit', 'audit_subject', '1000000 10 1'",
            "'audit', 'audit_principal', '1000000 10000 1'",
            "'audit', 'audit_deed', '1000000 10000 1'",
            // Each endpoint has many deliveries, each lead few.
            "'delivery', 'delivery', '1000000 1'",
            "'delivery', 'delivery_lane', '1000000 100000 4 1'",
            "'delivery', 'delivery_endpoint', '1000000 100000 1'",
            "'delivery', 'delivery_lead', '1000000 4 1'",
            "'delivery', 'delivery_seq', '1000000 2'",
            // A publisher may have many events.
            "'event', 'event_publisher', '1000000 10000 1'",
            "'event', 'event_seq', '1000000 1'",
            "'feed_schedule', 'feed_schedule_due', '100000 10'",
            "'feed_notice', 'feed_notice_holder', '1000000 100 1'",
            "'event', 'event_personal', '100000 1'",
            "'event_again', 'event_again_event', '10000 2'",
            "'event_gone', 'event_gone_aged', '1000000 500000 1'",
            "'listing_key', 'listing_key_listing', '100000 2'",
            "'feed_mark', 'feed_mark_seq', '1000000 2'",
            "'listing_cart_awaited', 'listing_cart_awaited_cart', '100000 10'",
            "'delivery_state', 'delivery_state', '1000000 1'",
            "'delivery_state', 'delivery_state_seq', '1000000 200000 1'",
            "'delivery_state', 'delivery_state_endpoint', '1000000 100000 20000 1'",
            "'answer_word', 'answer_word', '1000000 1000 2 1 1'",
            "'answer_word', 'answer_word_delivery', '1000000 30 15'",
            "'feed_page', 'feed_page', '1000000 10 1'",
            "'feed_page', 'feed_page_upto', '1000000 1000 1'",
            "'contact_tag', 'contact_tag', '2000000 2000 100 1'",
            "'contact_tag', 'contact_tag_contact', '2000000 2 1'")) {
      SqliteEngine.execute(
          connection, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (" + expected + ")");
    }
    SqliteEngine.execute(connection, "COMMIT");
    // Readers are opened later and read them then.
    SqliteEngine.execute(connection, "ANALYZE sqlite_schema");
  }
}
