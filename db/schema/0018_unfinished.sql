-- 0018_unfinished.sql - lines of a batch that are not complete or not right yet.
-- SPDX-License-Identifier: Apache-2.0
--
-- Kept for their maker alone, so that a crash takes no field that was finished.
-- They are no part of the batch: nothing here is signed, checked or posted.

CREATE TABLE IF NOT EXISTS batch_unfinished (
	batch BIGINT UNSIGNED NOT NULL,
	place BIGINT UNSIGNED NOT NULL,
	debit VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payee VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	amount BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	reference VARCHAR(140) NOT NULL,
	PRIMARY KEY (batch, place),
	CONSTRAINT batch_unfinished_of FOREIGN KEY (batch) REFERENCES batch (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
