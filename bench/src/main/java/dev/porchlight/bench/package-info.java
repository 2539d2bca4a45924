/// Loads and the ceilings beside them. Everything is measured in one run, in turns.
///
/// [dev.porchlight.bench.Bench] runs three processes: itself, the hub with the ceilings
/// ([dev.porchlight.bench.ServerSide]), the load with the receiver
/// ([dev.porchlight.bench.LoadSide]). What is measured is in sections: to add one, write a class
/// that implements [dev.porchlight.bench.Section], with its part of the page and its aims, and name
/// it in `Bench`.
@org.jspecify.annotations.NullMarked
package dev.porchlight.bench;
