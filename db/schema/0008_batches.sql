-- 0008_batches.sql - payments entered from paper by one person, checked by another.
-- SPDX-License-Identifier: Apache-2.0
--
-- state: 1 draft, 2 submitted, 3 sent back, 4 posted, 5 dropped, 6 being imported.
-- Lines change in states 1, 3 and 6 only, and every change raises the version,
-- which the digest that both people sign covers.

CREATE TABLE IF NOT EXISTS batch (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	maker BIGINT UNSIGNED NOT NULL,
	request BINARY(16) NOT NULL,
	state TINYINT UNSIGNED NOT NULL,
	version BIGINT UNSIGNED NOT NULL DEFAULT 1,
	digest BINARY(32) NOT NULL,
	created_ms BIGINT NOT NULL,
	changed_ms BIGINT NOT NULL,
	submitted_ms BIGINT NOT NULL DEFAULT 0,
	checker BIGINT UNSIGNED NOT NULL DEFAULT 0,
	decided_ms BIGINT NOT NULL DEFAULT 0,
	reason VARCHAR(140) NOT NULL DEFAULT '',
	UNIQUE KEY batch_request (maker, request),
	KEY batch_state (state, id),
	CONSTRAINT batch_maker FOREIGN KEY (maker) REFERENCES person (id),
	CONSTRAINT batch_state_known CHECK (state BETWEEN 1 AND 6),
	CONSTRAINT batch_two CHECK (checker <> maker),
	CONSTRAINT batch_back CHECK (state <> 3 OR reason <> ''),
	CONSTRAINT batch_decided CHECK (state NOT IN (3, 4) OR (checker > 0 AND decided_ms > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- place: the order of the lines, with gaps, so that one may be put between two.
CREATE TABLE IF NOT EXISTS batch_line (
	batch BIGINT UNSIGNED NOT NULL,
	place INT UNSIGNED NOT NULL,
	debit VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee_name VARCHAR(70) NOT NULL,
	amount BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	reference VARCHAR(140) NOT NULL,
	saved_ms BIGINT NOT NULL,
	journal BIGINT UNSIGNED NOT NULL DEFAULT 0,
	PRIMARY KEY (batch, place),
	CONSTRAINT batch_line_batch FOREIGN KEY (batch) REFERENCES batch (id),
	CONSTRAINT batch_line_amount CHECK (amount > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- 3: a line of a batch; its request and its intent are made of batch and place.
ALTER TABLE journal DROP CONSTRAINT journal_kind, ADD CONSTRAINT journal_kind CHECK (kind BETWEEN 1 AND 3);

-- 6: a batch, by its maker and by its checker.
ALTER TABLE code DROP CONSTRAINT code_purpose, ADD CONSTRAINT code_purpose CHECK (purpose BETWEEN 1 AND 6);
