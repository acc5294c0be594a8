-- 0002_ledger.sql - accounts, intents, journal, postings.
-- SPDX-License-Identifier: Apache-2.0
--
-- A journal row and its postings sum to zero per currency. Intents, journal
-- and postings are never updated or deleted; the server's user has no right to.

CREATE TABLE IF NOT EXISTS account (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	number VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	person BIGINT UNSIGNED NOT NULL DEFAULT 0,
	name VARCHAR(70) NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	status TINYINT UNSIGNED NOT NULL DEFAULT 1,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	balance BIGINT NOT NULL DEFAULT 0,
	opened_ms BIGINT NOT NULL,
	UNIQUE KEY account_number (number),
	KEY account_person (person),
	CONSTRAINT account_kind CHECK (kind BETWEEN 1 AND 2),
	CONSTRAINT account_status CHECK (status BETWEEN 1 AND 2),
	CONSTRAINT account_owner CHECK (kind = 2 OR person > 0),
	CONSTRAINT account_covered CHECK (kind = 2 OR balance >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS intent (
	id BINARY(16) NOT NULL PRIMARY KEY,
	seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	person BIGINT UNSIGNED NOT NULL,
	session BINARY(16) NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	debit VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee_name VARCHAR(70) NOT NULL,
	amount BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	reference VARCHAR(140) NOT NULL,
	nonce BINARY(16) NOT NULL,
	digest BINARY(32) NOT NULL,
	needs_face TINYINT UNSIGNED NOT NULL,
	needs_code TINYINT UNSIGNED NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	UNIQUE KEY intent_seq (seq),
	KEY intent_person (person, seq),
	CONSTRAINT intent_kind CHECK (kind BETWEEN 1 AND 2),
	CONSTRAINT intent_amount CHECK (amount > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The request row of a step: inserted first, unique per person and per intent.
-- A deposit has no intent; its request id stands there.
CREATE TABLE IF NOT EXISTS journal (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	request BINARY(16) NOT NULL,
	intent BINARY(16) NOT NULL,
	kind TINYINT UNSIGNED NOT NULL,
	debit VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee_name VARCHAR(70) NOT NULL,
	amount BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	reference VARCHAR(140) NOT NULL,
	nonce BINARY(16) NOT NULL,
	digest BINARY(32) NOT NULL,
	at_ms BIGINT NOT NULL,
	UNIQUE KEY journal_request (person, request),
	UNIQUE KEY journal_intent (intent),
	CONSTRAINT journal_kind CHECK (kind BETWEEN 1 AND 2),
	CONSTRAINT journal_amount CHECK (amount > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS posting (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	journal BIGINT UNSIGNED NOT NULL,
	account BIGINT UNSIGNED NOT NULL,
	amount BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	balance_after BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	UNIQUE KEY posting_once (journal, account),
	KEY posting_account (account, id),
	CONSTRAINT posting_journal FOREIGN KEY (journal) REFERENCES journal (id),
	CONSTRAINT posting_account_known FOREIGN KEY (account) REFERENCES account (id),
	CONSTRAINT posting_amount CHECK (amount <> 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
