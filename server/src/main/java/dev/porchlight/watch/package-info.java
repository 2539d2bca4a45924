/// Searches for listings that accounts and contacts save, the carts they put listings into, and the
/// feeds of what happens to listings that meet a search.
///
/// Each belongs to its holder: an account, or a contact. What a contact holds goes with the contact
/// into other hands, and goes when that is deleted.
@NullMarked
package dev.porchlight.watch;

import org.jspecify.annotations.NullMarked;
