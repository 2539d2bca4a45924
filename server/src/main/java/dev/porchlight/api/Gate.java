package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principal;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.desk.setup.SetupException;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.Handler;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;

/// Lets requests to our own API through: those that present a token with the permission that is
/// needed. What they do is noted in the audit.
final class Gate {
  private final Principals principals;
  private final Store store;
  private final Secrets secrets;
  private final Audit audit;

  Gate(Principals principals, Store store, Secrets secrets, Audit audit) {
    this.principals = principals;
    this.store = store;
    this.secrets = secrets;
    this.audit = audit;
  }

  /// A handler that lets only those through who present a token with that permission.
  Handler handler(Permission needed, Noted noted, Call.Resource resource) {
    return request -> {
      try {
        return authenticated(needed, noted, resource, request);
      } catch (FaultException | SetupException | StoreUnavailableException e) {
        // The caller's fault or a known state of ours: an answer, not a failure for the log.
        return Problems.reply(request, e);
      }
    };
  }

  private Reply authenticated(
      Permission needed, Noted noted, Call.Resource resource, Request request) throws Exception {
    if (!request.isConfidential()) {
      throw new FaultException(Fault.PLAIN_HTTP, "Use HTTPS.");
    }
    var principal =
        request
            .header("Authorization")
            .filter(h -> h.regionMatches(true, 0, "Bearer ", 0, 7))
            .flatMap(h -> principals.find(h.substring(7).strip()))
            .orElseThrow(() ->
                new FaultException(
                    Fault.UNAUTHENTICATED,
                    "Send a token of this hub as `Authorization: Bearer …`."));
    check(principal, needed);
    var call = new Call(request, principal, store, secrets);
    var reply = call.answer(resource);
    if (reply.status() < 400) {
      noted.note(audit, store, call, reply);
    }
    return reply;
  }

  /// Does what a request would do, for somebody who is known already; refused as a request is.
  Reply inside(Permission needed, Request request, Principal principal, Call.Resource resource)
      throws Exception {
    try {
      check(principal, needed);
      return resource.answer(new Call(request, principal, store, secrets));
    } catch (FaultException | SetupException | StoreUnavailableException e) {
      return Problems.reply(request, e);
    }
  }

  private static void check(Principal principal, Permission needed) {
    if (!principal.permission().includes(needed)) {
      throw new FaultException(Fault.NOT_ALLOWED, "This needs the scope `" + needed.word() + "`.");
    }
  }
}
