package dev.porchlight.console.leads;

import dev.porchlight.account.Scope;
import dev.porchlight.console.Texts;
import dev.porchlight.desk.Handover;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Settings;
import java.time.Instant;
import java.util.List;

/// What the telling of one lead's story needs all along.
///
/// @param viewer what whoever reads may see
/// @param scope the office where the lead landed, since what hangs on it lies there
/// @param history what the log says of the lead
/// @param handovers who passed it on to whom
/// @param steps what events said became of it
record Telling(
    Texts texts,
    Scope viewer,
    Scope scope,
    LeadRecord lead,
    Settings settings,
    Instant now,
    List<LogEntry> history,
    List<Handover> handovers,
    List<LeadSteps.LeadStep> steps) {}
