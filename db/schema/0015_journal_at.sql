-- 0015_journal_at.sql - a way to count the transfers of a day.
-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE journal
	ADD INDEX IF NOT EXISTS journal_at (at_ms);
