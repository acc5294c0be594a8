-- 0007_roles.sql - roles by two administrators, consoles of terminals and sessions.
-- SPDX-License-Identifier: Apache-2.0
--
-- role: 1 teller (was "staff"), 2 maker, 3 checker, 4 supervisor, 5 auditor,
-- 6 administrator (proto/role.h). person_role says what is held now; role_grant
-- how it came about: proposed by one administrator, confirmed by another,
-- neither of whom is the person; at most one is open per person and role.
-- consoles: 1 terminal, 2 backoffice, 4 audit.

ALTER TABLE person_role DROP CONSTRAINT person_role_known, ADD CONSTRAINT person_role_known CHECK (role BETWEEN 1 AND 6);

CREATE TABLE IF NOT EXISTS role_grant (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	role TINYINT UNSIGNED NOT NULL,
	reason VARCHAR(140) NOT NULL,
	proposed_by BIGINT UNSIGNED NOT NULL,
	proposed_ms BIGINT NOT NULL,
	confirmed_by BIGINT UNSIGNED NOT NULL DEFAULT 0,
	confirmed_ms BIGINT NOT NULL DEFAULT 0,
	ended_by BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ended_ms BIGINT NOT NULL DEFAULT 0,
	end_reason VARCHAR(140) NOT NULL DEFAULT '',
	open_for BIGINT UNSIGNED GENERATED ALWAYS AS (IF(ended_ms = 0, person * 16 + role, NULL)) STORED,
	UNIQUE KEY role_grant_open (open_for),
	KEY role_grant_person (person, id),
	CONSTRAINT role_grant_person FOREIGN KEY (person) REFERENCES person (id),
	CONSTRAINT role_grant_known CHECK (role BETWEEN 1 AND 6),
	CONSTRAINT role_grant_reason CHECK (reason <> ''),
	CONSTRAINT role_grant_proposer CHECK (proposed_by > 0 AND proposed_by <> person),
	CONSTRAINT role_grant_two CHECK (confirmed_by <> proposed_by AND confirmed_by <> person),
	CONSTRAINT role_grant_confirmed CHECK ((confirmed_by = 0) = (confirmed_ms = 0)),
	CONSTRAINT role_grant_ended CHECK ((ended_by = 0) = (ended_ms = 0) AND (ended_ms = 0 OR end_reason <> ''))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row at most: the first two administrators are made once.
CREATE TABLE IF NOT EXISTS role_first (
	one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	made_ms BIGINT NOT NULL,
	CONSTRAINT role_first_one CHECK (one = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE terminal ADD COLUMN IF NOT EXISTS consoles TINYINT UNSIGNED NOT NULL DEFAULT 1;
ALTER TABLE terminal ADD CONSTRAINT IF NOT EXISTS terminal_consoles CHECK (consoles BETWEEN 1 AND 7);

-- 6: staff at a console, whose face is awaited.
ALTER TABLE session ADD COLUMN IF NOT EXISTS console TINYINT UNSIGNED NOT NULL DEFAULT 1;
ALTER TABLE session ADD CONSTRAINT IF NOT EXISTS session_console CHECK (console IN (1, 2, 4));
ALTER TABLE session DROP CONSTRAINT session_state, ADD CONSTRAINT session_state CHECK (state BETWEEN 1 AND 6);
ALTER TABLE session ADD INDEX IF NOT EXISTS session_open (state, created_ms);
