package dev.porchlight.connector.mail;

import dev.porchlight.value.Language;
import dev.porchlight.value.Wording;
import jakarta.mail.internet.InternetAddress;
import java.io.UnsupportedEncodingException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  public static byte[] write(News news, Language language) {
    var t = MailWriter.wording(language);
    var headers = new LinkedHashMap<String, String>();
    headers.put("Subject", subject(t, news));
    headers.put("List-Unsubscribe", "<" + news.link() + ">");
    headers.put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    return MailWriter.message(headers, plain(t, news), page(t, news));
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

  private static String subject(Wording t, News news) {
    var homes = news.homes();
    if (homes.size() == 1) {
      var home = homes.getFirst();
      var where = where(home);
      return what(t, home) + (where.isEmpty() ? "" : ": " + where);
    }
    long fresh = homes.stream().filter(h -> h.what().contains("New")).count();
    return fresh == 0
        ? t.text("home.many", homes.size())
        : t.text("home.many.new", homes.size(), fresh);
  }

  private static String what(Wording t, Home home) {
    return home.what().stream().map(w -> t.text(word(w, home))).collect(Collectors.joining(", "));
  }

  /// The key of what happened.
  private static String word(String what, Home home) {
    return switch (what) {
      case "New" -> "home.new";
      case "PriceChange" -> {
        var price = home.price();
        var before = home.priceBefore();
        yield price == null || before == null
            ? "home.price"
            : price.compareTo(before) < 0 ? "home.reduced" : "home.raised";
      }
      case "Sold" -> "home.sold";
      case "Pending" -> "home.pending";
      case "BackOnMarket" -> "home.back";
      default -> home.meets() ? "home.status" : "home.gone";
    };
  }

  private static String where(Home home) {
    return Stream.of(home.street(), home.place())
        .filter(Objects::nonNull)
        .map(t -> Words.line(t, NAME))
        .filter(t -> !t.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String heading(Wording t, Home home) {
    var where = where(home);
    return where.isEmpty() ? t.text("home.nameless") : where;
  }

  private static @Nullable String money(
      Wording t, @Nullable BigDecimal amount, @Nullable String currency) {
    if (amount == null) {
      return null;
    }
    return t.money(amount, currency == null ? "USD" : Words.line(currency, 10));
  }

  private static List<String> facts(Wording t, Home home) {
    var facts = new ArrayList<String>();
    fact(t, facts, home.beds(), "home.bed", "home.beds");
    fact(t, facts, home.baths(), "home.bath", "home.baths");
    fact(t, facts, home.squareFeet(), "home.area", "home.area");
    if (home.status() != null) {
      facts.add(Words.line(home.status(), NAME));
    }
    return facts;
  }

  private static void fact(
      Wording t, List<String> facts, @Nullable BigDecimal number, String one, String more) {
    if (number != null) {
      facts.add(t.text(number.compareTo(BigDecimal.ONE) == 0 ? one : more, t.number(number)));
    }
  }

  private static String greeting(Wording t, News news) {
    return t.text("home.greeting", Words.line(news.name(), NAME), Words.line(news.sender(), NAME));
  }

  private static String plain(Wording t, News news) {
    var out = new StringBuilder(greeting(t, news)).append("\n\n");
    for (var home : shown(news)) {
      out.append(what(t, home)).append(": ").append(heading(t, home)).append('\n');
      var price = money(t, home.price(), home.currency());
      if (price != null) {
        out.append("  ").append(price);
        var before = before(t, home);
        out.append(before == null ? "" : " " + t.text("home.was", before)).append('\n');
      }
      var facts = facts(t, home);
      if (!facts.isEmpty()) {
        out.append("  ").append(String.join(", ", facts)).append('\n');
      }
      out.append('\n');
    }
    out.append(more(t, news));
    return out.append("-- \n" + t.text("home.end") + ": ")
        .append(news.link())
        .append('\n')
        .toString();
  }

  private static List<Home> shown(News news) {
    return news.homes().subList(0, Math.min(SHOWN, news.homes().size()));
  }

  private static String more(Wording t, News news) {
    int more = news.homes().size() - SHOWN;
    return more <= 0 ? "" : t.text("home.more", more) + "\n";
  }

  private static @Nullable String before(Wording t, Home home) {
    return home.priceBefore() == null || home.price() == null
        ? null
        : money(t, home.priceBefore(), home.currency());
  }

  private static String page(Wording t, News news) {
    var out = new StringBuilder();
    out.append(
        "<!doctype html>\n<html lang=\""
            + t.language()
            + "\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<title>").append(Words.html(subject(t, news))).append("</title>\n</head>\n");
    out.append(
        "<body style=\"font:16px/1.5 sans-serif;max-width:40em;margin:0 auto;padding:12px\">\n");
    out.append("<p dir=\"auto\">").append(Words.html(greeting(t, news))).append("</p>\n");
    for (var home : shown(news)) {
      out.append("<div style=\"border-top:1px solid #ccc;padding:12px 0\">\n");
      out.append("<div style=\"font-weight:bold\">").append(Words.html(what(t, home)));
      out.append("</div>\n<div dir=\"auto\" style=\"font-size:20px;overflow-wrap:anywhere\">");
      out.append(Words.html(heading(t, home))).append("</div>\n");
      var price = money(t, home.price(), home.currency());
      if (price != null) {
        out.append("<div style=\"font-size:18px\">").append(Words.html(price));
        var before = before(t, home);
        if (before != null) {
          out.append(" <s>").append(Words.html(before)).append("</s>");
        }
        out.append("</div>\n");
      }
      var facts = facts(t, home);
      if (!facts.isEmpty()) {
        out.append("<div dir=\"auto\">").append(Words.html(String.join(" · ", facts)));
        out.append("</div>\n");
      }
      out.append("</div>\n");
    }
    out.append(more(t, news).isEmpty() ? "" : "<p>" + Words.html(more(t, news).strip()) + "</p>\n");
    out.append("<p style=\"border-top:1px solid #ccc;padding-top:12px;font-size:14px\">");
    out.append(Words.html(t.text("home.why"))).append(" <a href=\"");
    out.append(Words.html(news.link()))
        .append("\">")
        .append(Words.html(t.text("home.end")))
        .append("</a></p>\n");
    return out.append("</body>\n</html>\n").toString();
  }
}
