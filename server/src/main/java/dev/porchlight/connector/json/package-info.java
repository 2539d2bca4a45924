/// What every connector needs that reads JSON from strangers and writes JSON for them: a parser
/// that forgets nothing, members taken tolerantly with each fault noted, texts and times, and the
/// account of what a written body does not carry. Knows no contract.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.json;
