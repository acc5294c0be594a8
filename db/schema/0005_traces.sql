-- 0005_traces.sql - traces of captures, to notice one that is played again.
-- SPDX-License-Identifier: Apache-2.0
--
-- sealed: server/cue_recall.h's codec under the person's key. The newest few of
-- each person are kept.

CREATE TABLE IF NOT EXISTS capture_trace (
	capture BINARY(16) NOT NULL PRIMARY KEY,
	person BIGINT UNSIGNED NOT NULL,
	created_ms BIGINT NOT NULL,
	sealed VARBINARY(12288) NOT NULL,
	KEY capture_trace_person (person, created_ms),
	CONSTRAINT capture_trace_person FOREIGN KEY (person) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
