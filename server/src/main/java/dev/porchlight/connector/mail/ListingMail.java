package dev.porchlight.connector.mail;

import jakarta.mail.internet.InternetAddress;
import java.io.UnsupportedEncodingException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A mail to somebody who waits for a home: what has happened to listings that meet their searches.
public final class ListingMail {
  private static final int SHOWN = 50;
  private static final int NAME = 100;

  private ListingMail() {}

  /// What is told.
  ///
  /// @param name whom it is for
  /// @param sender who writes: the agent, or the office
  /// @param homes newest first
  /// @param link ends these mails
  public record News(String name, String sender, List<Home> homes, String link) {
    public News {
      homes = List.copyOf(homes);
    }
  }

  /// A listing with what has happened to it.
  ///
  /// @param what has happened, in words such as `New`
  /// @param street only where it may be shown
  /// @param meets whether it still is what they wait for
  public record Home(
      List<String> what,
      @Nullable String street,
      @Nullable String place,
      @Nullable BigDecimal price,
      @Nullable BigDecimal priceBefore,
      @Nullable String currency,
      @Nullable BigDecimal beds,
      @Nullable BigDecimal baths,
      @Nullable BigDecimal squareFeet,
      @Nullable String status,
      boolean meets) {
    public Home {
      what = List.copyOf(what);
    }
  }

  /// Writes it, without the headers that say who sends it to whom.
  public static byte[] write(News news) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Subject", subject(news));
    headers.put("List-Unsubscribe", "<" + news.link() + ">");
    headers.put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    return MailWriter.message(headers, plain(news), page(news));
  }

  /// The header that says who writes, from the hub's address.
  public static String from(String sender, String address) {
    try {
      var name = Words.line(sender, NAME).replace("=?", "= ?");
      return new InternetAddress(address, name, "UTF-8").toString();
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every JDK has UTF-8", e);
    }
  }

  private static String subject(News news) {
    var homes = news.homes();
    if (homes.size() == 1) {
      var home = homes.getFirst();
      var where = where(home);
      return what(home) + (where.isEmpty() ? "" : ": " + where);
    }
    long fresh = homes.stream().filter(h -> h.what().contains("New")).count();
    return homes.size() + " homes with news" + (fresh == 0 ? "" : ", " + fresh + " of them new");
  }

  private static String what(Home home) {
    return home.what().stream().map(w -> word(w, home)).collect(Collectors.joining(", "));
  }

  private static String word(String what, Home home) {
    return switch (what) {
      case "New" -> "New";
      case "PriceChange" -> {
        var price = home.price();
        var before = home.priceBefore();
        yield price == null || before == null
            ? "Price changed"
            : price.compareTo(before) < 0 ? "Price reduced" : "Price raised";
      }
      case "Sold" -> "Sold";
      case "Pending" -> "Sale pending";
      case "BackOnMarket" -> "Back on the market";
      default -> home.meets() ? "Status changed" : "No longer what you look for";
    };
  }

  private static String where(Home home) {
    return Stream.of(home.street(), home.place())
        .filter(Objects::nonNull)
        .map(t -> Words.line(t, NAME))
        .filter(t -> !t.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String heading(Home home) {
    var where = where(home);
    return where.isEmpty() ? "A home" : where;
  }

  private static @Nullable String money(@Nullable BigDecimal amount, @Nullable String currency) {
    if (amount == null) {
      return null;
    }
    var number = number(amount);
    return currency == null || currency.equals("USD")
        ? "$" + number
        : number + " " + Words.line(currency, 10);
  }

  /// With commas, unless that would take a screen of zeros.
  private static String number(BigDecimal number) {
    if (Math.abs((long) number.scale()) > 20 || number.precision() > 20) {
      return number.toString();
    }
    var plain = number.stripTrailingZeros();
    return String.format(Locale.US, "%,." + Math.max(0, plain.scale()) + "f", plain);
  }

  private static List<String> facts(Home home) {
    var facts = new ArrayList<String>();
    fact(facts, home.beds(), " bed", " beds");
    fact(facts, home.baths(), " bath", " baths");
    fact(facts, home.squareFeet(), " sq ft", " sq ft");
    if (home.status() != null) {
      facts.add(Words.line(home.status(), NAME));
    }
    return facts;
  }

  private static void fact(
      List<String> facts, @Nullable BigDecimal number, String one, String more) {
    if (number != null) {
      facts.add(number(number) + (number.compareTo(BigDecimal.ONE) == 0 ? one : more));
    }
  }

  private static String greeting(News news) {
    return "Hello "
        + Words.line(news.name(), NAME)
        + ", this is new in the searches that "
        + Words.line(news.sender(), NAME)
        + " keeps for you.";
  }

  private static String plain(News news) {
    var out = new StringBuilder(greeting(news)).append("\n\n");
    for (var home : shown(news)) {
      out.append(what(home)).append(": ").append(heading(home)).append('\n');
      var price = money(home.price(), home.currency());
      if (price != null) {
        out.append("  ").append(price);
        var before = before(home);
        out.append(before == null ? "" : " (was " + before + ")").append('\n');
      }
      var facts = facts(home);
      if (!facts.isEmpty()) {
        out.append("  ").append(String.join(", ", facts)).append('\n');
      }
      out.append('\n');
    }
    out.append(more(news));
    return out.append("-- \nNo more of these mails: ").append(news.link()).append('\n').toString();
  }

  private static List<Home> shown(News news) {
    return news.homes().subList(0, Math.min(SHOWN, news.homes().size()));
  }

  private static String more(News news) {
    int more = news.homes().size() - SHOWN;
    return more <= 0 ? "" : "And " + more + " more.\n";
  }

  private static @Nullable String before(Home home) {
    return home.priceBefore() == null || home.price() == null
        ? null
        : money(home.priceBefore(), home.currency());
  }

  private static String page(News news) {
    var out = new StringBuilder();
    out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<title>").append(Words.html(subject(news))).append("</title>\n</head>\n");
    out.append(
        "<body style=\"font:16px/1.5 sans-serif;max-width:40em;margin:0 auto;padding:12px\">\n");
    out.append("<p dir=\"auto\">").append(Words.html(greeting(news))).append("</p>\n");
    for (var home : shown(news)) {
      out.append("<div style=\"border-top:1px solid #ccc;padding:12px 0\">\n");
      out.append("<div style=\"font-weight:bold\">").append(Words.html(what(home)));
      out.append("</div>\n<div dir=\"auto\" style=\"font-size:20px;overflow-wrap:anywhere\">");
      out.append(Words.html(heading(home))).append("</div>\n");
      var price = money(home.price(), home.currency());
      if (price != null) {
        out.append("<div style=\"font-size:18px\">").append(Words.html(price));
        var before = before(home);
        if (before != null) {
          out.append(" <s>").append(Words.html(before)).append("</s>");
        }
        out.append("</div>\n");
      }
      var facts = facts(home);
      if (!facts.isEmpty()) {
        out.append("<div dir=\"auto\">").append(Words.html(String.join(" · ", facts)));
        out.append("</div>\n");
      }
      out.append("</div>\n");
    }
    out.append(more(news).isEmpty() ? "" : "<p>" + Words.html(more(news).strip()) + "</p>\n");
    out.append("<p style=\"border-top:1px solid #ccc;padding-top:12px;font-size:14px\">");
    out.append("You get this because you wait for a home. <a href=\"");
    out.append(Words.html(news.link())).append("\">No more of these mails</a></p>\n");
    return out.append("</body>\n</html>\n").toString();
  }
}
