-- 0003_audit.sql - the audit trail: lanes and their records (db/AUDIT.md).
-- SPDX-License-Identifier: Apache-2.0
--
-- Records are inserted, never changed. The row of a lane is its head; it moves
-- with every record, and the seal file outside the database vouches for it.

CREATE TABLE IF NOT EXISTS audit_lane (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	name VARCHAR(47) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	hash BINARY(32) NOT NULL,
	UNIQUE KEY audit_lane_name (name),
	CONSTRAINT audit_lane_named CHECK (name <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS audit_record (
	lane BIGINT UNSIGNED NOT NULL,
	seq BIGINT UNSIGNED NOT NULL,
	at_ms BIGINT NOT NULL,
	action INT UNSIGNED NOT NULL,
	outcome INT NOT NULL,
	person BIGINT UNSIGNED NOT NULL,
	terminal BIGINT UNSIGNED NOT NULL,
	session BINARY(16) NOT NULL,
	subject VARBINARY(63) NOT NULL,
	detail VARBINARY(239) NOT NULL,
	prev BINARY(32) NOT NULL,
	hash BINARY(32) NOT NULL,
	PRIMARY KEY (lane, seq),
	CONSTRAINT audit_record_lane FOREIGN KEY (lane) REFERENCES audit_lane (id),
	CONSTRAINT audit_record_seq CHECK (seq > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
