-- 0009_limits.sql - what left an account within a day is summed for each transfer.
-- SPDX-License-Identifier: Apache-2.0
ALTER TABLE posting ADD INDEX IF NOT EXISTS posting_day (account, at_ms, amount);
