package dev.porchlight.routing;

/// Who answers a lead.
///
/// @param member the id of the member who will own the contact
/// @param memberName their name at the time
/// @param reason one sentence: why they and nobody else
public record Answerer(String member, String memberName, String reason) {}
