-- 0014_evidence.sql - a small picture of each judged capture, and the keys they are sealed with.
-- SPDX-License-Identifier: Apache-2.0
--
-- Each picture has a key of its own, which is sealed under the master key and
-- stands in a row of its own: when that row is deleted, at until_ms unless it is
-- held, nobody can open the picture any more, nor any copy of it.

CREATE TABLE IF NOT EXISTS evidence (
	capture BINARY(16) NOT NULL PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	created_ms BIGINT NOT NULL,
	sealed VARBINARY(19240) NOT NULL,
	CONSTRAINT evidence_person FOREIGN KEY (person) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS evidence_key (
	capture BINARY(16) NOT NULL PRIMARY KEY,
	sealed BINARY(72) NOT NULL,
	until_ms BIGINT NOT NULL,
	held TINYINT UNSIGNED NOT NULL DEFAULT 0,
	KEY evidence_key_due (held, until_ms),
	CONSTRAINT evidence_key_capture FOREIGN KEY (capture) REFERENCES evidence (capture)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
