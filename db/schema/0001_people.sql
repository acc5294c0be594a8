-- 0001_people.sql - people, sessions, terminals, codes, captures, proofs, messages.
-- SPDX-License-Identifier: Apache-2.0
--
-- Rules for all files here: numbered, forward only, never changed once applied
-- anywhere; a statement ends with ';' at the end of a line; a file can be run
-- again from its start until it has been applied whole. Times are UTC
-- milliseconds, money is minor units, ids from clients are BINARY(16).
-- Columns that are read are never NULL.

CREATE TABLE IF NOT EXISTS person (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	customer CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
	name VARCHAR(70) NOT NULL,
	status TINYINT UNSIGNED NOT NULL,
	password_hash VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	wrapped_key VARBINARY(72) NOT NULL,
	email VARBINARY(160) NOT NULL,
	password_fails INT UNSIGNED NOT NULL DEFAULT 0,
	password_locked_until BIGINT NOT NULL DEFAULT 0,
	face_fails INT UNSIGNED NOT NULL DEFAULT 0,
	face_fails_total INT UNSIGNED NOT NULL DEFAULT 0,
	face_locked_until BIGINT NOT NULL DEFAULT 0,
	last_login_ms BIGINT NOT NULL DEFAULT 0,
	created_ms BIGINT NOT NULL,
	UNIQUE KEY person_customer (customer),
	CONSTRAINT person_status CHECK (status BETWEEN 1 AND 3),
	CONSTRAINT person_active CHECK (status <> 2 OR customer IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS face_template (
	person BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	active TINYINT UNSIGNED NOT NULL,
	embedder VARCHAR(31) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	embedder_version INT UNSIGNED NOT NULL,
	dim INT UNSIGNED NOT NULL,
	frames INT UNSIGNED NOT NULL,
	sealed VARBINARY(2088) NOT NULL,
	created_ms BIGINT NOT NULL,
	CONSTRAINT face_template_person FOREIGN KEY (person) REFERENCES person (id),
	CONSTRAINT face_template_active CHECK (active IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS session (
	id BINARY(16) NOT NULL PRIMARY KEY,
	token_hash BINARY(32) NOT NULL,
	person BIGINT UNSIGNED NOT NULL,
	terminal BIGINT UNSIGNED NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	created_ms BIGINT NOT NULL,
	seen_ms BIGINT NOT NULL,
	currency VARCHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	UNIQUE KEY session_token (token_hash),
	KEY session_person (person),
	CONSTRAINT session_state CHECK (state BETWEEN 1 AND 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS terminal (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	public_key BINARY(32) NOT NULL,
	status TINYINT UNSIGNED NOT NULL,
	name VARCHAR(32) NOT NULL DEFAULT '',
	branch VARCHAR(63) NOT NULL DEFAULT '',
	first_seen_ms BIGINT NOT NULL,
	last_seen_ms BIGINT NOT NULL,
	UNIQUE KEY terminal_key (public_key),
	KEY terminal_status (status, last_seen_ms),
	CONSTRAINT terminal_status_known CHECK (status BETWEEN 1 AND 3),
	CONSTRAINT terminal_named CHECK (status <> 2 OR name <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS invitation (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	name VARCHAR(32) NOT NULL,
	branch VARCHAR(63) NOT NULL,
	sealed_word VARBINARY(60) NOT NULL,
	created_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL DEFAULT 0,
	KEY invitation_open (used_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS code (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	session BINARY(16) NOT NULL,
	purpose TINYINT UNSIGNED NOT NULL,
	digest BINARY(32) NOT NULL,
	salt BINARY(16) NOT NULL,
	hash BINARY(32) NOT NULL,
	tries INT UNSIGNED NOT NULL DEFAULT 0,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL DEFAULT 0,
	KEY code_session (session, purpose, digest, id),
	KEY code_person (person, created_ms),
	CONSTRAINT code_person_known FOREIGN KEY (person) REFERENCES person (id),
	CONSTRAINT code_purpose CHECK (purpose BETWEEN 1 AND 3),
	CONSTRAINT code_tries CHECK (tries <= 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS capture (
	id BINARY(16) NOT NULL PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	session BINARY(16) NOT NULL,
	digest BINARY(32) NOT NULL,
	enrol TINYINT UNSIGNED NOT NULL,
	started_ms BIGINT NOT NULL,
	ended_ms BIGINT NOT NULL DEFAULT 0,
	verdict INT NOT NULL DEFAULT 0,
	KEY capture_person (person, started_ms),
	CONSTRAINT capture_person_known FOREIGN KEY (person) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who, in which session, by which factor, bound to what; usable once.
CREATE TABLE IF NOT EXISTS proof (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	session BINARY(16) NOT NULL,
	factor TINYINT UNSIGNED NOT NULL,
	digest BINARY(32) NOT NULL,
	capture BINARY(16) NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	spent_ms BIGINT NOT NULL DEFAULT 0,
	journal BIGINT UNSIGNED NOT NULL DEFAULT 0,
	KEY proof_session (session, factor, digest),
	CONSTRAINT proof_factor CHECK (factor BETWEEN 1 AND 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Messages to people; the sealed text is erased when it was sent or given up.
CREATE TABLE IF NOT EXISTS outbox (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	sealed VARBINARY(1064) NOT NULL,
	state TINYINT UNSIGNED NOT NULL DEFAULT 1,
	attempts INT UNSIGNED NOT NULL DEFAULT 0,
	created_ms BIGINT NOT NULL,
	due_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	KEY outbox_due (state, due_ms),
	CONSTRAINT outbox_state CHECK (state BETWEEN 1 AND 3)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
