-- grants.sql - what the programs' users may do; applied after every migration.
-- SPDX-License-Identifier: Apache-2.0
--
-- @SERVER@ and @AUDITOR@ stand for accounts such as 'countersign'@'localhost'.
-- Journal, postings, intents and audit records can be written once and read;
-- nobody but the owner of the schema can change or delete them. Nor does the
-- server give anybody a role, let anybody enrol a face anew, or change what an
-- exception says.

GRANT SELECT ON schema_migration TO @SERVER@;
GRANT SELECT, INSERT ON audit_record TO @SERVER@;
GRANT SELECT, INSERT ON journal TO @SERVER@;
GRANT SELECT, INSERT ON posting TO @SERVER@;
GRANT SELECT, INSERT ON intent TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON audit_lane TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON account TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON person TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON face_template TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON session TO @SERVER@;
GRANT SELECT, INSERT, UPDATE, DELETE ON terminal TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON invitation TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON code TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON capture TO @SERVER@;
GRANT SELECT, INSERT, DELETE ON capture_trace TO @SERVER@;
GRANT SELECT, INSERT, UPDATE (sealed) ON evidence TO @SERVER@;
GRANT SELECT, INSERT, UPDATE (held), DELETE ON evidence_key TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON proof TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON outbox TO @SERVER@;
GRANT SELECT, INSERT, UPDATE ON batch TO @SERVER@;
GRANT SELECT, INSERT, UPDATE, DELETE ON batch_line TO @SERVER@;
GRANT SELECT, INSERT, DELETE ON batch_unfinished TO @SERVER@;
GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_ms, reason) ON hold TO @SERVER@;
GRANT SELECT, INSERT ON hold_approval TO @SERVER@;
GRANT SELECT, UPDATE (used_ms) ON face_allowance TO @SERVER@;
GRANT SELECT ON person_role TO @SERVER@;
GRANT SELECT ON role_grant TO @SERVER@;
GRANT SELECT, INSERT, UPDATE (confirmed_by, confirmed_ms, ended_by, ended_ms, end_reason) ON liveness_exception TO @SERVER@;
GRANT SELECT ON schema_migration TO @AUDITOR@;
GRANT SELECT ON audit_lane TO @AUDITOR@;
GRANT SELECT ON audit_record TO @AUDITOR@;
