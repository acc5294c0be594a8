-- 0004_templates.sql - room for templates of two networks side by side.
-- SPDX-License-Identifier: Apache-2.0
--
-- 704 floats and what sealing adds.

ALTER TABLE face_template MODIFY sealed VARBINARY(2856) NOT NULL;
