package dev.porchlight.connector;

/// One thing that a written body does not carry as the lead has it.
///
/// @param field the lead's field in our own format, dotted (`property.estimated_value`), or
///   `extras./pointer`
/// @param reason one sentence
public record Loss(String field, String reason) {}
