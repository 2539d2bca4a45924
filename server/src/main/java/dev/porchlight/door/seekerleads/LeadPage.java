package dev.porchlight.door.seekerleads;

import dev.porchlight.connector.Written;
import dev.porchlight.desk.LeadWalk;
import dev.porchlight.desk.feed.ListingNames;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.node.ObjectNode;

/// A page of leads as a reply. Where all leads of it are short, as they nearly always are, it is
/// put together at once; where some are long it is written lead by lead, so that a page of the
/// longest ones takes no more memory than one of them.
///
/// A page is never shorter than asked for because of its size: clients take a short page for the
/// end of the window.
///
/// @param head the members beside the leads
record LeadPage(ObjectNode head, List<LeadWalk.Ingested> leads, SeekerLeadsApi.Parts parts) {
  private static final int BUFFER = 64 * 1024;

  Reply reply() {
    if (leads.stream().allMatch(LeadWalk.Ingested::isWhole)) {
      var out = new ByteArrayOutputStream(BUFFER);
      try (var json = generator(out)) {
        begin(json);
        written(parts, leads).forEach(lead -> item(json, lead));
        end(json);
      }
      return Reply.of(200, "application/json", out.toByteArray()).with("Cache-Control", "no-store");
    }
    return new Reply.Parted(
        200, List.of(Map.entry("Cache-Control", "no-store")), "application/json", this::write);
  }

  private void write(OutputStream out) throws IOException {
    var buffered = new BufferedOutputStream(out, BUFFER);
    try (var json = generator(buffered)) {
      begin(json);
      for (var lead : leads) {
        written(parts, List.of(parts.leads().getWhole(lead))).forEach(l -> item(json, l));
      }
      end(json);
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
    buffered.flush();
  }

  /// Ends nothing by itself: what breaks off must look broken off.
  private static JsonGenerator generator(OutputStream out) {
    return Json.mapper()
        .writer()
        .without(StreamWriteFeature.AUTO_CLOSE_CONTENT)
        .without(StreamWriteFeature.AUTO_CLOSE_TARGET)
        .createGenerator(out);
  }

  private void begin(JsonGenerator json) {
    json.writeStartObject();
    head.properties()
        .forEach(member -> {
          json.writeName(member.getKey());
          json.writeTree(member.getValue());
        });
    json.writeName("items");
    json.writeStartArray();
  }

  private static void item(JsonGenerator json, byte[] lead) {
    json.writeRawValue(new String(lead, StandardCharsets.UTF_8));
  }

  private static void end(JsonGenerator json) {
    json.writeEndArray();
    json.writeEndObject();
  }

  /// Leads as the contract has them, each one JSON object; without those that can't be read, which
  /// the doctor names.
  static List<byte[]> written(SeekerLeadsApi.Parts parts, List<LeadWalk.Ingested> leads) {
    var landed =
        leads.stream()
            .flatMap(l ->
                parts.leads().message(l).stream()
                    .map(m -> new ListingNames.Landed(m, l.lead().officeId())))
            .toList();
    var written = new ArrayList<byte[]>();
    for (var message : parts.names().complete(landed)) {
      switch (parts.writer().apply(message)) {
        case Written.Bytes(var body, _, _) -> written.add(body);
        case Written.CannotWrite(var reasons) ->
            throw new IllegalStateException(
                "lead " + message.id() + " can't be written: " + String.join(" ", reasons));
      }
    }
    return written;
  }
}
