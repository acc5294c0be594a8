-- 0012_faces.sql - a person who works here and has no face yet may enrol one.
-- SPDX-License-Identifier: Apache-2.0
--
-- Allowed by one administrator, never the person; used once, by an enrolment at
-- a branch terminal. The first two administrators are made without a face.

CREATE TABLE IF NOT EXISTS face_allowance (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(140) NOT NULL,
	allowed_by BIGINT UNSIGNED NOT NULL,
	allowed_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL DEFAULT 0,
	KEY face_allowance_person (person, used_ms, allowed_ms),
	CONSTRAINT face_allowance_person FOREIGN KEY (person) REFERENCES person (id),
	CONSTRAINT face_allowance_reason CHECK (reason <> ''),
	CONSTRAINT face_allowance_other CHECK (allowed_by > 0 AND allowed_by <> person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
