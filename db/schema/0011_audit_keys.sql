-- 0011_audit_keys.sql - ways to find audit records; what is hashed stays as it is.
-- SPDX-License-Identifier: Apache-2.0
--
-- The primary key (lane, seq) stands at the end of each key by itself, so a
-- page that is ordered by time, lane and number is read straight from it.

ALTER TABLE audit_record
	ADD INDEX IF NOT EXISTS audit_record_at (at_ms),
	ADD INDEX IF NOT EXISTS audit_record_person (person, at_ms),
	ADD INDEX IF NOT EXISTS audit_record_terminal (terminal, at_ms),
	ADD INDEX IF NOT EXISTS audit_record_session (session),
	ADD INDEX IF NOT EXISTS audit_record_subject (subject);
