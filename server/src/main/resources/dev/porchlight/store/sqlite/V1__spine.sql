-- WITHOUT ROWID where rows are small: such a table spills what exceeds a quarter of a page into a
-- page of its own, so tables whose rows hold JSON, headers or bodies are ordinary ones.

-- The one ordered record of all that happened. Times are microseconds since 1970 everywhere.
CREATE TABLE log (
  seq     INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  ref     TEXT NOT NULL
);
CREATE INDEX log_subject ON log (subject, seq);

-- Every version of every setting; the newest of an id holds, a null body removes it.
CREATE TABLE setting (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  seq  INTEGER NOT NULL,
  at   INTEGER NOT NULL,
  body TEXT,
  PRIMARY KEY (kind, id, seq)
) WITHOUT ROWID;

-- Keys and tokens that we only check: SHA-256 of what the client sends.
CREATE TABLE credential (
  hash       TEXT PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,   -- source | token | link | sign_in | spark | client_token | client_secret | party
  owner      TEXT NOT NULL,   -- the source's id, the token's name, the lead's id, the client's or party's id
  body       TEXT NOT NULL,   -- JSON: scopes, node, hint
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;
CREATE INDEX credential_owner ON credential (kind, owner);

-- The one session of a Spark key; hash is the SHA-256 of its token.
CREATE TABLE spark_session (
  key_id     TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL
) WITHOUT ROWID;

-- What an account has granted to a Spark key by OAuth 2; codes and tokens as SHA-256.
CREATE TABLE spark_grant (
  id           TEXT PRIMARY KEY,
  key_id       TEXT NOT NULL,
  account_id   TEXT NOT NULL,
  contact_id   TEXT,
  code_hash    TEXT NOT NULL,   -- empty when there was no code
  redirect_uri TEXT NOT NULL,
  refresh_hash TEXT NOT NULL,   -- empty until the first tokens
  scope        TEXT NOT NULL,   -- of OpenID Connect; else empty
  nonce        TEXT NOT NULL,
  challenge    TEXT NOT NULL,   -- of PKCE, S256; else empty
  created_at   INTEGER NOT NULL,
  exchanged_at INTEGER,         -- when it last gave tokens
  revoked_at   INTEGER
) WITHOUT ROWID;
CREATE INDEX spark_grant_code ON spark_grant (code_hash) WHERE code_hash <> '';
CREATE INDEX spark_grant_refresh ON spark_grant (refresh_hash) WHERE refresh_hash <> '';
CREATE INDEX spark_grant_waiting ON spark_grant (created_at) WHERE exchanged_at IS NULL;
CREATE INDEX spark_grant_given ON spark_grant (exchanged_at) WHERE exchanged_at IS NOT NULL;

CREATE TABLE spark_access (
  hash       TEXT PRIMARY KEY,
  grant_id   TEXT NOT NULL,
  key_id     TEXT NOT NULL,
  account_id TEXT NOT NULL,
  contact_id TEXT,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX spark_access_grant ON spark_access (grant_id);
CREATE INDEX spark_access_expires ON spark_access (expires_at);

-- Argon2id hashes of the passwords that members type.
CREATE TABLE member_password (
  member_id TEXT PRIMARY KEY,
  hash      TEXT NOT NULL,
  at        INTEGER NOT NULL
) WITHOUT ROWID;

-- Who is signed in at the console; hash is the SHA-256 of the cookie's token.
CREATE TABLE console_session (
  hash       TEXT PRIMARY KEY,
  id         TEXT NOT NULL,
  member_id  TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL,
  client     TEXT NOT NULL,
  address    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX console_session_member ON console_session (member_id);

-- Who did what, and who looked at whom.
CREATE TABLE audit (
  id        TEXT PRIMARY KEY,
  at        INTEGER NOT NULL,
  principal TEXT NOT NULL,
  act       TEXT NOT NULL,
  subject   TEXT NOT NULL,
  address   TEXT NOT NULL,
  deed      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_principal ON audit (principal, id);
CREATE INDEX audit_deed ON audit (deed, id);

-- Secrets that we must use: sealed with the hub's key.
CREATE TABLE secret (
  owner      TEXT NOT NULL,
  id         TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;

-- One request as it arrived, what was drawn for it, and what became of it.
CREATE TABLE receipt (
  id           TEXT NOT NULL PRIMARY KEY,
  at           INTEGER NOT NULL,
  seed         TEXT NOT NULL,
  counter      INTEGER NOT NULL,
  source_id    TEXT NOT NULL,
  office_id    TEXT NOT NULL,
  channel      TEXT NOT NULL,
  content_type TEXT NOT NULL,
  headers      TEXT NOT NULL,
  size         INTEGER NOT NULL,
  state        TEXT NOT NULL,   -- done | repeat | owed | quarantined | refused | aside | mended | erased
  message      TEXT NOT NULL,
  guid         TEXT NOT NULL,
  lead_id      TEXT,
  version      INTEGER NOT NULL,
  reason       TEXT NOT NULL,
  signature    TEXT NOT NULL,
  corrects     TEXT,
  settled_seq  INTEGER NOT NULL,
  erased_at    INTEGER
);
CREATE INDEX receipt_open ON receipt (state, id) WHERE state IN ('owed', 'quarantined', 'refused', 'aside', 'mended', 'repeat', 'erased');
CREATE INDEX receipt_office_open ON receipt (office_id, state, id) WHERE state IN ('owed', 'quarantined', 'refused', 'aside', 'mended', 'repeat', 'erased');
CREATE INDEX receipt_lead ON receipt (lead_id, id) WHERE lead_id IS NOT NULL;
CREATE INDEX receipt_source ON receipt (source_id, id);
CREATE INDEX receipt_office ON receipt (office_id, id);
-- What its sender was told to call it, while nothing was decided.
CREATE INDEX receipt_guid ON receipt (guid) WHERE state = 'owed';
CREATE INDEX receipt_corrects ON receipt (corrects) WHERE corrects IS NOT NULL;

-- Receipts that somebody put aside, or took back from there, since nobody will mend them.
CREATE TABLE receipt_aside (
  receipt_id TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  aside      INTEGER NOT NULL,   -- 1 put aside, 0 taken back
  was        TEXT NOT NULL,      -- the state in which it is without that: quarantined | refused
  principal  TEXT NOT NULL,
  reason     TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (receipt_id, seq)
);

CREATE TABLE receipt_raw (
  receipt_id TEXT PRIMARY KEY,
  codec      INTEGER NOT NULL,  -- 0 as it is, 1 deflated
  body       BLOB NOT NULL
);

-- What no retention drops, since somebody said so.
CREATE TABLE pin (
  kind      TEXT NOT NULL,   -- receipt | lead | delivery
  id        TEXT NOT NULL,
  principal TEXT NOT NULL,
  at        INTEGER NOT NULL,
  reason    TEXT NOT NULL,   -- why; empty where nobody said
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TABLE violation (
  receipt_id TEXT NOT NULL,
  n          INTEGER NOT NULL,
  pointer    TEXT NOT NULL,
  rule       TEXT NOT NULL,
  action     TEXT NOT NULL,
  PRIMARY KEY (receipt_id, n)
) WITHOUT ROWID;

-- What makes a receipt one more version of a lead: the sender's id, or what stands in for it.
CREATE TABLE lead_key (
  source_id TEXT NOT NULL,
  value     TEXT NOT NULL,
  lead_id   TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (source_id, value)
) WITHOUT ROWID;

CREATE TABLE lead (
  id          TEXT PRIMARY KEY,
  source_id   TEXT NOT NULL,
  external_id TEXT NOT NULL,
  derived     INTEGER NOT NULL,
  guid        TEXT NOT NULL,
  office_id   TEXT NOT NULL,
  person_id   TEXT NOT NULL,
  contact_id  TEXT NOT NULL,
  test        INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  evidence    TEXT NOT NULL,
  answers     TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  -- Its value in lead_key, so that an erasure finds that row; empty once erased.
  key_value   TEXT NOT NULL,
  erased_at   INTEGER
) WITHOUT ROWID;
CREATE INDEX lead_seq ON lead (seq);
CREATE INDEX lead_contact ON lead (contact_id, seq);
CREATE INDEX lead_person ON lead (person_id);
CREATE INDEX lead_external ON lead (external_id);
CREATE INDEX lead_guid ON lead (guid);
CREATE INDEX lead_office ON lead (office_id, seq);
CREATE INDEX lead_source ON lead (source_id, seq);

CREATE TABLE lead_version (
  lead_id     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  receipt_id  TEXT NOT NULL,
  at          INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  fact        TEXT NOT NULL,
  said_at     INTEGER,            -- when its sender made it, where the contract says that
  as_of       INTEGER NOT NULL,   -- the log entry as of which it is the sender's word
  emptied     INTEGER NOT NULL,   -- its sender shows the person as erased
  PRIMARY KEY (lead_id, version)
);

-- When leads are to be erased whose sender named a moment for it, in the newest version.
CREATE TABLE lead_deadline (
  lead_id TEXT PRIMARY KEY,
  at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX lead_deadline_at ON lead_deadline (at);

-- By what names a lead tells its listing, in any of its versions.
CREATE TABLE lead_about (
  root_id TEXT NOT NULL,
  name    TEXT NOT NULL,   -- its kind and a newline before it
  lead_id TEXT NOT NULL,
  PRIMARY KEY (root_id, name, lead_id)
) WITHOUT ROWID;
CREATE INDEX lead_about_lead ON lead_about (lead_id);

-- Every content a lead was ever sent with, so that a late repeat of an old one is known as such.
CREATE TABLE lead_fingerprint (
  lead_id     TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  version     INTEGER NOT NULL,
  PRIMARY KEY (lead_id, fingerprint)
) WITHOUT ROWID;

CREATE TABLE person (
  id         TEXT PRIMARY KEY,
  company_id TEXT NOT NULL,
  -- The folded family names that they were met under, as a JSON list.
  families   TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  erased_at  INTEGER
) WITHOUT ROWID;

CREATE TABLE person_email (
  company_id TEXT NOT NULL,
  email      TEXT NOT NULL,
  person_id  TEXT NOT NULL,
  PRIMARY KEY (company_id, email)
) WITHOUT ROWID;

-- All persons of a company who gave one phone number, as JSON: {"list": [{"person": id}]}
CREATE TABLE person_phone (
  company_id TEXT NOT NULL,
  phone      TEXT NOT NULL,
  persons    TEXT NOT NULL,
  PRIMARY KEY (company_id, phone)
) WITHOUT ROWID;

-- By what a person is known, to find those rows again.
CREATE TABLE person_key (
  person_id TEXT NOT NULL,
  kind      TEXT NOT NULL,   -- email | phone
  value     TEXT NOT NULL,
  PRIMARY KEY (person_id, kind, value)
) WITHOUT ROWID;

-- What a decision about one person saw of another. When that other is erased the row stays without
-- naming them, so that a rebuild still decides as was decided.
CREATE TABLE identity_seen (
  ref       TEXT NOT NULL,      -- a receipt's id, or `edit` and a place in the log
  person_id TEXT NOT NULL,      -- the other; `erased` for all who are
  what      INTEGER NOT NULL,   -- 1 had the e-mail, 2 shared the phone, 4 was the first whom the phone fitted
  PRIMARY KEY (ref, person_id)
) WITHOUT ROWID;
CREATE INDEX identity_seen_person ON identity_seen (person_id);

-- What a receipt whose lead was erased said of its person, for as long as that person is kept.
CREATE TABLE receipt_person (
  receipt_id TEXT PRIMARY KEY,
  enquirer   TEXT NOT NULL
);

-- What was erased, when and by whom; names nobody.
CREATE TABLE erasure (
  id         TEXT NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,   -- person | retention
  subject    TEXT NOT NULL,   -- the person's id; the source's
  company_id TEXT NOT NULL,
  principal  TEXT NOT NULL,
  begun_at   INTEGER NOT NULL,
  ended_at   INTEGER,
  counts     TEXT NOT NULL
);
CREATE INDEX erasure_subject ON erasure (subject, id);
CREATE INDEX erasure_open ON erasure (id) WHERE ended_at IS NULL;

CREATE TABLE possible_duplicate (
  person_a   TEXT NOT NULL,
  person_b   TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  evidence   TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (person_a, person_b)
) WITHOUT ROWID;
CREATE INDEX possible_duplicate_other ON possible_duplicate (person_b);

-- owned_seq: the log entry since which it stands in its owner's list. A deleted one keeps its row and
-- is in no list.
CREATE TABLE contact (
  id          TEXT NOT NULL PRIMARY KEY,
  person_id   TEXT NOT NULL,
  office_id   TEXT NOT NULL,
  owner_id    TEXT NOT NULL,
  owned_seq   INTEGER NOT NULL,
  connected   INTEGER NOT NULL,
  body        TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  deleted_at  INTEGER
);
CREATE INDEX contact_seq ON contact (seq);
CREATE INDEX contact_person ON contact (person_id, office_id);

-- What filters and orders look at, one row per contact that is not deleted, an owner's together.
-- Texts are folded and cut to 300 characters; modified_at is the log's time of the last change.
CREATE TABLE contact_search (
  owner_id     TEXT NOT NULL,
  owned_seq    INTEGER NOT NULL,
  contact_id   TEXT NOT NULL,
  connected    INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  modified_at  INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  primary_email TEXT,
  primary_phone_number TEXT,
  given_name   TEXT,
  family_name  TEXT,
  middle_name TEXT,
  spouse_given_name TEXT,
  spouse_middle_name TEXT,
  spouse_family_name TEXT,
  home_phone_number TEXT,
  work_phone_number TEXT,
  fax_phone_number TEXT,
  mobile_phone_number TEXT,
  pager_phone_number TEXT,
  other_phone_number TEXT,
  mobile_phone_country_code TEXT,
  home_street_address TEXT,
  home_locality TEXT,
  home_region TEXT,
  home_postal_code TEXT,
  work_street_address TEXT,
  work_locality TEXT,
  work_region TEXT,
  work_postal_code TEXT,
  organization TEXT,
  position TEXT,
  birthday TEXT,
  anniversary TEXT,
  assistant TEXT,
  children TEXT,
  status TEXT,
  other TEXT,
  pets TEXT,
  referred_by TEXT,
  salutation TEXT,
  PRIMARY KEY (owner_id, owned_seq)
) WITHOUT ROWID;
-- For walks over the contacts of many owners.
CREATE INDEX contact_search_walk ON contact_search (connected, owned_seq);
CREATE INDEX contact_search_order ON contact_search (connected, display_name, contact_id);
CREATE INDEX contact_search_name ON contact_search (owner_id, connected, display_name, contact_id);
CREATE INDEX contact_search_modified ON contact_search (owner_id, connected, modified_at, contact_id);
-- Each begins alike, so that a planner without statistics takes the one that is equal in most.
CREATE INDEX contact_search_email ON contact_search (owner_id, connected, primary_email);
CREATE INDEX contact_search_phone ON contact_search (owner_id, connected, primary_phone_number);
CREATE INDEX contact_search_family ON contact_search (owner_id, connected, family_name);

-- The tags of contacts: folded, and as they were written.
CREATE TABLE contact_tag (
  owner_id   TEXT NOT NULL,
  tag        TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  written    TEXT NOT NULL,
  PRIMARY KEY (owner_id, tag, contact_id)
) WITHOUT ROWID;
CREATE INDEX contact_tag_contact ON contact_tag (contact_id, tag);

-- Which accounts consumers have asked for; a consumer has the id of the contact that they signed in
-- as first.
CREATE TABLE consumer_link (
  consumer_id TEXT NOT NULL,
  agent_id    TEXT NOT NULL,
  contact_id  TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (consumer_id, agent_id)
) WITHOUT ROWID;
CREATE INDEX consumer_link_contact ON consumer_link (contact_id);

-- The accounts with which contacts sign in; password_hash is Argon2id, login the folded name.
CREATE TABLE portal_account (
  contact_id    TEXT PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  login_name    TEXT,
  login         TEXT,
  password_hash TEXT,
  enabled       INTEGER NOT NULL,
  language      TEXT NOT NULL,
  active_at     INTEGER,
  signed_in_at  INTEGER,
  created_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX portal_account_login ON portal_account (login) WHERE login IS NOT NULL;

-- Where an owner's contacts sign in; required are contacts' attributes, with commas between.
CREATE TABLE portal (
  owner_id     TEXT PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  enabled      INTEGER NOT NULL,
  required     TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  modified_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- Searches for listings. The holder is an account or a contact; seq is the log entry of the last
-- change, by which a matcher follows.
CREATE TABLE saved_search (
  id              TEXT NOT NULL PRIMARY KEY,
  holder_id       TEXT NOT NULL,
  maker_id        TEXT NOT NULL,
  name            TEXT NOT NULL,
  folded          TEXT NOT NULL,
  description     TEXT,
  filter          TEXT NOT NULL,
  quick_search_id TEXT,
  tags            TEXT NOT NULL,
  annotations     TEXT,
  seq             INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  modified_at     INTEGER NOT NULL
);
CREATE INDEX saved_search_holder ON saved_search (holder_id, folded, id);
CREATE INDEX saved_search_seq ON saved_search (seq);

-- To which contacts an account has given its searches.
CREATE TABLE saved_search_contact (
  search_id  TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  PRIMARY KEY (search_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX saved_search_contact_contact ON saved_search_contact (contact_id, search_id);

-- Listings put together by an account or a contact.
CREATE TABLE listing_cart (
  id          TEXT PRIMARY KEY,
  holder_id   TEXT NOT NULL,
  maker_id    TEXT NOT NULL,
  name        TEXT NOT NULL,
  folded      TEXT NOT NULL,
  type        TEXT NOT NULL,   -- Custom | Favorites | Rejects
  listings    INTEGER NOT NULL,
  next_n      INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX listing_cart_holder ON listing_cart (holder_id, folded, id);

CREATE TABLE listing_cart_item (
  cart_id    TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  n          INTEGER NOT NULL,   -- its place in the cart
  PRIMARY KEY (cart_id, listing_id)
) WITHOUT ROWID;

-- Listings that carts have a place for until somebody speaks of them.
CREATE TABLE listing_cart_awaited (
  root_id TEXT NOT NULL,
  number  TEXT NOT NULL,
  cart_id TEXT NOT NULL,
  PRIMARY KEY (root_id, number, cart_id)
) WITHOUT ROWID;
CREATE INDEX listing_cart_awaited_cart ON listing_cart_awaited (cart_id);

-- Subscriptions to saved searches.
CREATE TABLE news_feed (
  id          TEXT PRIMARY KEY,
  holder_id   TEXT NOT NULL,
  search_id   TEXT NOT NULL,
  name        TEXT NOT NULL,
  active      INTEGER NOT NULL,
  notifying   INTEGER NOT NULL,
  curated     INTEGER NOT NULL,
  events      TEXT NOT NULL,   -- with commas between
  expires_on  TEXT,
  seq         INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX news_feed_holder ON news_feed (holder_id, id);
CREATE UNIQUE INDEX news_feed_search ON news_feed (search_id, holder_id);

-- What happened to a listing, with all the feeds that it is in. seq is the log entry; an entry is a
-- feed's id (two digits a byte), what happened, flags.
CREATE TABLE feed_block (
  seq        INTEGER PRIMARY KEY,
  root_id    TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  at         INTEGER NOT NULL,
  shown      TEXT NOT NULL,   -- JSON
  entries    BLOB NOT NULL
);

-- The same in order by feed: for each feed in some blocks up to one of them its events, newest first:
-- how far each is from the one before, seven bits a byte, what happened, flags.
CREATE TABLE feed_page (
  feed_id TEXT NOT NULL,
  upto    INTEGER NOT NULL,
  events  BLOB NOT NULL,
  PRIMARY KEY (feed_id, upto)
) WITHOUT ROWID;
CREATE INDEX feed_page_upto ON feed_page (upto);

-- What people have said of an event in a feed.
CREATE TABLE feed_mark (
  feed_id  TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  viewed   INTEGER NOT NULL,
  PRIMARY KEY (feed_id, seq)
) WITHOUT ROWID;
CREATE INDEX feed_mark_seq ON feed_mark (seq);

-- How far in the log listings have been matched; up to which block feeds have pages.
CREATE TABLE feed_place (
  name TEXT PRIMARY KEY,
  seq  INTEGER NOT NULL
) WITHOUT ROWID;

-- When a holder's feeds tell what has happened; numbers with commas between.
CREATE TABLE feed_schedule (
  holder_id  TEXT PRIMARY KEY,
  id         TEXT NOT NULL,
  instant    INTEGER NOT NULL,
  hours      TEXT NOT NULL,
  weekdays   TEXT NOT NULL,
  month_days TEXT NOT NULL,
  zone       TEXT,               -- null: that of the account tree
  created_at INTEGER NOT NULL,
  told       INTEGER NOT NULL,   -- listings' changes up to this log entry
  told_at    INTEGER,
  due_at     INTEGER             -- null: nothing to tell
) WITHOUT ROWID;
CREATE INDEX feed_schedule_due ON feed_schedule (due_at) WHERE due_at IS NOT NULL;

-- Events of feeds that were approved after their holders might have been told of them.
CREATE TABLE feed_owed (
  holder_id TEXT NOT NULL,
  feed_id   TEXT NOT NULL,
  seq       INTEGER NOT NULL,
  PRIMARY KEY (holder_id, feed_id, seq)
) WITHOUT ROWID;

-- What a holder was told, by mail and by events.
CREATE TABLE feed_notice (
  id        TEXT NOT NULL PRIMARY KEY,
  holder_id TEXT NOT NULL,
  at        INTEGER NOT NULL,
  items     TEXT NOT NULL,   -- feed-seq, with commas between
  addresses TEXT NOT NULL    -- JSON
);
CREATE INDEX feed_notice_holder ON feed_notice (holder_id, id);

-- Who wants no mail about listings.
CREATE TABLE feed_optout (
  holder_id TEXT PRIMARY KEY,
  at        INTEGER NOT NULL
) WITHOUT ROWID;

-- Messages to members.
CREATE TABLE member_message (
  id           TEXT NOT NULL PRIMARY KEY,
  recipient_id TEXT NOT NULL,
  type         TEXT NOT NULL,
  subject      TEXT NOT NULL,
  body         TEXT NOT NULL,
  sender_id    TEXT,
  listing_id   TEXT,
  created_at   INTEGER NOT NULL
);
CREATE INDEX member_message_recipient ON member_message (recipient_id, id);
CREATE INDEX member_message_sender ON member_message (sender_id);

-- What was remarked about contacts.
CREATE TABLE contact_comment (
  contact_id TEXT NOT NULL,
  id         TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (contact_id, id)
);

-- What members typed into contacts, in the log's order; body is JSON.
CREATE TABLE contact_edit (
  seq        INTEGER PRIMARY KEY,
  contact_id TEXT NOT NULL,
  body       TEXT NOT NULL,
  principal  TEXT NOT NULL
);
CREATE INDEX contact_edit_contact ON contact_edit (contact_id, seq);

-- Which contact a person has in an office.
CREATE TABLE person_contact (
  person_id  TEXT NOT NULL,
  office_id  TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  PRIMARY KEY (person_id, office_id)
) WITHOUT ROWID;

-- One event owed to one endpoint; as planned, and how it stands.
CREATE TABLE delivery (
  id          TEXT PRIMARY KEY,
  seq         INTEGER NOT NULL,
  endpoint_id TEXT NOT NULL,
  order_key   TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  kind        TEXT NOT NULL,
  lead_id     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  office_id   TEXT NOT NULL,
  planned_at  INTEGER NOT NULL,
  why         TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX delivery_lane ON delivery (endpoint_id, order_key, seq);
CREATE INDEX delivery_lead ON delivery (lead_id, seq);
CREATE INDEX delivery_seq ON delivery (seq);
CREATE INDEX delivery_endpoint ON delivery (endpoint_id, seq);
CREATE INDEX delivery_office ON delivery (office_id, seq);
CREATE INDEX delivery_event ON delivery (event_id);

-- Deliveries that were planned after their event, because somebody asked for it.
CREATE TABLE late_delivery (
  delivery_id TEXT PRIMARY KEY
) WITHOUT ROWID;

-- The endpoints within reach that an event was not planned for, and why: body is a JSON list.
CREATE TABLE left_out (
  seq     INTEGER PRIMARY KEY,
  lead_id TEXT NOT NULL,
  kind    TEXT NOT NULL,
  version INTEGER NOT NULL,
  body    TEXT NOT NULL
);
CREATE INDEX left_out_lead ON left_out (lead_id, seq);

-- endpoint_id and seq are the delivery's, so that deliveries are found by these and state together.
CREATE TABLE delivery_state (
  delivery_id TEXT PRIMARY KEY,
  endpoint_id TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  state       TEXT NOT NULL,   -- pending | delivered | dead | unwritable | dropped
  attempts    INTEGER NOT NULL,
  tries       INTEGER NOT NULL,
  passed      INTEGER NOT NULL,
  next_at     INTEGER,
  ended_at    INTEGER,
  reason      TEXT NOT NULL,
  losses      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX delivery_state_seq ON delivery_state (state, seq);
CREATE INDEX delivery_state_endpoint ON delivery_state (endpoint_id, state, seq);

-- A lane stands while something in it is due.
CREATE TABLE lane (
  endpoint_id TEXT NOT NULL,
  order_key   TEXT NOT NULL,
  due_at      INTEGER NOT NULL,
  pending     INTEGER NOT NULL,
  passed      INTEGER NOT NULL,
  blocked     INTEGER NOT NULL,
  owner       TEXT,
  leased_until INTEGER,
  fence       INTEGER NOT NULL,
  PRIMARY KEY (endpoint_id, order_key)
) WITHOUT ROWID;
CREATE INDEX lane_due ON lane (endpoint_id, due_at);

-- How endpoints fare that don't take what they are sent; one that does has no row.
CREATE TABLE endpoint_health (
  endpoint_id   TEXT PRIMARY KEY,
  failures      INTEGER NOT NULL,   -- in a row, of the kind that shuts it
  failing_since INTEGER NOT NULL,
  failed_at     INTEGER NOT NULL,   -- the last time
  shut_until    INTEGER,            -- nothing is attempted before, then one at a time
  pauses        INTEGER NOT NULL,
  probing_until INTEGER,
  noticed       INTEGER NOT NULL,   -- percent of its patience that somebody was told of
  noticed_at    INTEGER,            -- when, in this run
  reason        TEXT NOT NULL
);

-- From behind which place in the log the receiver of an endpoint, who asks for its events, has asked
-- on: what stands up to there it has.
CREATE TABLE feed_asked (
  endpoint_id TEXT PRIMARY KEY,
  place       INTEGER NOT NULL
);

CREATE TABLE attempt (
  delivery_id TEXT NOT NULL,
  n           INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  micros      INTEGER NOT NULL,
  outcome     TEXT NOT NULL,   -- delivered | refused | unreachable | guarded | defect
  status      INTEGER,
  error       TEXT NOT NULL,
  answer      BLOB NOT NULL,
  sent_bytes  INTEGER NOT NULL,
  sent_sha256 BLOB NOT NULL,   -- of the body; empty when nothing was sent
  PRIMARY KEY (delivery_id, n)
) WITHOUT ROWID;

-- The words of what receivers answered; n is the attempt's, 0 for why nothing could be written.
CREATE TABLE answer_word (
  word        TEXT NOT NULL,
  seq         INTEGER NOT NULL,   -- the delivery's
  delivery_id TEXT NOT NULL,
  n           INTEGER NOT NULL,
  endpoint_id TEXT NOT NULL,
  PRIMARY KEY (word, seq, delivery_id, n)
) WITHOUT ROWID;
CREATE INDEX answer_word_delivery ON answer_word (delivery_id, n);

-- The attempts at clients' subscriptions once more, in the order in which clients ask for them.
CREATE TABLE notification (
  endpoint_id TEXT NOT NULL,
  at          INTEGER NOT NULL,
  delivery_id TEXT NOT NULL,
  n           INTEGER NOT NULL,
  lead_id     TEXT NOT NULL,
  delivered   INTEGER NOT NULL,
  status      INTEGER,
  PRIMARY KEY (endpoint_id, at, delivery_id, n)
) WITHOUT ROWID;
CREATE INDEX notification_delivered ON notification (endpoint_id, at) WHERE delivered = 1;

-- Jobs that deliver past events to an endpoint; wanted is JSON.
CREATE TABLE replay (
  id           TEXT NOT NULL PRIMARY KEY,
  endpoint_id  TEXT NOT NULL,
  wanted       TEXT NOT NULL,
  per_second   INTEGER NOT NULL,
  state        TEXT NOT NULL,   -- running | paused | stopped | finished
  place        INTEGER NOT NULL, -- up to which log entry it has looked
  part         TEXT NOT NULL,    -- of the entry behind, the last delivery it is done with
  planned      INTEGER NOT NULL,
  retried      INTEGER NOT NULL,
  passed_over  INTEGER NOT NULL,
  reason       TEXT NOT NULL,
  principal    TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  owner        TEXT,
  leased_until INTEGER
);
CREATE INDEX replay_running ON replay (state) WHERE state = 'running';

-- The leads of a person at a source that sends mails too, for joining what comes by both channels:
-- hashes, as JSON.
CREATE TABLE twin (
  source_id TEXT NOT NULL,
  who       TEXT NOT NULL,
  leads     TEXT NOT NULL,
  PRIMARY KEY (source_id, who)
) WITHOUT ROWID;

-- Who answered a lead first because of the place that it is about.
CREATE TABLE lead_routed (
  lead_id TEXT PRIMARY KEY,
  answers TEXT NOT NULL   -- JSON
) WITHOUT ROWID;

-- Of a lead that came by mail: whether it was made of one, and the key that the other channel has
-- for it, empty while that was silent.
CREATE TABLE lead_mail (
  lead_id   TEXT NOT NULL PRIMARY KEY,
  by_mail   INTEGER NOT NULL,
  other_key TEXT NOT NULL
);

-- What no endpoint has taken, or nobody can read, and so went to its office by mail; once each.
CREATE TABLE fallback (
  ref         TEXT NOT NULL PRIMARY KEY,   -- the lead's id, or the receipt's
  delivery_id TEXT NOT NULL,
  at          INTEGER NOT NULL
);

-- How far deliveries and receipts were looked at for that.
CREATE TABLE fallback_place (
  kind  TEXT NOT NULL PRIMARY KEY,   -- delivery | receipt | held and a source's id | told or spared and an endpoint's
  place TEXT NOT NULL                -- a place in the log; a receipt's id, or empty; a time
);

-- A property on offer: what senders call it, and the office that offers it. The root is the Mls above that office.
CREATE TABLE listing (
  id            TEXT PRIMARY KEY,
  root_id       TEXT NOT NULL,
  office_id     TEXT NOT NULL,
  classified_id TEXT,
  mls_name      TEXT,
  mls_id        TEXT,
  url           TEXT,
  created_at    INTEGER NOT NULL,
  modified_at   INTEGER NOT NULL
);
CREATE UNIQUE INDEX listing_classified ON listing (classified_id, root_id) WHERE classified_id IS NOT NULL;
CREATE UNIQUE INDEX listing_mls ON listing (mls_id, mls_name, root_id) WHERE mls_id IS NOT NULL;
CREATE UNIQUE INDEX listing_url ON listing (url, root_id) WHERE url IS NOT NULL;

-- What events said of a listing: its members, each with the stamp of the event that set it.
CREATE TABLE listing_state (
  listing_id TEXT NOT NULL PRIMARY KEY,
  root_id    TEXT NOT NULL,
  office_id  TEXT NOT NULL,
  state      TEXT NOT NULL,
  deleted    INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  seq        INTEGER NOT NULL
);
CREATE INDEX listing_state_seq ON listing_state (seq);

CREATE TABLE listing_version (
  listing_id TEXT NOT NULL,
  version    INTEGER NOT NULL,
  event_id   TEXT NOT NULL,
  topic      TEXT NOT NULL,
  at         INTEGER NOT NULL,
  changes    TEXT NOT NULL,   -- JSON: member, from, to
  PRIMARY KEY (listing_id, version)
);

-- The same after the events whose bodies are no longer kept.
CREATE TABLE listing_base (
  listing_id TEXT NOT NULL PRIMARY KEY,
  root_id    TEXT NOT NULL,
  office_id  TEXT NOT NULL,
  state      TEXT NOT NULL,
  deleted    INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  seq        INTEGER NOT NULL
);

-- The names by which events tell listings.
CREATE TABLE listing_key (
  root_id    TEXT NOT NULL,
  value      TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  PRIMARY KEY (root_id, value)
);
CREATE INDEX listing_key_listing ON listing_key (listing_id);

-- An event that a party published, and what was drawn for it.
CREATE TABLE event (
  id           TEXT NOT NULL PRIMARY KEY,
  seq          INTEGER NOT NULL,
  uri          TEXT NOT NULL UNIQUE,
  publisher_id TEXT NOT NULL,
  at           INTEGER NOT NULL,
  seed         TEXT NOT NULL,
  counter      INTEGER NOT NULL,
  base         TEXT NOT NULL,
  topic        TEXT NOT NULL,
  fingerprint  TEXT NOT NULL,
  time         INTEGER NOT NULL,
  recipient    TEXT NOT NULL,   -- who stood in for a recipient; empty when one was named
  violations   TEXT NOT NULL,
  adopted      TEXT NOT NULL
);
CREATE INDEX event_seq ON event (seq);
CREATE INDEX event_publisher ON event (publisher_id, at);
-- Those that can be about a person.
CREATE INDEX event_personal ON event (seq) WHERE substr(topic, 1, 19) <> 'realestate/listing#';

CREATE TABLE event_raw (
  event_id TEXT NOT NULL PRIMARY KEY,
  codec    INTEGER NOT NULL,
  body     BLOB NOT NULL
);

-- What lies in a party's inbox, in the log's order.
CREATE TABLE event_copy (
  receiver_id TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  event_id    TEXT NOT NULL,
  token       TEXT NOT NULL UNIQUE,
  agent_id    TEXT NOT NULL,
  grant_id    TEXT NOT NULL,
  redaction   TEXT NOT NULL,
  PRIMARY KEY (receiver_id, seq)
);
CREATE INDEX event_copy_event ON event_copy (event_id);

-- Items that came into an inbox once more, as its owner asked for. seq is the log entry.
CREATE TABLE event_again (
  receiver_id TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  event_id    TEXT NOT NULL,
  PRIMARY KEY (receiver_id, seq)
);
CREATE INDEX event_again_event ON event_again (event_id);

-- Jobs that bring items of an inbox once more; wanted is JSON.
CREATE TABLE inbox_replay (
  id           TEXT NOT NULL PRIMARY KEY,
  receiver_id  TEXT NOT NULL,
  wanted       TEXT NOT NULL,
  state        TEXT NOT NULL,    -- running | paused | stopped | finished
  per_second   INTEGER NOT NULL,
  place        INTEGER NOT NULL, -- up to which item it has looked
  replayed     INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  owner        TEXT,
  leased_until INTEGER
);
CREATE INDEX inbox_replay_open ON inbox_replay (receiver_id) WHERE ended_at IS NULL;

-- Events of which something is gone: with a person who was erased, or because their time was over.
CREATE TABLE event_gone (
  event_id TEXT NOT NULL PRIMARY KEY,
  seq      INTEGER NOT NULL,
  aged     INTEGER NOT NULL,   -- its time was over
  listings TEXT NOT NULL       -- those in listing_base that it went into, with commas between
);
CREATE INDEX event_gone_aged ON event_gone (aged, seq);

-- The durable answer to a request that named an Idempotency-Key.
CREATE TABLE idempotent (
  principal    TEXT NOT NULL,
  name         TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status       INTEGER NOT NULL,
  body         TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (principal, name)
);
CREATE INDEX idempotent_at ON idempotent (at);

-- How far a source that is polled has been read. Seconds are the portal's, since 1970; a window of 0
-- to 0 is none. It moves only after what was read is on disk.
CREATE TABLE poll (
  source_id    TEXT PRIMARY KEY,
  covered      INTEGER NOT NULL,   -- the second up to which everything was read
  window_min   INTEGER NOT NULL,   -- the window that is being read
  window_max   INTEGER NOT NULL,
  start_id     TEXT NOT NULL,      -- the portal's id of the last lead read in it; empty at its beginning
  due_at       INTEGER NOT NULL,
  failures     INTEGER NOT NULL,   -- since the last success
  error        TEXT NOT NULL,
  tried_at     INTEGER,
  succeeded_at INTEGER,
  items        INTEGER NOT NULL,   -- handed to the desk so far
  owner        TEXT,
  leased_until INTEGER,
  fence        INTEGER NOT NULL
);

-- What was read in windows that later ones still overlap, as hashes, so that it is taken once.
CREATE TABLE poll_item (
  source_id TEXT NOT NULL,
  hash      TEXT NOT NULL,
  read_to   INTEGER NOT NULL,   -- the end of the window
  lead_id   TEXT,               -- the lead that they became or belong to
  version   INTEGER NOT NULL,   -- its newest version then
  PRIMARY KEY (source_id, hash)
) WITHOUT ROWID;
CREATE INDEX poll_item_age ON poll_item (source_id, read_to);

-- What consumers said, through events, of being written to; the newest of a channel holds.
CREATE TABLE consent (
  person_id    TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  channel      TEXT NOT NULL,   -- email | phone
  given        INTEGER NOT NULL,
  at           INTEGER NOT NULL,   -- when they said so
  address      TEXT NOT NULL,      -- the address or number they gave with it; empty where there was none
  event_id     TEXT NOT NULL,
  uri          TEXT NOT NULL,
  publisher_id TEXT NOT NULL,
  providers    TEXT NOT NULL,      -- JSON
  PRIMARY KEY (person_id, seq)
);

-- What events said became of leads.
CREATE TABLE lead_step (
  lead_id      TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  step         TEXT NOT NULL,
  at           INTEGER NOT NULL,
  event_id     TEXT NOT NULL,
  uri          TEXT NOT NULL,
  publisher_id TEXT NOT NULL,
  agent        TEXT NOT NULL,
  recipient    TEXT NOT NULL,
  participant  TEXT NOT NULL,
  reason       TEXT NOT NULL,
  comment      TEXT NOT NULL,
  answers      TEXT NOT NULL,      -- JSON: who answers the lead since; empty where that stayed
  PRIMARY KEY (lead_id, seq)
);

-- The names that other systems have for contacts.
CREATE TABLE contact_name (
  company_id TEXT NOT NULL,
  name       TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  PRIMARY KEY (company_id, name)
);
CREATE INDEX contact_name_contact ON contact_name (contact_id);

-- Who serves which city or postal code, in every version.
CREATE TABLE service_area (
  company_id       TEXT NOT NULL,
  name             TEXT NOT NULL,
  seq              INTEGER NOT NULL,
  at               INTEGER NOT NULL,
  deleted          INTEGER NOT NULL,
  kind             TEXT,
  locality         TEXT,
  region           TEXT,
  country          TEXT,
  postal_code      TEXT,
  provider         TEXT,
  provider_id      TEXT,
  weight           INTEGER,
  sort_order       INTEGER,
  to_consumer_site INTEGER,
  members          TEXT NOT NULL,  -- JSON, as sent
  event_id         TEXT NOT NULL,
  PRIMARY KEY (company_id, name, seq)
);
CREATE INDEX service_area_seq ON service_area (seq);

-- The areas of each place that are served now: what a lead looks up.
CREATE TABLE service_place (
  company_id TEXT NOT NULL,
  place      TEXT NOT NULL,
  areas      TEXT NOT NULL,  -- JSON: name and seq of each
  PRIMARY KEY (company_id, place)
);
