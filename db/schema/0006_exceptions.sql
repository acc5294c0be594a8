-- 0006_exceptions.sql - who is a member of staff, who is not asked which moves, approvals.
-- SPDX-License-Identifier: Apache-2.0
--
-- role 1: staff. A role that was taken away stays as a row with the time of its end.
-- moves: 1 eyes, 2 turn, 4 nod, 8 mouth, 16 light. An exception is set by two
-- members of staff, neither of whom is the person; at most one is open per person.

CREATE TABLE IF NOT EXISTS person_role (
	person BIGINT UNSIGNED NOT NULL,
	role TINYINT UNSIGNED NOT NULL,
	granted_ms BIGINT NOT NULL,
	ended_ms BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (person, role),
	CONSTRAINT person_role_person FOREIGN KEY (person) REFERENCES person (id),
	CONSTRAINT person_role_known CHECK (role BETWEEN 1 AND 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS liveness_exception (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	moves INT UNSIGNED NOT NULL,
	reason VARCHAR(140) NOT NULL,
	proposed_by BIGINT UNSIGNED NOT NULL,
	proposed_ms BIGINT NOT NULL,
	confirmed_by BIGINT UNSIGNED NOT NULL DEFAULT 0,
	confirmed_ms BIGINT NOT NULL DEFAULT 0,
	ended_by BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ended_ms BIGINT NOT NULL DEFAULT 0,
	end_reason VARCHAR(140) NOT NULL DEFAULT '',
	open_for BIGINT UNSIGNED GENERATED ALWAYS AS (IF(ended_ms = 0, person, NULL)) STORED,
	UNIQUE KEY liveness_exception_open (open_for),
	KEY liveness_exception_person (person, id),
	CONSTRAINT liveness_exception_moves CHECK (moves BETWEEN 1 AND 31 AND (moves & 15) <> 15),
	CONSTRAINT liveness_exception_reason CHECK (reason <> ''),
	CONSTRAINT liveness_exception_proposer CHECK (proposed_by > 0 AND proposed_by <> person),
	CONSTRAINT liveness_exception_two CHECK (confirmed_by <> proposed_by AND confirmed_by <> person),
	CONSTRAINT liveness_exception_confirmed CHECK ((confirmed_by = 0) = (confirmed_ms = 0)),
	CONSTRAINT liveness_exception_ended CHECK ((ended_by = 0) = (ended_ms = 0) AND (ended_ms = 0 OR end_reason <> ''))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A transfer whose face proof needs a member of staff's approval beside it.
ALTER TABLE intent ADD COLUMN IF NOT EXISTS needs_approval TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- 4: a member of staff approves a transfer, 5: a member of staff at countersign-admin.
ALTER TABLE code DROP CONSTRAINT code_purpose, ADD CONSTRAINT code_purpose CHECK (purpose BETWEEN 1 AND 5);
