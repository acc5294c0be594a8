/*
 * mysql_person_activate.c - enrolment ends: customer number, template and
 * first account in one transaction that spends the enrolment proof; the face
 * alone for somebody who has a number already.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers are random, so that none can be guessed from another; the unique
 * keys refuse the rare one that exists, and another is drawn.
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_store.h"
#include "proto/money.h"

#define NUMBER_TRIES 20

enum rc
account_insert(struct db *d, uint64_t person, const char *name, const char *currency, int64_t now_ms,
    char number[ACCOUNT_MAX_BYTES + 1])
{
	enum rc r = RC_BUG;

	for (int i = 0; i < NUMBER_TRIES; i++) {
		uint64_t serial = (uint64_t)rng_below(db_rng(d), 100000u) * 100000u + rng_below(db_rng(d), 100000u);

		account_number_make(db_branch(d), serial, number);
		r = db_exec(d, "INSERT INTO account (number, person, name, kind, currency, opened_ms) VALUES (?, ?, ?, 1, ?, ?)",
		    DB_IN(db_in_text(number), db_in_u64(person), db_in_text(name), db_in_text(currency), db_in_i64(now_ms)), NULL);
		if (r != RC_EXISTS)
			return r;
	}
	return RC_STORE;
}

struct activate_args {
	uint64_t person;
	const uint8_t *session;
	const char *currency;
	const struct audit_event *ev;
	char customer[CUSTOMER_BYTES + 1], account[ACCOUNT_MAX_BYTES + 1];
};

static enum rc
spend_enrol_proof(struct db *d, const struct activate_args *a)
{
	uint64_t spent;
	enum rc r;

	r = db_exec(d, "UPDATE proof SET spent_ms = ? WHERE person = ? AND session = ? AND factor = 5 AND spent_ms = 0"
	    " AND expires_ms > ? ORDER BY id LIMIT 1",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->person), db_in_bytes(a->session, ID_BYTES), db_in_i64(a->ev->at_ms)),
	    &spent);
	if (r != RC_OK || spent != 1)
		return r != RC_OK ? r : RC_NOT_ENROLLED;
	r = db_exec(d, "UPDATE face_template SET active = 1 WHERE person = ? AND active = 0", DB_IN(db_in_u64(a->person)), &spent);
	return r != RC_OK ? r : spent == 1 ? RC_OK : RC_NOT_ENROLLED;
}

enum rc
person_number(struct db *d, uint64_t id, char customer[CUSTOMER_BYTES + 1])
{
	uint64_t given;
	enum rc r = RC_BUG;

	for (int i = 0; i < NUMBER_TRIES; i++) {
		snprintf(customer, CUSTOMER_BYTES + 1, "%08u", 10000000u + rng_below(db_rng(d), 90000000u));
		r = db_exec(d, "UPDATE person SET customer = ?, status = 2 WHERE id = ? AND status = 1",
		    DB_IN(db_in_text(customer), db_in_u64(id)), &given);
		if (r != RC_EXISTS)
			return r != RC_OK ? r : given == 1 ? RC_OK : RC_EARLY;
	}
	return RC_STORE;
}

static enum rc
enrolled(struct db *d, const struct activate_args *a, struct audit_event *ev)
{
	if (ev->subject[0] == '\0')
		snprintf(ev->subject, sizeof ev->subject, "%s", a->customer);
	return audit_append(d, ev);
}

/* The person is active: there is nothing to do, or this is the face that an administrator allowed. */
static enum rc
enrol_again(struct db *d, const struct activate_args *a, struct audit_event *ev)
{
	uint64_t waiting;
	enum rc r;

	if ((r = db_row(d, "SELECT COUNT(*) FROM face_template WHERE person = ? AND active = 0", DB_IN(db_in_u64(a->person)),
	    DB_OUT(db_out_u64(&waiting)))) != RC_OK || waiting == 0)
		return r;
	if ((r = face_allowance_spend(d, a->person, ev->at_ms)) != RC_OK || (r = spend_enrol_proof(d, a)) != RC_OK)
		return r;
	return enrolled(d, a, ev);
}

static enum rc
activate_step(struct db *d, void *arg)
{
	struct activate_args *a = arg;
	char name[NAME_MAX_BYTES + 1];
	struct audit_event ev = *a->ev;
	uint64_t status;
	enum rc r;

	if ((r = db_row(d, "SELECT status, COALESCE(customer, ''), name FROM person WHERE id = ? FOR UPDATE",
	    DB_IN(db_in_u64(a->person)),
	    DB_OUT(db_out_u64(&status), db_out_text(a->customer, sizeof a->customer), db_out_text(name, sizeof name)))) != RC_OK)
		return r;
	if (status == PERSON_ACTIVE) {
		if ((r = enrol_again(d, a, &ev)) != RC_OK)
			return r;
		r = db_row(d, "SELECT number FROM account WHERE person = ? ORDER BY id LIMIT 1", DB_IN(db_in_u64(a->person)),
		    DB_OUT(db_out_text(a->account, sizeof a->account)));
		return r == RC_NOT_FOUND ? RC_OK : r;
	}
	if (money_exponent(a->currency) < 0)
		return RC_CURRENCY;
	if ((r = spend_enrol_proof(d, a)) != RC_OK ||
	    (r = person_number(d, a->person, a->customer)) != RC_OK ||
	    (r = account_insert(d, a->person, name, a->currency, a->ev->at_ms, a->account)) != RC_OK)
		return r;
	return enrolled(d, a, &ev);
}

enum rc
person_activate(struct person_store *s, uint64_t id, const uint8_t session[ID_BYTES], const char *currency,
    const struct audit_event *ev, char customer[CUSTOMER_BYTES + 1], char account[ACCOUNT_MAX_BYTES + 1])
{
	struct activate_args a = { .person = id, .session = session, .currency = currency, .ev = ev };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, activate_step, &a)) == RC_OK) {
		memcpy(customer, a.customer, sizeof a.customer);
		memcpy(account, a.account, sizeof a.account);
	}
	return r;
}
