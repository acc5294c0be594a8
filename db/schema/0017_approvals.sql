-- 0017_approvals.sql - a held amount that several others have to approve.
-- SPDX-License-Identifier: Apache-2.0
--
-- By how many is fixed when it is held. Each of them approves once; the last
-- one's approval is the decision.

ALTER TABLE hold
	ADD COLUMN IF NOT EXISTS approvals TINYINT UNSIGNED NOT NULL DEFAULT 1,
	ADD CONSTRAINT IF NOT EXISTS hold_approvals CHECK (approvals BETWEEN 1 AND 3);

CREATE TABLE IF NOT EXISTS hold_approval (
	hold BIGINT UNSIGNED NOT NULL,
	person BIGINT UNSIGNED NOT NULL,
	digest BINARY(32) NOT NULL,
	given_ms BIGINT NOT NULL,
	PRIMARY KEY (hold, person),
	CONSTRAINT hold_approval_of FOREIGN KEY (hold) REFERENCES hold (id),
	CONSTRAINT hold_approval_by FOREIGN KEY (person) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was posted before had one.
INSERT IGNORE INTO hold_approval (hold, person, digest, given_ms) SELECT id, decided_by, digest, decided_ms FROM hold WHERE state = 2;
