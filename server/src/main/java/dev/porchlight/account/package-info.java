/// Nodes of the account tree (Mls, Company, Office, Member) and the scope that every query takes.
@org.jspecify.annotations.NullMarked
package dev.porchlight.account;
