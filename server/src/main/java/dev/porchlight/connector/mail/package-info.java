/// Leads as e-mail: for people to read on a telephone, with the fields of a StandardLead beside for
/// programs; and e-mails of portals read back.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.mail;
