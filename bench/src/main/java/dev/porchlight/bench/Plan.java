package dev.porchlight.bench;

import java.util.List;

/// How long everything is measured.
///
/// @param append milliseconds of L
/// @param run milliseconds of each ceiling and of each load of the closed kind
/// @param open milliseconds of each load of the open kind
/// @param deliver milliseconds of accepting for each figure of deliveries
/// @param limit within how many seconds the last round must end
record Plan(
    String name, int rounds, int warmUp, int append, int run, int open, int deliver, int limit) {
  static final Plan FULL = new Plan("full", 5, 5000, 1000, 1500, 3000, 2500, 640);
  static final Plan QUICK = new Plan("quick", 3, 1500, 300, 500, 1000, 700, 150);

  /// The numbers of connections.
  static final List<Integer> CONNECTIONS = List.of(1, 64, 256, 1024);

  /// To how many endpoints each lead is delivered.
  static final List<Integer> FAN_OUT = List.of(1, 3, 10);

  Plan withRounds(int number) {
    return new Plan(name, number, warmUp, append, run, open, deliver, limit);
  }
}
