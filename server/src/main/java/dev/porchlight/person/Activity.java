package dev.porchlight.person;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How lively the contacts of one agent are: a function of what happened and of the day, of nothing
/// else. Immutable.
///
/// Each act counts its points on the day (in UTC) on which it happened; what a day's acts count
/// halves with every seven days and is nothing after thirty. At most [#MOST_A_DAY] acts of a kind
/// count in one day, so that no loop makes somebody a hot lead. A score is the sum, rounded; the
/// relative one is its share of the agent's highest of the seven days that end with that day.
public final class Activity {
  /// How many days are shown, today's last.
  public static final int SHOWN = 30;

  /// For how many days an act counts, its own among them.
  public static final int COUNTED = 30;

  /// Over how many days the agent's best is looked for.
  public static final int BEST_OF = 7;

  /// In how many days an act loses half of what it counts.
  public static final int HALF_LIFE = 7;

  /// How many acts of one kind a contact is given in a day.
  public static final int MOST_A_DAY = 5;

  /// Acts before that count in nothing that is shown.
  static final Duration REACH = Duration.ofDays(SHOWN + BEST_OF + COUNTED);

  /// How many days there is a score of: those that are shown, and those whose best they are
  /// measured by.
  private static final int SCORED = SHOWN + BEST_OF - 1;

  /// What happened, and what it counts.
  public enum Kind {
    /// They sent a lead, or a member's web site made them a contact.
    LEAD(50),
    /// They wrote through a web site, or a member was told that they came in.
    MESSAGE(30),
    /// They asked to be an agent's consumer.
    LINK(20),
    /// One of their leads came again with something new in it.
    LEAD_AGAIN(10),
    /// They signed in.
    SIGN_IN(10),
    /// They changed their own contact.
    OWN_EDIT(10),
    /// A member remarked something about them.
    COMMENT(5),
    /// A member changed the contact.
    EDIT(2);

    private final int points;

    Kind(int points) {
      this.points = points;
    }

    public int points() {
      return points;
    }
  }

  /// One thing that happened.
  public record Act(String contactId, Kind kind, Instant at) {}

  /// A day's value, or now's.
  ///
  /// @param relative from 0 to 1, to four places
  public record Value(int score, double relative) {}

  private static final int[] NOTHING = new int[SCORED];

  private final Map<String, int[]> scores;

  /// The agent's highest, day by day.
  private final int[] highest;

  private Activity(Map<String, int[]> scores, int[] highest) {
    this.scores = scores;
    this.highest = highest;
  }

  /// Sums up.
  ///
  /// @param acts of all contacts of one agent, in any order; what is too old, or later than today,
  ///   counts nothing
  /// @param now whose day is the last
  public static Activity of(Collection<Act> acts, Instant now) {
    long today = day(now);
    var tallies = new HashMap<String, Map<Kind, int[]>>();
    for (var act : acts) {
      long ago = today - day(act.at());
      if (ago >= 0 && ago < SCORED + COUNTED - 1) {
        tallies.computeIfAbsent(act.contactId(), _ -> new EnumMap<>(Kind.class))
            .computeIfAbsent(act.kind(), _ -> new int[SCORED + COUNTED - 1])[(int) ago]++;
      }
    }
    var scores = new HashMap<String, int[]>();
    var highest = new int[SCORED];
    tallies.forEach((contact, tally) -> {
      var daily = scores(points(tally));
      scores.put(contact, daily);
      for (int i = 0; i < SCORED; i++) {
        highest[i] = Math.max(highest[i], daily[i]);
      }
    });
    return new Activity(scores, highest);
  }

  private static long day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC).toEpochDay();
  }

  /// By how many days ago.
  private static int[] points(Map<Kind, int[]> tally) {
    var points = new int[SCORED + COUNTED - 1];
    tally.forEach((kind, counts) -> {
      for (int ago = 0; ago < points.length; ago++) {
        points[ago] += kind.points() * Math.min(counts[ago], MOST_A_DAY);
      }
    });
    return points;
  }

  private static int[] scores(int[] points) {
    var scores = new int[SCORED];
    for (int ago = 0; ago < SCORED; ago++) {
      double sum = 0;
      for (int age = 0; age < COUNTED; age++) {
        if (points[ago + age] > 0) {
          sum += points[ago + age] * Math.pow(0.5, (double) age / HALF_LIFE);
        }
      }
      scores[ago] = (int) Math.round(sum);
    }
    return scores;
  }

  /// A contact's score now.
  public int score(String contact) {
    return scores.getOrDefault(contact, NOTHING)[0];
  }

  /// A contact's value now.
  public Value now(String contact) {
    return value(contact, 0);
  }

  /// A contact's values of [#SHOWN] days, oldest first; the last is now's.
  public List<Value> daily(String contact) {
    var values = new ArrayList<Value>();
    for (int ago = SHOWN - 1; ago >= 0; ago--) {
      values.add(value(contact, ago));
    }
    return values;
  }

  private Value value(String contact, int ago) {
    int score = scores.getOrDefault(contact, NOTHING)[ago];
    int best = 0;
    for (int i = ago; i < ago + BEST_OF; i++) {
      best = Math.max(best, highest[i]);
    }
    return new Value(score, best == 0 ? 0 : Math.round(10_000.0 * score / best) / 10_000.0);
  }
}
