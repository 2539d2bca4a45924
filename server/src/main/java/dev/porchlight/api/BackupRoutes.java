package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.store.Store;
import dev.porchlight.store.backup.BackupException;
import dev.porchlight.store.backup.Backups;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Route;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// `POST /api/v1/backups` and `GET /api/v1/backups`: for administrators who see everything.
///
/// The backup stays on the hub's machine; the answer, sent when it is whole, says where. There are
/// few, so the list has one page.
public final class BackupRoutes {
  private final Gate gate;
  private final Backups backups;

  public BackupRoutes(
      Store store, Principals principals, Secrets secrets, Audit audit, Backups backups) {
    gate = new Gate(principals, store, secrets, audit);
    this.backups = backups;
  }

  public List<Route> routes() {
    return List.of(route("POST", this::make), route("GET", this::list));
  }

  private Route route(String method, Call.Resource resource) {
    return new Route(
        method,
        "/api/v1/backups",
        gate.handler(Permission.ADMIN, new Noted(method + " /api/v1/backups"), resource),
        new Problems());
  }

  private Reply make(Call call) throws Exception {
    all(call);
    boolean withKey = call.members(Set.of("include_key")).flag("include_key").orElse(false);
    try {
      return Call.reply(201, view(backups.make(withKey)));
    } catch (BackupException e) {
      throw new FaultException(Fault.STATE_CONFLICT, e.getMessage() + ".");
    }
  }

  private Reply list(Call call) {
    all(call);
    call.filters();
    var reply = Json.object();
    var items = reply.putArray("items");
    backups.list().forEach(b -> items.add(view(b)));
    reply.putNull("next_cursor");
    return Call.ok(reply);
  }

  private static void all(Call call) {
    if (!call.scope().everything()) {
      throw new FaultException(Fault.NOT_ALLOWED, "This token does not see everything.");
    }
  }

  private static ObjectNode view(Backups.Backup backup) {
    var view = Json.object();
    view.put("name", backup.name());
    view.put("folder", backup.folder().toAbsolutePath().toString());
    view.setAll(backup.manifest().toJson());
    view.remove("format");
    return view;
  }
}
