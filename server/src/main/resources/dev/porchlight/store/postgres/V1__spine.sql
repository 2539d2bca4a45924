-- The one ordered record of all that happened. Times are microseconds since 1970 everywhere.
CREATE TABLE log (
  seq     BIGINT PRIMARY KEY,
  at      BIGINT NOT NULL,
  kind    TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  ref     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX log_subject ON log (subject, seq);

-- Every version of every setting; the newest of an id holds, a null body removes it.
CREATE TABLE setting (
  kind TEXT COLLATE "C" NOT NULL,
  id   TEXT COLLATE "C" NOT NULL,
  seq  BIGINT NOT NULL,
  at   BIGINT NOT NULL,
  body TEXT COLLATE "C",
  PRIMARY KEY (kind, id, seq)
);

CREATE INDEX setting_seq ON setting (seq);

-- The last batch that each hub process has committed: where the connection is lost at the commit,
-- this tells what became of it.
CREATE TABLE batch_mark (
  hub   TEXT COLLATE "C" PRIMARY KEY,
  batch TEXT COLLATE "C" NOT NULL,
  at    BIGINT NOT NULL
) WITH (fillfactor = 30);

-- Keys and tokens that we only check: SHA-256 of what the client sends.
CREATE TABLE credential (
  hash       TEXT COLLATE "C" PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL UNIQUE,
  kind       TEXT COLLATE "C" NOT NULL,   -- source | token | link | sign_in | spark | client_token | client_secret | party
  owner      TEXT COLLATE "C" NOT NULL,   -- the source's id, the token's name, the lead's id, the client's or party's id
  body       TEXT COLLATE "C" NOT NULL,   -- JSON: scopes, node, hint
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX credential_owner ON credential (kind, owner);

-- The one session of a Spark key; hash is the SHA-256 of its token.
CREATE TABLE spark_session (
  key_id     TEXT COLLATE "C" PRIMARY KEY,
  hash       TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL
);

-- What an account has granted to a Spark key by OAuth 2; codes and tokens as SHA-256.
CREATE TABLE spark_grant (
  id           TEXT COLLATE "C" PRIMARY KEY,
  key_id       TEXT COLLATE "C" NOT NULL,
  account_id   TEXT COLLATE "C" NOT NULL,
  contact_id   TEXT COLLATE "C",
  code_hash    TEXT COLLATE "C" NOT NULL,   -- empty when there was no code
  redirect_uri TEXT COLLATE "C" NOT NULL,
  refresh_hash TEXT COLLATE "C" NOT NULL,   -- empty until the first tokens
  scope        TEXT COLLATE "C" NOT NULL,   -- of OpenID Connect; else empty
  nonce        TEXT COLLATE "C" NOT NULL,
  challenge    TEXT COLLATE "C" NOT NULL,   -- of PKCE, S256; else empty
  created_at   BIGINT NOT NULL,
  exchanged_at BIGINT,         -- when it last gave tokens
  revoked_at   BIGINT
);
CREATE INDEX spark_grant_code ON spark_grant (code_hash) WHERE code_hash <> '';
CREATE INDEX spark_grant_refresh ON spark_grant (refresh_hash) WHERE refresh_hash <> '';
CREATE INDEX spark_grant_waiting ON spark_grant (created_at) WHERE exchanged_at IS NULL;
CREATE INDEX spark_grant_given ON spark_grant (exchanged_at) WHERE exchanged_at IS NOT NULL;

CREATE TABLE spark_access (
  hash       TEXT COLLATE "C" PRIMARY KEY,
  grant_id   TEXT COLLATE "C" NOT NULL,
  key_id     TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C",
  expires_at BIGINT NOT NULL
);
CREATE INDEX spark_access_grant ON spark_access (grant_id);
CREATE INDEX spark_access_expires ON spark_access (expires_at);

-- Argon2id hashes of the passwords that members type.
CREATE TABLE member_password (
  member_id TEXT COLLATE "C" PRIMARY KEY,
  hash      TEXT COLLATE "C" NOT NULL,
  at        BIGINT NOT NULL
);

-- Who is signed in at the console; hash is the SHA-256 of the cookie's token.
CREATE TABLE console_session (
  hash       TEXT COLLATE "C" PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL,
  member_id  TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,
  client     TEXT COLLATE "C" NOT NULL,
  address    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX console_session_member ON console_session (member_id);

-- Who did what, and who looked at whom.
CREATE TABLE audit (
  id        TEXT COLLATE "C" PRIMARY KEY,
  at        BIGINT NOT NULL,
  principal TEXT COLLATE "C" NOT NULL,
  act       TEXT COLLATE "C" NOT NULL,
  subject   TEXT COLLATE "C" NOT NULL,
  address   TEXT COLLATE "C" NOT NULL,
  deed      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_principal ON audit (principal, id);
CREATE INDEX audit_deed ON audit (deed, id);

-- Secrets that we must use: sealed with the hub's key.
CREATE TABLE secret (
  owner      TEXT COLLATE "C" NOT NULL,
  id         TEXT COLLATE "C" NOT NULL,
  sealed     BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (owner, id)
);

-- One request as it arrived, what was drawn for it, and what became of it.
CREATE TABLE receipt (
  id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  at           BIGINT NOT NULL,
  seed         TEXT COLLATE "C" NOT NULL,
  counter      BIGINT NOT NULL,
  source_id    TEXT COLLATE "C" NOT NULL,
  office_id    TEXT COLLATE "C" NOT NULL,
  channel      TEXT COLLATE "C" NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  headers      TEXT COLLATE "C" NOT NULL,
  size         BIGINT NOT NULL,
  state        TEXT COLLATE "C" NOT NULL,   -- done | repeat | owed | quarantined | refused | aside | mended | erased
  message      TEXT COLLATE "C" NOT NULL,
  guid         TEXT COLLATE "C" NOT NULL,
  lead_id      TEXT COLLATE "C",
  version      BIGINT NOT NULL,
  reason       TEXT COLLATE "C" NOT NULL,
  signature    TEXT COLLATE "C" NOT NULL,
  corrects     TEXT COLLATE "C",
  settled_seq  BIGINT NOT NULL,
  erased_at    BIGINT
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
  receipt_id TEXT COLLATE "C" NOT NULL,
  seq        BIGINT NOT NULL,
  aside      BIGINT NOT NULL,   -- 1 put aside, 0 taken back
  was        TEXT COLLATE "C" NOT NULL,      -- the state in which it is without that: quarantined | refused
  principal  TEXT COLLATE "C" NOT NULL,
  reason     TEXT COLLATE "C" NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (receipt_id, seq)
);

CREATE TABLE receipt_raw (
  receipt_id TEXT COLLATE "C" PRIMARY KEY,
  codec      BIGINT NOT NULL,  -- 0 as it is, 1 deflated
  body       BYTEA NOT NULL
);

-- What no retention drops, since somebody said so.
CREATE TABLE pin (
  kind      TEXT COLLATE "C" NOT NULL,   -- receipt | lead | delivery
  id        TEXT COLLATE "C" NOT NULL,
  principal TEXT COLLATE "C" NOT NULL,
  at        BIGINT NOT NULL,
  reason    TEXT COLLATE "C" NOT NULL,   -- why; empty where nobody said
  PRIMARY KEY (kind, id)
);

CREATE TABLE violation (
  receipt_id TEXT COLLATE "C" NOT NULL,
  n          BIGINT NOT NULL,
  pointer    TEXT COLLATE "C" NOT NULL,
  rule       TEXT COLLATE "C" NOT NULL,
  action     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (receipt_id, n)
);

-- What makes a receipt one more version of a lead: the sender's id, or what stands in for it.
CREATE TABLE lead_key (
  source_id TEXT COLLATE "C" NOT NULL,
  value     TEXT COLLATE "C" NOT NULL,
  lead_id   TEXT COLLATE "C" NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (source_id, value)
);

CREATE TABLE lead (
  id          TEXT COLLATE "C" PRIMARY KEY,
  source_id   TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  derived     BIGINT NOT NULL,
  guid        TEXT COLLATE "C" NOT NULL,
  office_id   TEXT COLLATE "C" NOT NULL,
  person_id   TEXT COLLATE "C" NOT NULL,
  contact_id  TEXT COLLATE "C" NOT NULL,
  test        BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  evidence    TEXT COLLATE "C" NOT NULL,
  answers     TEXT COLLATE "C" NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  seq         BIGINT NOT NULL,
  -- Its value in lead_key, so that an erasure finds that row; empty once erased.
  key_value   TEXT COLLATE "C" NOT NULL,
  erased_at   BIGINT
);
CREATE INDEX lead_seq ON lead (seq);
CREATE INDEX lead_contact ON lead (contact_id, seq);
CREATE INDEX lead_person ON lead (person_id);
CREATE INDEX lead_external ON lead (external_id);
CREATE INDEX lead_guid ON lead (guid);
CREATE INDEX lead_office ON lead (office_id, seq);
CREATE INDEX lead_source ON lead (source_id, seq);

CREATE TABLE lead_version (
  lead_id     TEXT COLLATE "C" NOT NULL,
  version     BIGINT NOT NULL,
  receipt_id  TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  fact        TEXT COLLATE "C" NOT NULL,
  said_at     BIGINT,            -- when its sender made it, where the contract says that
  as_of       BIGINT NOT NULL,   -- the log entry as of which it is the sender's word
  emptied     BIGINT NOT NULL,   -- its sender shows the person as erased
  PRIMARY KEY (lead_id, version)
);

-- When leads are to be erased whose sender named a moment for it, in the newest version.
CREATE TABLE lead_deadline (
  lead_id TEXT COLLATE "C" PRIMARY KEY,
  at      BIGINT NOT NULL
);
CREATE INDEX lead_deadline_at ON lead_deadline (at);

-- By what names a lead tells its listing, in any of its versions.
CREATE TABLE lead_about (
  root_id TEXT COLLATE "C" NOT NULL,
  name    TEXT COLLATE "C" NOT NULL,   -- its kind and a newline before it
  lead_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (root_id, name, lead_id)
);
CREATE INDEX lead_about_lead ON lead_about (lead_id);

-- Every content a lead was ever sent with, so that a late repeat of an old one is known as such.
CREATE TABLE lead_fingerprint (
  lead_id     TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (lead_id, fingerprint)
);

CREATE TABLE person (
  id         TEXT COLLATE "C" PRIMARY KEY,
  company_id TEXT COLLATE "C" NOT NULL,
  -- The folded family names that they were met under, as a JSON list.
  families   TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  erased_at  BIGINT
);

CREATE TABLE person_email (
  company_id TEXT COLLATE "C" NOT NULL,
  email      TEXT COLLATE "C" NOT NULL,
  person_id  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (company_id, email)
);

-- All persons of a company who gave one phone number, as JSON: {"list": [{"person": id}]}
CREATE TABLE person_phone (
  company_id TEXT COLLATE "C" NOT NULL,
  phone      TEXT COLLATE "C" NOT NULL,
  persons    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (company_id, phone)
);

-- By what a person is known, to find those rows again.
CREATE TABLE person_key (
  person_id TEXT COLLATE "C" NOT NULL,
  kind      TEXT COLLATE "C" NOT NULL,   -- email | phone
  value     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (person_id, kind, value)
);

-- What a decision about one person saw of another. When that other is erased the row stays without
-- naming them, so that a rebuild still decides as was decided.
CREATE TABLE identity_seen (
  ref       TEXT COLLATE "C" NOT NULL,      -- a receipt's id, or `edit` and a place in the log
  person_id TEXT COLLATE "C" NOT NULL,      -- the other; `erased` for all who are
  what      BIGINT NOT NULL,   -- 1 had the e-mail, 2 shared the phone, 4 was the first whom the phone fitted
  PRIMARY KEY (ref, person_id)
);
CREATE INDEX identity_seen_person ON identity_seen (person_id);

-- What a receipt whose lead was erased said of its person, for as long as that person is kept.
CREATE TABLE receipt_person (
  receipt_id TEXT COLLATE "C" PRIMARY KEY,
  enquirer   TEXT COLLATE "C" NOT NULL
);

-- What was erased, when and by whom; names nobody.
CREATE TABLE erasure (
  id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind       TEXT COLLATE "C" NOT NULL,   -- person | retention
  subject    TEXT COLLATE "C" NOT NULL,   -- the person's id; the source's
  company_id TEXT COLLATE "C" NOT NULL,
  principal  TEXT COLLATE "C" NOT NULL,
  begun_at   BIGINT NOT NULL,
  ended_at   BIGINT,
  counts     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX erasure_subject ON erasure (subject, id);
CREATE INDEX erasure_open ON erasure (id) WHERE ended_at IS NULL;

CREATE TABLE possible_duplicate (
  person_a   TEXT COLLATE "C" NOT NULL,
  person_b   TEXT COLLATE "C" NOT NULL,
  receipt_id TEXT COLLATE "C" NOT NULL,
  evidence   TEXT COLLATE "C" NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (person_a, person_b)
);
CREATE INDEX possible_duplicate_other ON possible_duplicate (person_b);

-- owned_seq: the log entry since which it stands in its owner's list. A deleted one keeps its row and
-- is in no list.
CREATE TABLE contact (
  id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id   TEXT COLLATE "C" NOT NULL,
  office_id   TEXT COLLATE "C" NOT NULL,
  owner_id    TEXT COLLATE "C" NOT NULL,
  owned_seq   BIGINT NOT NULL,
  connected   BIGINT NOT NULL,
  body        TEXT COLLATE "C" NOT NULL,
  created_at  BIGINT NOT NULL,
  modified_at BIGINT NOT NULL,
  seq         BIGINT NOT NULL,
  deleted_at  BIGINT
);
CREATE INDEX contact_seq ON contact (seq);
CREATE INDEX contact_person ON contact (person_id, office_id);

-- What filters and orders look at, one row per contact that is not deleted, an owner's together.
-- Texts are folded and cut to 300 characters; modified_at is the log's time of the last change.
CREATE TABLE contact_search (
  owner_id     TEXT COLLATE "C" NOT NULL,
  owned_seq    BIGINT NOT NULL,
  contact_id   TEXT COLLATE "C" NOT NULL,
  connected    BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  modified_at  BIGINT NOT NULL,
  display_name TEXT COLLATE "C" NOT NULL,
  primary_email TEXT COLLATE "C",
  primary_phone_number TEXT COLLATE "C",
  given_name   TEXT COLLATE "C",
  family_name  TEXT COLLATE "C",
  middle_name TEXT COLLATE "C",
  spouse_given_name TEXT COLLATE "C",
  spouse_middle_name TEXT COLLATE "C",
  spouse_family_name TEXT COLLATE "C",
  home_phone_number TEXT COLLATE "C",
  work_phone_number TEXT COLLATE "C",
  fax_phone_number TEXT COLLATE "C",
  mobile_phone_number TEXT COLLATE "C",
  pager_phone_number TEXT COLLATE "C",
  other_phone_number TEXT COLLATE "C",
  mobile_phone_country_code TEXT COLLATE "C",
  home_street_address TEXT COLLATE "C",
  home_locality TEXT COLLATE "C",
  home_region TEXT COLLATE "C",
  home_postal_code TEXT COLLATE "C",
  work_street_address TEXT COLLATE "C",
  work_locality TEXT COLLATE "C",
  work_region TEXT COLLATE "C",
  work_postal_code TEXT COLLATE "C",
  organization TEXT COLLATE "C",
  position TEXT COLLATE "C",
  birthday TEXT COLLATE "C",
  anniversary TEXT COLLATE "C",
  assistant TEXT COLLATE "C",
  children TEXT COLLATE "C",
  status TEXT COLLATE "C",
  other TEXT COLLATE "C",
  pets TEXT COLLATE "C",
  referred_by TEXT COLLATE "C",
  salutation TEXT COLLATE "C",
  PRIMARY KEY (owner_id, owned_seq)
);
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
  owner_id   TEXT COLLATE "C" NOT NULL,
  tag        TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  written    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (owner_id, tag, contact_id)
);
CREATE INDEX contact_tag_contact ON contact_tag (contact_id, tag);

-- Which accounts consumers have asked for; a consumer has the id of the contact that they signed in
-- as first.
CREATE TABLE consumer_link (
  consumer_id TEXT COLLATE "C" NOT NULL,
  agent_id    TEXT COLLATE "C" NOT NULL,
  contact_id  TEXT COLLATE "C" NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (consumer_id, agent_id)
);
CREATE INDEX consumer_link_contact ON consumer_link (contact_id);

-- The accounts with which contacts sign in; password_hash is Argon2id, login the folded name.
CREATE TABLE portal_account (
  contact_id    TEXT COLLATE "C" PRIMARY KEY,
  id            TEXT COLLATE "C" NOT NULL UNIQUE,
  login_name    TEXT COLLATE "C",
  login         TEXT COLLATE "C",
  password_hash TEXT COLLATE "C",
  enabled       BIGINT NOT NULL,
  language      TEXT COLLATE "C" NOT NULL,
  active_at     BIGINT,
  signed_in_at  BIGINT,
  created_at    BIGINT NOT NULL
);
CREATE INDEX portal_account_login ON portal_account (login) WHERE login IS NOT NULL;

-- Where an owner's contacts sign in; required are contacts' attributes, with commas between.
CREATE TABLE portal (
  owner_id     TEXT COLLATE "C" PRIMARY KEY,
  id           TEXT COLLATE "C" NOT NULL UNIQUE,
  name         TEXT COLLATE "C" NOT NULL UNIQUE,
  display_name TEXT COLLATE "C" NOT NULL,
  enabled      BIGINT NOT NULL,
  required     TEXT COLLATE "C" NOT NULL,
  created_at   BIGINT NOT NULL,
  modified_at  BIGINT NOT NULL
);

-- Searches for listings. The holder is an account or a contact; seq is the log entry of the last
-- change, by which a matcher follows.
CREATE TABLE saved_search (
  id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  holder_id       TEXT COLLATE "C" NOT NULL,
  maker_id        TEXT COLLATE "C" NOT NULL,
  name            TEXT COLLATE "C" NOT NULL,
  folded          TEXT COLLATE "C" NOT NULL,
  description     TEXT COLLATE "C",
  filter          TEXT COLLATE "C" NOT NULL,
  quick_search_id TEXT COLLATE "C",
  tags            TEXT COLLATE "C" NOT NULL,
  annotations     TEXT COLLATE "C",
  seq             BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  modified_at     BIGINT NOT NULL
);
CREATE INDEX saved_search_holder ON saved_search (holder_id, folded, id);
CREATE INDEX saved_search_seq ON saved_search (seq);

-- To which contacts an account has given its searches.
CREATE TABLE saved_search_contact (
  search_id  TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (search_id, contact_id)
);
CREATE INDEX saved_search_contact_contact ON saved_search_contact (contact_id, search_id);

-- Listings put together by an account or a contact.
CREATE TABLE listing_cart (
  id          TEXT COLLATE "C" PRIMARY KEY,
  holder_id   TEXT COLLATE "C" NOT NULL,
  maker_id    TEXT COLLATE "C" NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  folded      TEXT COLLATE "C" NOT NULL,
  type        TEXT COLLATE "C" NOT NULL,   -- Custom | Favorites | Rejects
  listings    BIGINT NOT NULL,
  next_n      BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  modified_at BIGINT NOT NULL
);
CREATE INDEX listing_cart_holder ON listing_cart (holder_id, folded, id);

CREATE TABLE listing_cart_item (
  cart_id    TEXT COLLATE "C" NOT NULL,
  listing_id TEXT COLLATE "C" NOT NULL,
  n          BIGINT NOT NULL,   -- its place in the cart
  PRIMARY KEY (cart_id, listing_id)
);

-- Listings that carts have a place for until somebody speaks of them.
CREATE TABLE listing_cart_awaited (
  root_id TEXT COLLATE "C" NOT NULL,
  number  TEXT COLLATE "C" NOT NULL,
  cart_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (root_id, number, cart_id)
);
CREATE INDEX listing_cart_awaited_cart ON listing_cart_awaited (cart_id);

-- Subscriptions to saved searches.
CREATE TABLE news_feed (
  id          TEXT COLLATE "C" PRIMARY KEY,
  holder_id   TEXT COLLATE "C" NOT NULL,
  search_id   TEXT COLLATE "C" NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  active      BIGINT NOT NULL,
  notifying   BIGINT NOT NULL,
  curated     BIGINT NOT NULL,
  events      TEXT COLLATE "C" NOT NULL,   -- with commas between
  expires_on  TEXT COLLATE "C",
  seq         BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  modified_at BIGINT NOT NULL
);
CREATE INDEX news_feed_holder ON news_feed (holder_id, id);
CREATE UNIQUE INDEX news_feed_search ON news_feed (search_id, holder_id);

-- What happened to a listing, with all the feeds that it is in. seq is the log entry; an entry is a
-- feed's id (two digits a byte), what happened, flags.
CREATE TABLE feed_block (
  seq        BIGINT PRIMARY KEY,
  root_id    TEXT COLLATE "C" NOT NULL,
  listing_id TEXT COLLATE "C" NOT NULL,
  at         BIGINT NOT NULL,
  shown      TEXT COLLATE "C" NOT NULL,   -- JSON
  entries    BYTEA NOT NULL
);

-- The same in order by feed: for each feed in some blocks up to one of them its events, newest first:
-- how far each is from the one before, seven bits a byte, what happened, flags.
CREATE TABLE feed_page (
  feed_id TEXT COLLATE "C" NOT NULL,
  upto    BIGINT NOT NULL,
  events  BYTEA NOT NULL,
  PRIMARY KEY (feed_id, upto)
);
CREATE INDEX feed_page_upto ON feed_page (upto);

-- What people have said of an event in a feed.
CREATE TABLE feed_mark (
  feed_id  TEXT COLLATE "C" NOT NULL,
  seq      BIGINT NOT NULL,
  approved BIGINT NOT NULL,
  viewed   BIGINT NOT NULL,
  PRIMARY KEY (feed_id, seq)
);
CREATE INDEX feed_mark_seq ON feed_mark (seq);

-- How far in the log listings have been matched; up to which block feeds have pages.
CREATE TABLE feed_place (
  name TEXT COLLATE "C" PRIMARY KEY,
  seq  BIGINT NOT NULL
);

-- When a holder's feeds tell what has happened; numbers with commas between.
CREATE TABLE feed_schedule (
  holder_id  TEXT COLLATE "C" PRIMARY KEY,
  id         TEXT COLLATE "C" NOT NULL,
  instant    BIGINT NOT NULL,
  hours      TEXT COLLATE "C" NOT NULL,
  weekdays   TEXT COLLATE "C" NOT NULL,
  month_days TEXT COLLATE "C" NOT NULL,
  zone       TEXT COLLATE "C",               -- null: that of the account tree
  created_at BIGINT NOT NULL,
  told       BIGINT NOT NULL,   -- listings' changes up to this log entry
  told_at    BIGINT,
  due_at     BIGINT             -- null: nothing to tell
);
CREATE INDEX feed_schedule_due ON feed_schedule (due_at) WHERE due_at IS NOT NULL;

-- Events of feeds that were approved after their holders might have been told of them.
CREATE TABLE feed_owed (
  holder_id TEXT COLLATE "C" NOT NULL,
  feed_id   TEXT COLLATE "C" NOT NULL,
  seq       BIGINT NOT NULL,
  PRIMARY KEY (holder_id, feed_id, seq)
);

-- What a holder was told, by mail and by events.
CREATE TABLE feed_notice (
  id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  holder_id TEXT COLLATE "C" NOT NULL,
  at        BIGINT NOT NULL,
  items     TEXT COLLATE "C" NOT NULL,   -- feed-seq, with commas between
  addresses TEXT COLLATE "C" NOT NULL    -- JSON
);
CREATE INDEX feed_notice_holder ON feed_notice (holder_id, id);

-- Who wants no mail about listings.
CREATE TABLE feed_optout (
  holder_id TEXT COLLATE "C" PRIMARY KEY,
  at        BIGINT NOT NULL
);

-- Messages to members.
CREATE TABLE member_message (
  id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  recipient_id TEXT COLLATE "C" NOT NULL,
  type         TEXT COLLATE "C" NOT NULL,
  subject      TEXT COLLATE "C" NOT NULL,
  body         TEXT COLLATE "C" NOT NULL,
  sender_id    TEXT COLLATE "C",
  listing_id   TEXT COLLATE "C",
  created_at   BIGINT NOT NULL
);
CREATE INDEX member_message_recipient ON member_message (recipient_id, id);
CREATE INDEX member_message_sender ON member_message (sender_id);

-- What was remarked about contacts.
CREATE TABLE contact_comment (
  contact_id TEXT COLLATE "C" NOT NULL,
  id         TEXT COLLATE "C" NOT NULL,
  user_id    TEXT COLLATE "C" NOT NULL,
  body       TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (contact_id, id)
);

-- What members typed into contacts, in the log's order; body is JSON.
CREATE TABLE contact_edit (
  seq        BIGINT PRIMARY KEY,
  contact_id TEXT COLLATE "C" NOT NULL,
  body       TEXT COLLATE "C" NOT NULL,
  principal  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX contact_edit_contact ON contact_edit (contact_id, seq);

-- Which contact a person has in an office.
CREATE TABLE person_contact (
  person_id  TEXT COLLATE "C" NOT NULL,
  office_id  TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (person_id, office_id)
);

-- One event owed to one endpoint; as planned, and how it stands.
CREATE TABLE delivery (
  id          TEXT COLLATE "C" PRIMARY KEY,
  seq         BIGINT NOT NULL,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  order_key   TEXT COLLATE "C" NOT NULL,
  event_id    TEXT COLLATE "C" NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  lead_id     TEXT COLLATE "C" NOT NULL,
  version     BIGINT NOT NULL,
  office_id   TEXT COLLATE "C" NOT NULL,
  planned_at  BIGINT NOT NULL,
  why         TEXT COLLATE "C" NOT NULL
);
CREATE INDEX delivery_lane ON delivery (endpoint_id, order_key, seq);
CREATE INDEX delivery_lead ON delivery (lead_id, seq);
CREATE INDEX delivery_seq ON delivery (seq);
CREATE INDEX delivery_endpoint ON delivery (endpoint_id, seq);
CREATE INDEX delivery_office ON delivery (office_id, seq);
CREATE INDEX delivery_event ON delivery (event_id);

-- Deliveries that were planned after their event, because somebody asked for it.
CREATE TABLE late_delivery (
  delivery_id TEXT COLLATE "C" PRIMARY KEY
);

-- The endpoints within reach that an event was not planned for, and why: body is a JSON list.
CREATE TABLE left_out (
  seq     BIGINT PRIMARY KEY,
  lead_id TEXT COLLATE "C" NOT NULL,
  kind    TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  body    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX left_out_lead ON left_out (lead_id, seq);

-- endpoint_id and seq are the delivery's, so that deliveries are found by these and state together.
CREATE TABLE delivery_state (
  delivery_id TEXT COLLATE "C" PRIMARY KEY,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  seq         BIGINT NOT NULL,
  state       TEXT COLLATE "C" NOT NULL,   -- pending | delivered | dead | unwritable | dropped
  attempts    BIGINT NOT NULL,
  tries       BIGINT NOT NULL,
  passed      BIGINT NOT NULL,
  next_at     BIGINT,
  ended_at    BIGINT,
  reason      TEXT COLLATE "C" NOT NULL,
  losses      TEXT COLLATE "C" NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX delivery_state_seq ON delivery_state (state, seq);
CREATE INDEX delivery_state_endpoint ON delivery_state (endpoint_id, state, seq);

-- A lane stands while something in it is due.
CREATE TABLE lane (
  endpoint_id TEXT COLLATE "C" NOT NULL,
  order_key   TEXT COLLATE "C" NOT NULL,
  due_at      BIGINT NOT NULL,
  pending     BIGINT NOT NULL,
  passed      BIGINT NOT NULL,
  blocked     BIGINT NOT NULL,
  owner       TEXT COLLATE "C",
  leased_until BIGINT,
  fence       BIGINT NOT NULL,
  PRIMARY KEY (endpoint_id, order_key)
) WITH (fillfactor = 60);
CREATE INDEX lane_due ON lane (endpoint_id, due_at);

-- How endpoints fare that don't take what they are sent; one that does has no row.
CREATE TABLE endpoint_health (
  endpoint_id   TEXT COLLATE "C" PRIMARY KEY,
  failures      BIGINT NOT NULL,   -- in a row, of the kind that shuts it
  failing_since BIGINT NOT NULL,
  failed_at     BIGINT NOT NULL,   -- the last time
  shut_until    BIGINT,            -- nothing is attempted before, then one at a time
  pauses        BIGINT NOT NULL,
  probing_until BIGINT,
  noticed       BIGINT NOT NULL,   -- percent of its patience that somebody was told of
  noticed_at    BIGINT,            -- when, in this run
  reason        TEXT COLLATE "C" NOT NULL
);

-- From behind which place in the log the receiver of an endpoint, who asks for its events, has asked
-- on: what stands up to there it has.
CREATE TABLE feed_asked (
  endpoint_id TEXT COLLATE "C" PRIMARY KEY,
  place       BIGINT NOT NULL
);

CREATE TABLE attempt (
  delivery_id TEXT COLLATE "C" NOT NULL,
  n           BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  micros      BIGINT NOT NULL,
  outcome     TEXT COLLATE "C" NOT NULL,   -- delivered | refused | unreachable | guarded | defect
  status      BIGINT,
  error       TEXT COLLATE "C" NOT NULL,
  answer      BYTEA NOT NULL,
  sent_bytes  BIGINT NOT NULL,
  sent_sha256 BYTEA NOT NULL,   -- of the body; empty when nothing was sent
  PRIMARY KEY (delivery_id, n)
);

-- The words of what receivers answered; n is the attempt's, 0 for why nothing could be written.
CREATE TABLE answer_word (
  word        TEXT COLLATE "C" NOT NULL,
  seq         BIGINT NOT NULL,   -- the delivery's
  delivery_id TEXT COLLATE "C" NOT NULL,
  n           BIGINT NOT NULL,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (word, seq, delivery_id, n)
);
CREATE INDEX answer_word_delivery ON answer_word (delivery_id, n);

-- The attempts at clients' subscriptions once more, in the order in which clients ask for them.
CREATE TABLE notification (
  endpoint_id TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  delivery_id TEXT COLLATE "C" NOT NULL,
  n           BIGINT NOT NULL,
  lead_id     TEXT COLLATE "C" NOT NULL,
  delivered   BIGINT NOT NULL,
  status      BIGINT,
  PRIMARY KEY (endpoint_id, at, delivery_id, n)
);
CREATE INDEX notification_delivered ON notification (endpoint_id, at) WHERE delivered = 1;

-- Jobs that deliver past events to an endpoint; wanted is JSON.
CREATE TABLE replay (
  id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  endpoint_id  TEXT COLLATE "C" NOT NULL,
  wanted       TEXT COLLATE "C" NOT NULL,
  per_second   BIGINT NOT NULL,
  state        TEXT COLLATE "C" NOT NULL,   -- running | paused | stopped | finished
  place        BIGINT NOT NULL, -- up to which log entry it has looked
  part         TEXT COLLATE "C" NOT NULL,    -- of the entry behind, the last delivery it is done with
  planned      BIGINT NOT NULL,
  retried      BIGINT NOT NULL,
  passed_over  BIGINT NOT NULL,
  reason       TEXT COLLATE "C" NOT NULL,
  principal    TEXT COLLATE "C" NOT NULL,
  created_at   BIGINT NOT NULL,
  ended_at     BIGINT,
  owner        TEXT COLLATE "C",
  leased_until BIGINT
);
CREATE INDEX replay_running ON replay (state) WHERE state = 'running';

-- The leads of a person at a source that sends mails too, for joining what comes by both channels:
-- hashes, as JSON.
CREATE TABLE twin (
  source_id TEXT COLLATE "C" NOT NULL,
  who       TEXT COLLATE "C" NOT NULL,
  leads     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (source_id, who)
);

-- Who answered a lead first because of the place that it is about.
CREATE TABLE lead_routed (
  lead_id TEXT COLLATE "C" PRIMARY KEY,
  answers TEXT COLLATE "C" NOT NULL   -- JSON
);

-- Of a lead that came by mail: whether it was made of one, and the key that the other channel has
-- for it, empty while that was silent.
CREATE TABLE lead_mail (
  lead_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  by_mail   BIGINT NOT NULL,
  other_key TEXT COLLATE "C" NOT NULL
);

-- What no endpoint has taken, or nobody can read, and so went to its office by mail; once each.
CREATE TABLE fallback (
  ref         TEXT COLLATE "C" NOT NULL PRIMARY KEY,   -- the lead's id, or the receipt's
  delivery_id TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL
);

-- How far deliveries and receipts were looked at for that.
CREATE TABLE fallback_place (
  kind  TEXT COLLATE "C" NOT NULL PRIMARY KEY,   -- delivery | receipt | held and a source's id | told or spared and an endpoint's
  place TEXT COLLATE "C" NOT NULL                -- a place in the log; a receipt's id, or empty; a time
);

-- A property on offer: what senders call it, and the office that offers it. The root is the Mls above that office.
CREATE TABLE listing (
  id            TEXT COLLATE "C" PRIMARY KEY,
  root_id       TEXT COLLATE "C" NOT NULL,
  office_id     TEXT COLLATE "C" NOT NULL,
  classified_id TEXT COLLATE "C",
  mls_name      TEXT COLLATE "C",
  mls_id        TEXT COLLATE "C",
  url           TEXT COLLATE "C",
  created_at    BIGINT NOT NULL,
  modified_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX listing_classified ON listing (classified_id, root_id) WHERE classified_id IS NOT NULL;
CREATE UNIQUE INDEX listing_mls ON listing (mls_id, mls_name, root_id) WHERE mls_id IS NOT NULL;
CREATE UNIQUE INDEX listing_url ON listing (url, root_id) WHERE url IS NOT NULL;

-- What events said of a listing: its members, each with the stamp of the event that set it.
CREATE TABLE listing_state (
  listing_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  root_id    TEXT COLLATE "C" NOT NULL,
  office_id  TEXT COLLATE "C" NOT NULL,
  state      TEXT COLLATE "C" NOT NULL,
  deleted    BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  seq        BIGINT NOT NULL
);
CREATE INDEX listing_state_seq ON listing_state (seq);

CREATE TABLE listing_version (
  listing_id TEXT COLLATE "C" NOT NULL,
  version    BIGINT NOT NULL,
  event_id   TEXT COLLATE "C" NOT NULL,
  topic      TEXT COLLATE "C" NOT NULL,
  at         BIGINT NOT NULL,
  changes    TEXT COLLATE "C" NOT NULL,   -- JSON: member, from, to
  PRIMARY KEY (listing_id, version)
);

-- The same after the events whose bodies are no longer kept.
CREATE TABLE listing_base (
  listing_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  root_id    TEXT COLLATE "C" NOT NULL,
  office_id  TEXT COLLATE "C" NOT NULL,
  state      TEXT COLLATE "C" NOT NULL,
  deleted    BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  seq        BIGINT NOT NULL
);

-- The names by which events tell listings.
CREATE TABLE listing_key (
  root_id    TEXT COLLATE "C" NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  listing_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (root_id, value)
);
CREATE INDEX listing_key_listing ON listing_key (listing_id);

-- An event that a party published, and what was drawn for it.
CREATE TABLE event (
  id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  seq          BIGINT NOT NULL,
  uri          TEXT COLLATE "C" NOT NULL UNIQUE,
  publisher_id TEXT COLLATE "C" NOT NULL,
  at           BIGINT NOT NULL,
  seed         TEXT COLLATE "C" NOT NULL,
  counter      BIGINT NOT NULL,
  base         TEXT COLLATE "C" NOT NULL,
  topic        TEXT COLLATE "C" NOT NULL,
  fingerprint  TEXT COLLATE "C" NOT NULL,
  time         BIGINT NOT NULL,
  recipient    TEXT COLLATE "C" NOT NULL,   -- who stood in for a recipient; empty when one was named
  violations   TEXT COLLATE "C" NOT NULL,
  adopted      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX event_seq ON event (seq);
CREATE INDEX event_publisher ON event (publisher_id, at);
-- Those that can be about a person.
CREATE INDEX event_personal ON event (seq) WHERE substr(topic, 1, 19) <> 'realestate/listing#';

CREATE TABLE event_raw (
  event_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  codec    BIGINT NOT NULL,
  body     BYTEA NOT NULL
);

-- What lies in a party's inbox, in the log's order.
CREATE TABLE event_copy (
  receiver_id TEXT COLLATE "C" NOT NULL,
  seq         BIGINT NOT NULL,
  event_id    TEXT COLLATE "C" NOT NULL,
  token       TEXT COLLATE "C" NOT NULL UNIQUE,
  agent_id    TEXT COLLATE "C" NOT NULL,
  grant_id    TEXT COLLATE "C" NOT NULL,
  redaction   TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (receiver_id, seq)
);
CREATE INDEX event_copy_event ON event_copy (event_id);

-- Items that came into an inbox once more, as its owner asked for. seq is the log entry.
CREATE TABLE event_again (
  receiver_id TEXT COLLATE "C" NOT NULL,
  seq         BIGINT NOT NULL,
  event_id    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (receiver_id, seq)
);
CREATE INDEX event_again_event ON event_again (event_id);

-- Jobs that bring items of an inbox once more; wanted is JSON.
CREATE TABLE inbox_replay (
  id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  receiver_id  TEXT COLLATE "C" NOT NULL,
  wanted       TEXT COLLATE "C" NOT NULL,
  state        TEXT COLLATE "C" NOT NULL,    -- running | paused | stopped | finished
  per_second   BIGINT NOT NULL,
  place        BIGINT NOT NULL, -- up to which item it has looked
  replayed     BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  ended_at     BIGINT,
  owner        TEXT COLLATE "C",
  leased_until BIGINT
);
CREATE INDEX inbox_replay_open ON inbox_replay (receiver_id) WHERE ended_at IS NULL;

-- Events of which something is gone: with a person who was erased, or because their time was over.
CREATE TABLE event_gone (
  event_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  seq      BIGINT NOT NULL,
  aged     BIGINT NOT NULL,   -- its time was over
  listings TEXT COLLATE "C" NOT NULL       -- those in listing_base that it went into, with commas between
);
CREATE INDEX event_gone_aged ON event_gone (aged, seq);

-- The durable answer to a request that named an Idempotency-Key.
CREATE TABLE idempotent (
  principal    TEXT COLLATE "C" NOT NULL,
  name         TEXT COLLATE "C" NOT NULL,
  request_hash TEXT COLLATE "C" NOT NULL,
  status       BIGINT NOT NULL,
  body         TEXT COLLATE "C" NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (principal, name)
);
CREATE INDEX idempotent_at ON idempotent (at);

-- How far a source that is polled has been read. Seconds are the portal's, since 1970; a window of 0
-- to 0 is none. It moves only after what was read is on disk.
CREATE TABLE poll (
  source_id    TEXT COLLATE "C" PRIMARY KEY,
  covered      BIGINT NOT NULL,   -- the second up to which everything was read
  window_min   BIGINT NOT NULL,   -- the window that is being read
  window_max   BIGINT NOT NULL,
  start_id     TEXT COLLATE "C" NOT NULL,      -- the portal's id of the last lead read in it; empty at its beginning
  due_at       BIGINT NOT NULL,
  failures     BIGINT NOT NULL,   -- since the last success
  error        TEXT COLLATE "C" NOT NULL,
  tried_at     BIGINT,
  succeeded_at BIGINT,
  items        BIGINT NOT NULL,   -- handed to the desk so far
  owner        TEXT COLLATE "C",
  leased_until BIGINT,
  fence        BIGINT NOT NULL
);

-- What was read in windows that later ones still overlap, as hashes, so that it is taken once.
CREATE TABLE poll_item (
  source_id TEXT COLLATE "C" NOT NULL,
  hash      TEXT COLLATE "C" NOT NULL,
  read_to   BIGINT NOT NULL,   -- the end of the window
  lead_id   TEXT COLLATE "C",               -- the lead that they became or belong to
  version   BIGINT NOT NULL,   -- its newest version then
  PRIMARY KEY (source_id, hash)
);
CREATE INDEX poll_item_age ON poll_item (source_id, read_to);

-- What consumers said, through events, of being written to; the newest of a channel holds.
CREATE TABLE consent (
  person_id    TEXT COLLATE "C" NOT NULL,
  seq          BIGINT NOT NULL,
  channel      TEXT COLLATE "C" NOT NULL,   -- email | phone
  given        BIGINT NOT NULL,
  at           BIGINT NOT NULL,   -- when they said so
  address      TEXT COLLATE "C" NOT NULL,      -- the address or number they gave with it; empty where there was none
  event_id     TEXT COLLATE "C" NOT NULL,
  uri          TEXT COLLATE "C" NOT NULL,
  publisher_id TEXT COLLATE "C" NOT NULL,
  providers    TEXT COLLATE "C" NOT NULL,      -- JSON
  PRIMARY KEY (person_id, seq)
);

-- What events said became of leads.
CREATE TABLE lead_step (
  lead_id      TEXT COLLATE "C" NOT NULL,
  seq          BIGINT NOT NULL,
  step         TEXT COLLATE "C" NOT NULL,
  at           BIGINT NOT NULL,
  event_id     TEXT COLLATE "C" NOT NULL,
  uri          TEXT COLLATE "C" NOT NULL,
  publisher_id TEXT COLLATE "C" NOT NULL,
  agent        TEXT COLLATE "C" NOT NULL,
  recipient    TEXT COLLATE "C" NOT NULL,
  participant  TEXT COLLATE "C" NOT NULL,
  reason       TEXT COLLATE "C" NOT NULL,
  comment      TEXT COLLATE "C" NOT NULL,
  answers      TEXT COLLATE "C" NOT NULL,      -- JSON: who answers the lead since; empty where that stayed
  PRIMARY KEY (lead_id, seq)
);

-- The names that other systems have for contacts.
CREATE TABLE contact_name (
  company_id TEXT COLLATE "C" NOT NULL,
  name       TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (company_id, name)
);
CREATE INDEX contact_name_contact ON contact_name (contact_id);

-- Who serves which city or postal code, in every version.
CREATE TABLE service_area (
  company_id       TEXT COLLATE "C" NOT NULL,
  name             TEXT COLLATE "C" NOT NULL,
  seq              BIGINT NOT NULL,
  at               BIGINT NOT NULL,
  deleted          BIGINT NOT NULL,
  kind             TEXT COLLATE "C",
  locality         TEXT COLLATE "C",
  region           TEXT COLLATE "C",
  country          TEXT COLLATE "C",
  postal_code      TEXT COLLATE "C",
  provider         TEXT COLLATE "C",
  provider_id      TEXT COLLATE "C",
  weight           BIGINT,
  sort_order       BIGINT,
  to_consumer_site BIGINT,
  members          TEXT COLLATE "C" NOT NULL,  -- JSON, as sent
  event_id         TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (company_id, name, seq)
);
CREATE INDEX service_area_seq ON service_area (seq);

-- The areas of each place that are served now: what a lead looks up.
CREATE TABLE service_place (
  company_id TEXT COLLATE "C" NOT NULL,
  place      TEXT COLLATE "C" NOT NULL,
  areas      TEXT COLLATE "C" NOT NULL,  -- JSON: name and seq of each
  PRIMARY KEY (company_id, place)
);
