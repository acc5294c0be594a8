/*
 * mysql_store.h - what the files mysql_*.c share beside the connection.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each aggregate is one const table of operations; stores.c puts them together
 * over one connection (the ctx of every seam is its struct db).
 */
#ifndef DB_MYSQL_STORE_H
#define DB_MYSQL_STORE_H

#include "db/mysql_conn.h"

extern const struct person_store_ops   mysql_person_ops;
extern const struct session_store_ops  mysql_session_ops;
extern const struct terminal_store_ops mysql_terminal_ops;
extern const struct code_store_ops     mysql_code_ops;
extern const struct capture_store_ops  mysql_capture_ops;
extern const struct ledger_store_ops   mysql_ledger_ops;
extern const struct outbox_store_ops   mysql_outbox_ops;
extern const struct audit_store_ops    mysql_audit_ops;
extern const struct staff_store_ops    mysql_staff_ops;
extern const struct role_store_ops     mysql_role_ops;
extern const struct exception_store_ops mysql_exception_ops;
extern const struct batch_store_ops    mysql_batch_ops;
extern const struct hold_store_ops     mysql_hold_ops;
extern const struct evidence_store_ops mysql_evidence_ops;

/*
 * Conditions and values for statements: does `who` (a column or ?) hold one of
 * these roles, given as numbers of person_role; and all roles as bits. Whom staff
 * have locked holds none.
 */
#define HOLDS_ROLE(who, numbers) " EXISTS (SELECT 1 FROM person_role held JOIN person holder ON holder.id = held.person" \
	" WHERE held.person = " who " AND held.role IN (" numbers ") AND held.ended_ms = 0 AND holder.status = 2)"
#define ROLES_COUNTER_SQL "1, 4"	/* ROLES_COUNTER of proto/role.h */
#define ROLES_SUPERVISOR_SQL "4"
#define ROLES_OF(who) " (SELECT 1 | COALESCE(BIT_OR(1 << held.role), 0) FROM person_role held JOIN person holder" \
	" ON holder.id = held.person WHERE held.person = " who " AND held.ended_ms = 0 AND holder.status = 2)"

/* ---- for use inside steps of db_run ---- */

/* Appends to this connection's lane: the last thing a step does before it returns RC_OK. */
enum rc audit_append(struct db *d, const struct audit_event *ev) MUST_CHECK;
/* Reading with names (mysql_audit_look.c), for the table in mysql_audit.c. */
enum rc audit_look_tail(struct audit_store *s, uint64_t lane, uint64_t after, struct audit_line *dst, size_t max, size_t *n);
enum rc audit_look_back(struct audit_store *s, const struct audit_where *where, struct audit_line *dst, size_t max, size_t *n);
enum rc audit_look_session(struct audit_store *s, const uint8_t session[ID_BYTES], const struct audit_place *after,
    struct audit_line *dst, size_t max, size_t *n);
enum rc audit_look_sign_on(struct audit_store *s, const uint8_t session[ID_BYTES], const struct audit_place *after,
    struct audit_line *dst, size_t max, size_t *n);
enum rc audit_look_subject(struct audit_store *s, const char *subject, const struct audit_place *after, struct audit_line *dst,
    size_t max, size_t *n);
enum rc audit_look_people(struct audit_store *s, const char *text, uint64_t *dst, size_t max, size_t *n);
enum rc audit_look_terminals(struct audit_store *s, const char *text, uint64_t *dst, size_t max, size_t *n);
enum rc audit_count_numbers(struct audit_store *s, int64_t now_ms, int64_t from_ms, int64_t to_ms, struct audit_numbers *dst);
/* Finds or makes the lane's row; done once when the bundle is opened. */
enum rc audit_lane_open(struct db *d) MUST_CHECK;

/* Queues a message. */
enum rc outbox_put(struct db *d, const struct outbox_new *m, int64_t now_ms) MUST_CHECK;

/*
 * Spends one code in the step it was typed for; by->session and by->digest say
 * what it was made for. RC_CODE_USED, or RC_PROOF_MISSING if it is not that code.
 */
enum rc code_spend(struct db *d, enum code_purpose purpose, const struct code_use *by) MUST_CHECK;
/* Spends a live face of by->person, in that session, for that digest; journal: what it was spent on, 0 for more than one row. RC_PROOF_MISSING. */
enum rc face_spend(struct db *d, const struct code_use *by, uint64_t journal) MUST_CHECK;

/* A pending person becomes active under a new customer number. RC_EARLY: not pending. */
enum rc person_number(struct db *d, uint64_t id, char customer[CUSTOMER_BYTES + 1]) MUST_CHECK;
/* A new account number that nobody has, its row inserted. */
enum rc account_insert(struct db *d, uint64_t person, const char *name, const char *currency, int64_t now_ms,
    char number[ACCOUNT_MAX_BYTES + 1]) MUST_CHECK;

/* The picture of a capture that ends in this step. */
enum rc evidence_put(struct db *d, const uint8_t capture[ID_BYTES], uint64_t person, int64_t now_ms,
    const struct evidence_new *e) MUST_CHECK;

/* The end of an enrolment (mysql_person_activate.c), for the table in mysql_person.c. */
enum rc person_activate(struct person_store *s, uint64_t id, const uint8_t session[ID_BYTES], const char *currency,
    const struct audit_event *ev, char customer[CUSTOMER_BYTES + 1], char account[ACCOUNT_MAX_BYTES + 1]);

/* mysql_face.c, for the same table. */
enum rc person_face_allow(struct person_store *s, uint64_t id, const char *reason, const struct code_use *by,
    const struct audit_event *ev);
enum rc person_face_allowed(struct person_store *s, uint64_t id, int64_t now_ms);
/* What allowed this person's enrolment is used up. RC_DENIED: nothing did. */
enum rc face_allowance_spend(struct db *d, uint64_t person, int64_t now_ms) MUST_CHECK;

/* The ledger's reading operations (mysql_ledger_read.c), for the table in mysql_ledger.c. */
enum rc ledger_accounts_of(struct ledger_store *s, uint64_t person, struct account *dst, size_t max, size_t *n);
enum rc ledger_account_by_number(struct ledger_store *s, const char *number, struct account *a);
enum rc ledger_intent_get(struct ledger_store *s, const uint8_t id[ID_BYTES], struct intent *i);
enum rc ledger_intent_last(struct ledger_store *s, uint64_t person, struct intent *i);
enum rc ledger_receipt_by_request(struct ledger_store *s, uint64_t person, const uint8_t request[ID_BYTES], struct receipt *r);
enum rc ledger_history(struct ledger_store *s, uint64_t person, const char *account, uint64_t before, size_t max,
    struct history_row *dst, size_t *n, char currency[CURRENCY_BYTES + 1]);
/* mysql_reversal.c */
enum rc ledger_posted(struct ledger_store *s, uint64_t journal, struct posted *p);
enum rc ledger_linked(struct ledger_store *s, const char *thing, char dst[LINKED_MAX][LINKED_BYTES], size_t *n);
/* mysql_ledger_statement.c */
enum rc ledger_statement_open(struct ledger_store *s, const char *number, int64_t from_ms, struct account *account, int64_t *opening);
enum rc ledger_statement_lines(struct ledger_store *s, const char *number, int64_t from_ms, int64_t to_ms, uint64_t after,
    struct history_row *dst, size_t max, size_t *n);
/* Inside a step: the row of one intent, the receipt of one request. RC_NOT_FOUND. */
enum rc intent_read(struct db *d, const uint8_t id[ID_BYTES], struct intent *i) MUST_CHECK;
enum rc receipt_read(struct db *d, uint64_t person, const uint8_t request[ID_BYTES], uint8_t intent[ID_BYTES],
    struct receipt *r) MUST_CHECK;
/* Inside a step: an account. RC_ACCOUNT_UNKNOWN. *open: it may be moved. */
enum rc account_read(struct db *d, const char *number, struct account *a, bool *open) MUST_CHECK;

#endif
