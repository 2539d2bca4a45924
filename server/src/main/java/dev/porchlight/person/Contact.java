package dev.porchlight.person;

import java.time.Instant;

/// A person as one member's contact.
///
/// @param id 26 digits
/// @param officeId the office that the owner belongs to
/// @param ownerId the member who owns it
/// @param seq the log entry of its making
public record Contact(
    String id,
    String personId,
    String officeId,
    String ownerId,
    ContactBody body,
    Instant createdAt,
    Instant modifiedAt,
    long seq) {}
