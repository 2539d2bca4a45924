package dev.porchlight.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// The lead that is sent: a full BuyerLead of Connections Plus about an invented person, always of
/// the same length, told apart by a number. Three of four are by a person of their own, the fourth
/// is by the one before.
final class Sample {
  private static final String TEMPLATE =
      """
      {"lead_id":"B-0000000000","role":"buyer","contact":{"email":"ana0000000000@example.com",\
      "first_name":"Ana","last_name":"Invented","phone":""},"property":{"address":"12 Invented \
      Road","city":"Springfield","state":"IL","zip_code":"62704","listing_url":\
      "https://www.example.com/listings/0815","latitude":39.78,"longitude":-89.65,"mls_id":\
      "MLS-0815","mls_name":"Example MLS","listing_status":"active","list_price":350000,"beds":3,\
      "baths":2,"sqft":1850,"active_days_on_market":12,"listing_agent":{"name":"Bo Example",\
      "email":"bo@example.org","phone":"+12175550143"}},"finance_info":{"pre_approved":true,\
      "budget_min":300000,"budget_max":400000,"financing_type":"conventional"},"source":"listing \
      page","message":"I would like to see this house on Saturday, if that is possible. Does it \
      have a garden, and how far is the school?","is_likely_to_transact":true,\
      "probability_to_transact":0.82,"timestamp":"2026-01-01T00:00:00Z"}\
      """;
  private static final byte[] BYTES = TEMPLATE.getBytes(StandardCharsets.UTF_8);
  private static final int DIGITS = 10;
  private static final int ID = TEMPLATE.indexOf("B-0") + 2;
  private static final int PERSON = TEMPLATE.indexOf("ana0") + 3;
  private static final byte[] MARK = "\"lead_id\":\"B-".getBytes(StandardCharsets.US_ASCII);

  private static final AtomicLong NEXT = new AtomicLong();

  private Sample() {}

  static int size() {
    return BYTES.length;
  }

  /// The next number.
  static long next() {
    return NEXT.incrementAndGet();
  }

  /// Lets two processes number their leads apart.
  static void startAt(long first) {
    NEXT.set(first);
  }

  static byte[] body(long number) {
    var body = BYTES.clone();
    number(body, ID, number);
    number(body, PERSON, number % 4 == 0 ? number - 1 : number);
    return body;
  }

  private static void number(byte[] bytes, int at, long number) {
    for (int i = at + DIGITS - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + number % 10);
      number /= 10;
    }
  }

  /// The number of the lead that a delivered body is about.
  static long numberIn(byte[] body) {
    for (int i = 0; i + MARK.length + DIGITS <= body.length; i++) {
      if (Arrays.equals(body, i, i + MARK.length, MARK, 0, MARK.length)) {
        long number = 0;
        for (int d = i + MARK.length; d < i + MARK.length + DIGITS; d++) {
          number = number * 10 + body[d] - '0';
        }
        return number;
      }
    }
    throw new IllegalArgumentException("no lead of ours");
  }
}
