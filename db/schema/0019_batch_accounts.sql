-- 0019_batch_accounts.sql - which batches move money of an account.
-- SPDX-License-Identifier: Apache-2.0
--
-- Audit records of a batch name it by number; whoever looks for an account in
-- the trail finds them by its lines.

ALTER TABLE batch_line
	ADD INDEX IF NOT EXISTS batch_line_debit (debit, batch),
	ADD INDEX IF NOT EXISTS batch_line_payee (payee, batch);
