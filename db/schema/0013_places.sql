-- 0013_places.sql - the places of a batch's lines are 64 bits wide, as terminals choose them.
-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE batch_line MODIFY place BIGINT UNSIGNED NOT NULL;
