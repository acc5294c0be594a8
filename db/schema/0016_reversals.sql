-- 0016_reversals.sql - a posted transaction taken back by a new one.
-- SPDX-License-Identifier: Apache-2.0
--
-- A reversal is asked for by one member of staff, held, and posted by another.
-- A transaction is reversed once: one open or posted hold, one journal row.

ALTER TABLE intent
	ADD COLUMN IF NOT EXISTS reverses BIGINT UNSIGNED NULL,
	DROP CONSTRAINT intent_kind, ADD CONSTRAINT intent_kind CHECK (kind IN (1, 2, 4)),
	ADD CONSTRAINT IF NOT EXISTS intent_reverses CHECK ((kind = 4) = (reverses IS NOT NULL)),
	ADD CONSTRAINT intent_reversed FOREIGN KEY IF NOT EXISTS (reverses) REFERENCES journal (id);

ALTER TABLE journal
	ADD COLUMN IF NOT EXISTS reverses BIGINT UNSIGNED NULL,
	DROP CONSTRAINT journal_kind, ADD CONSTRAINT journal_kind CHECK (kind BETWEEN 1 AND 4),
	ADD CONSTRAINT IF NOT EXISTS journal_reverses CHECK ((kind = 4) = (reverses IS NOT NULL)),
	ADD UNIQUE KEY IF NOT EXISTS journal_reversed_once (reverses),
	ADD CONSTRAINT journal_reversed FOREIGN KEY IF NOT EXISTS (reverses) REFERENCES journal (id);

ALTER TABLE hold
	ADD COLUMN IF NOT EXISTS reverses BIGINT UNSIGNED NULL,
	ADD COLUMN IF NOT EXISTS reversing BIGINT UNSIGNED AS (IF(state IN (1, 2), reverses, NULL)) PERSISTENT,
	ADD UNIQUE KEY IF NOT EXISTS hold_reversing_once (reversing);
