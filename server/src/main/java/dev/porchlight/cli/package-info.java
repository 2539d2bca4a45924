/// The command line. It speaks HTTP with a hub; what happens in this process goes through
/// [dev.porchlight.cli.Local].
@org.jspecify.annotations.NullMarked
package dev.porchlight.cli;
