-- 0010_holds.sql - money held by the customer's proofs until somebody else posts it.
-- SPDX-License-Identifier: Apache-2.0
--
-- What may be spent is balance - held. state: 1 open, 2 posted, 3 refused,
-- 4 expired. The server may write the decision, never what was asked for.

ALTER TABLE account ADD COLUMN IF NOT EXISTS held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD CONSTRAINT IF NOT EXISTS account_held CHECK (held >= 0);
ALTER TABLE account DROP CONSTRAINT account_covered, ADD CONSTRAINT account_covered CHECK (kind = 2 OR balance - held >= 0);

-- Held first, posted by an approver.
ALTER TABLE intent ADD COLUMN IF NOT EXISTS needs_hold TINYINT UNSIGNED NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS hold (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	intent BINARY(16) NOT NULL,
	person BIGINT UNSIGNED NOT NULL,
	request BINARY(16) NOT NULL,
	payee_person BIGINT UNSIGNED NOT NULL,
	account BIGINT UNSIGNED NOT NULL,
	amount BIGINT NOT NULL,
	digest BINARY(32) NOT NULL,
	state TINYINT UNSIGNED NOT NULL DEFAULT 1,
	held_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	decided_by BIGINT UNSIGNED NOT NULL DEFAULT 0,
	decided_ms BIGINT NOT NULL DEFAULT 0,
	reason VARCHAR(140) NOT NULL DEFAULT '',
	UNIQUE KEY hold_intent (intent),
	UNIQUE KEY hold_request (person, request),
	KEY hold_waiting (state, id),
	KEY hold_due (state, expires_ms),
	KEY hold_account (account, state, amount),
	CONSTRAINT hold_intent_known FOREIGN KEY (intent) REFERENCES intent (id),
	CONSTRAINT hold_account_known FOREIGN KEY (account) REFERENCES account (id),
	CONSTRAINT hold_state CHECK (state BETWEEN 1 AND 4),
	CONSTRAINT hold_amount CHECK (amount > 0),
	CONSTRAINT hold_other CHECK (decided_by NOT IN (person, payee_person)),
	CONSTRAINT hold_decided CHECK ((state IN (2, 3)) = (decided_by > 0) AND (state = 1) = (decided_ms = 0)),
	CONSTRAINT hold_reason CHECK (state <> 3 OR reason <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
