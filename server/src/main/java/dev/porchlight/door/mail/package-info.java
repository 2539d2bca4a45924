/// Where mails of leads come in: a listener for SMTP, with an address for each source.
@org.jspecify.annotations.NullMarked
package dev.porchlight.door.mail;
