package dev.porchlight.door.seekerleads;

import dev.porchlight.access.Client;
import dev.porchlight.account.Scope;
import dev.porchlight.web.Request;

/// A request of a client that is known.
///
/// @param scope what the client sees
record Caller(Client client, Scope scope, Request request) {}
