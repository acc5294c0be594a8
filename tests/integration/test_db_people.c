/*
 * test_db_people.c - people, sessions, captures, terminals and messages
 * against a real MariaDB.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <pthread.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL

struct world {
	struct private_db *db;
	struct stores *s;
};

static int
setup(void **state)
{
	static struct world w;

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/people");
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	stores_close(w->s);
	private_db_stop(w->db);
	return 0;
}

static void
a_registration_ends_with_numbers_and_repeats_them(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_ENROL, T0);
	char customer[CUSTOMER_BYTES + 1] = "untouch", account[ACCOUNT_MAX_BYTES + 1] = "untouched", currency[CURRENCY_BYTES + 1];
	struct account accounts[2];
	struct history_row h[1];
	struct face_template t;
	struct bank_person p;
	struct person row;
	size_t n;

	bank_pending(w->s, T0, &p);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, p.session, "EUR", &ev, customer, account), RC_NOT_ENROLLED);
	assert_string_equal(customer, "untouch");
	bank_enrol(w->s, T0, &p);
	bank_enrol(w->s, T0 + 1, &p);	/* a second try takes the first one's place */
	assert_int_equal(w->s->person.ops->template_get(&w->s->person, p.id, &t), RC_NOT_ENROLLED);
	assert_int_equal(w->s->person.ops->template_waiting(&w->s->person, p.id, &t), RC_OK);
	assert_int_equal(t.sealed_n, 192 * 4 + SEAL_OVERHEAD);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, p.session, "XYZ", &ev, customer, account), RC_CURRENCY);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, p.session, "EUR", &ev, p.customer, p.account), RC_OK);
	assert_int_equal(strlen(p.customer), CUSTOMER_BYTES);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, p.session, "EUR", &ev, customer, account), RC_OK);
	assert_string_equal(customer, p.customer);
	assert_string_equal(account, p.account);
	assert_int_equal(w->s->person.ops->template_waiting(&w->s->person, p.id, &t), RC_NOT_ENROLLED);
	assert_int_equal(w->s->person.ops->template_get(&w->s->person, p.id, &t), RC_OK);
	assert_string_equal(t.embedder, "mobilefacenet");
	assert_int_equal(t.sealed_n, 192 * 4 + SEAL_OVERHEAD);
	assert_int_equal(w->s->person.ops->by_customer(&w->s->person, p.customer, &row), RC_OK);
	assert_int_equal(row.id, p.id);
	assert_int_equal(row.status, PERSON_ACTIVE);
	assert_string_equal(row.name, "Ada Lovelace");
	assert_int_equal(row.email_n, 60);
	assert_int_equal(w->s->person.ops->by_customer(&w->s->person, "00000000", &row), RC_NOT_FOUND);
	assert_int_equal(w->s->ledger.ops->accounts_of(&w->s->ledger, p.id, accounts, 2, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(accounts[0].name, "Ada Lovelace");
	assert_int_equal(w->s->ledger.ops->history(&w->s->ledger, p.id, p.account, 0, 1, h, &n, currency), RC_OK);
	assert_int_equal(n, 0);
}

/* Active ones only, in pages, with the key that opens each. */
static void
all_templates_can_be_read(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_ENROL, T0);
	struct person_template page[2];
	struct face_template one;
	struct bank_person p[4];
	struct person row;
	uint64_t after = 0, seen = 0;
	size_t n = 0;

	for (int i = 0; i < 4; i++) {
		bank_pending(w->s, T0, &p[i]);
		bank_enrol(w->s, T0, &p[i]);
		if (i > 0)	/* the first one waits */
			assert_int_equal(w->s->person.ops->activate(&w->s->person, p[i].id, p[i].session, "EUR", &ev,
			    p[i].customer, p[i].account), RC_OK);
	}
	after = p[0].id - 1;
	do {
		assert_int_equal(w->s->person.ops->templates(&w->s->person, after, page, 2, &n), RC_OK);
		for (size_t i = 0; i < n; i++, seen++) {
			assert_int_equal(page[i].person, p[seen + 1].id);
			assert_int_equal(w->s->person.ops->by_id(&w->s->person, page[i].person, &row), RC_OK);
			assert_memory_equal(page[i].wrapped_key, row.wrapped_key, WRAPPED_KEY_BYTES);
			assert_int_equal(w->s->person.ops->template_get(&w->s->person, page[i].person, &one), RC_OK);
			assert_int_equal(page[i].template.sealed_n, one.sealed_n);
			assert_memory_equal(page[i].template.sealed, one.sealed, one.sealed_n);
			assert_int_equal(page[i].template.dim, one.dim);
			assert_string_equal(page[i].template.embedder, one.embedder);
			after = page[i].person;
		}
	} while (n == 2);
	assert_int_equal(seen, 3);
}

static void
an_enrolment_that_took_too_long_is_none(void **state)
{
	struct world *w = *state;
	struct audit_event late = bank_event(AUDIT_ENROL, T0 + PROOF_LIFE_MS);
	char customer[CUSTOMER_BYTES + 1], account[ACCOUNT_MAX_BYTES + 1];
	struct bank_person p, other;

	bank_pending(w->s, T0, &p);
	bank_pending(w->s, T0, &other);
	bank_enrol(w->s, T0, &p);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, p.session, "EUR", &late, customer, account), RC_NOT_ENROLLED);
	late.at_ms--;
	assert_int_equal(w->s->person.ops->activate(&w->s->person, other.id, p.session, "EUR", &late, customer, account), RC_NOT_ENROLLED);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, other.session, "EUR", &late, customer, account), RC_NOT_ENROLLED);
	assert_int_equal(w->s->person.ops->activate(&w->s->person, p.id, p.session, "EUR", &late, customer, account), RC_OK);
}

static void
wrong_passwords_lock_for_longer_and_longer(void **state)
{
	static const int64_t want_s[] = { 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_LOGIN_PASSWORD, T0);
	struct bank_person p;
	struct person row;
	int64_t until = -1, locked;

	bank_pending(w->s, T0, &p);
	for (size_t k = 0; k < sizeof want_s / sizeof want_s[0]; k++) {
		assert_int_equal(w->s->person.ops->password_result(&w->s->person, p.id, false, &ev, &until), RC_OK);
		assert_int_equal(until, want_s[k] == 0 ? 0 : ev.at_ms + want_s[k] * 1000);
		if (until == 0)
			continue;
		/* whatever comes before the lock's end counts nothing and changes nothing */
		ev.at_ms = until - 1;
		for (int right = 0; right < 2; right++) {
			locked = 0;
			assert_int_equal(w->s->person.ops->password_result(&w->s->person, p.id, right, &ev, &locked), RC_LOCKED);
			assert_int_equal(locked, until);
		}
		ev.at_ms = until;
	}
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.password_fails, 13);
	assert_int_equal(row.password_locked_until, ev.at_ms);
	assert_int_equal(w->s->person.ops->unlock(&w->s->person, p.id, 0, &ev), RC_OK);
	assert_int_equal(w->s->person.ops->password_result(&w->s->person, p.id, false, &ev, &until), RC_OK);
	assert_int_equal(until, 0);
	assert_int_equal(w->s->person.ops->password_result(&w->s->person, p.id, true, &ev, &until), RC_OK);
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.password_fails, 0);
	assert_int_equal(w->s->person.ops->unlock(&w->s->person, 999999, 0, &ev), RC_NOT_FOUND);
}

struct guesser {
	struct world *w;
	uint64_t person;
	const char *lane;
	int counted;
};

static void *
guess(void *arg)
{
	struct guesser *g = arg;
	struct stores *s = private_db_open(g->w->db, "countersign", g->lane);
	struct audit_event ev = bank_event(AUDIT_LOGIN_PASSWORD, T0);

	for (int k = 0; k < 10; k++)
		g->counted += s->person.ops->password_result(&s->person, g->person, false, &ev, NULL) == RC_OK;
	stores_close(s);
	return NULL;
}

static void
guessing_passwords_in_parallel_gains_no_try(void **state)
{
	struct world *w = *state;
	struct guesser g[2] = { { .w = w, .lane = "test/p0" }, { .w = w, .lane = "test/p1" } };
	struct bank_person p;
	struct person row;
	pthread_t t[2];

	bank_pending(w->s, T0, &p);
	for (int k = 0; k < 2; k++) {
		g[k].person = p.id;
		assert_int_equal(pthread_create(&t[k], NULL, guess, &g[k]), 0);
	}
	for (int k = 0; k < 2; k++)
		pthread_join(t[k], NULL);
	assert_int_equal(g[0].counted + g[1].counted, PASSWORD_TRIES);
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.password_fails, PASSWORD_TRIES);
}

/* Captures begun before the lock do not get around it: the one that ends well after it leaves no proof. */
static void
captures_in_parallel_gain_no_try(void **state)
{
	struct world *w = *state;
	struct capture_row c[FACE_TRIES + 1];
	struct capture_result bad = { .verdict = RC_FACE_OTHER, .ended_ms = T0, .counts = true };
	struct capture_result good = { .verdict = RC_OK, .ended_ms = T0, .proof_expires_ms = T0 + PROOF_LIFE_MS };
	struct audit_event ev = bank_event(AUDIT_CAPTURE_VERDICT, T0);
	struct capture_store *s = &w->s->capture;
	struct bank_person p;
	struct person row;
	int64_t proofs;

	bank_customer(w->s, T0, &p);
	proofs = private_db_number(w->db, "SELECT COUNT(*) FROM proof");
	for (int k = 0; k <= FACE_TRIES; k++) {
		c[k] = (struct capture_row){ .person = p.id, .started_ms = T0 };
		bank_random(c[k].id, ID_BYTES);
		memcpy(c[k].session, p.session, ID_BYTES);
		assert_int_equal(s->ops->begin(s, &c[k], &ev), RC_OK);
	}
	for (int k = 0; k < FACE_TRIES; k++)
		assert_int_equal(s->ops->finish(s, c[k].id, &bad, &ev), RC_OK);
	assert_int_equal(s->ops->finish(s, c[FACE_TRIES].id, &good, &ev), RC_LOCKED);
	assert_int_equal(s->ops->finish(s, c[FACE_TRIES].id, &good, &ev), RC_EARLY);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM proof"), proofs);
	assert_int_equal(private_db_number(w->db, "SELECT outcome FROM audit_record JOIN audit_lane ON audit_lane.id = lane"
	    " AND audit_lane.seq = audit_record.seq WHERE name = 'test/people'"), RC_LOCKED);
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.face_fails, FACE_TRIES);
	assert_int_equal(row.face_locked_until, T0 + LOCK_FIRST_MS);
}

/* Every capture leaves its trace, passed or refused; the newest TRACES_KEPT of the person stay. */
static void
traces_of_captures_are_kept(void **state)
{
	static struct capture_trace t, all[TRACES_KEPT + 5];
	struct world *w = *state;
	struct capture_store *s = &w->s->capture;
	struct audit_event ev = bank_event(AUDIT_CAPTURE_VERDICT, T0);
	struct bank_person p, q;
	size_t n = 99;

	bank_customer(w->s, T0, &p);
	bank_customer(w->s, T0, &q);
	assert_int_equal(s->ops->traces(s, p.id, all, TRACES_KEPT, &n), RC_OK);
	assert_int_equal(n, 0);
	for (unsigned k = 0; k < TRACES_KEPT + 4; k++) {
		struct capture_row c = { .person = p.id, .started_ms = T0 + k };
		struct capture_result res = { .verdict = k % 3 == 0 ? RC_NOT_LIVE : k % 3 == 1 ? RC_CLOSED : RC_OK,
			.ended_ms = T0 + 100 * (int64_t)k, .proof_expires_ms = T0 + PROOF_LIFE_MS, .trace = &t };

		bank_random(c.id, ID_BYTES);
		memcpy(c.session, p.session, ID_BYTES);
		t.sealed_n = k == 5 ? SEALED_TRACE_MAX : 40 + k;
		memset(t.sealed, (int)k, t.sealed_n);
		assert_int_equal(s->ops->begin(s, &c, &ev), RC_OK);
		assert_int_equal(s->ops->finish(s, c.id, &res, &ev), RC_OK);
	}
	assert_int_equal(s->ops->traces(s, p.id, all, TRACES_KEPT + 5, &n), RC_OK);
	assert_int_equal(n, TRACES_KEPT);
	for (unsigned k = 0; k < TRACES_KEPT; k++) {	/* the newest first */
		assert_int_equal(all[k].sealed_n, TRACES_KEPT + 3 - k == 5 ? SEALED_TRACE_MAX : 40 + TRACES_KEPT + 3 - k);
		assert_int_equal(all[k].sealed[39], TRACES_KEPT + 3 - k);
	}
	assert_int_equal(s->ops->traces(s, p.id, all, 3, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_int_equal(s->ops->traces(s, q.id, all, 3, &n), RC_OK);
	assert_int_equal(n, 0);
}

static enum rc
try_face(struct world *w, const struct bank_person *p, int64_t now, enum rc verdict, bool counts)
{
	struct capture_row c = { .person = p->id, .started_ms = now };
	struct capture_result res = { .verdict = verdict, .ended_ms = now, .proof_expires_ms = now + PROOF_LIFE_MS, .counts = counts };
	struct audit_event ev = bank_event(AUDIT_CAPTURE_VERDICT, now);
	enum rc r;

	bank_random(c.id, ID_BYTES);
	memcpy(c.session, p->session, ID_BYTES);
	if ((r = w->s->capture.ops->begin(&w->s->capture, &c, &ev)) != RC_OK)
		return r;
	assert_int_equal(w->s->capture.ops->finish(&w->s->capture, c.id, &res, &ev), RC_OK);
	assert_int_equal(w->s->capture.ops->finish(&w->s->capture, c.id, &res, &ev), RC_EARLY);
	return RC_OK;
}

static void
foreign_faces_lock_and_finally_disable(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_PERSON_UNLOCK, T0);
	struct bank_person p;
	struct person row;
	int64_t now = T0;

	bank_customer(w->s, T0, &p);
	for (int k = 0; k < 4; k++)
		assert_int_equal(try_face(w, &p, now, RC_FACE_OTHER, true), RC_OK);
	assert_int_equal(try_face(w, &p, now, RC_CAPTURE_TIMEOUT, false), RC_OK);	/* counts nothing */
	assert_int_equal(try_face(w, &p, now, RC_NOT_LIVE, true), RC_OK);	/* the fifth */
	assert_int_equal(try_face(w, &p, now + 29999, RC_OK, false), RC_LOCKED);
	assert_int_equal(try_face(w, &p, now + 30000, RC_OK, false), RC_OK);
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.face_fails, 0);
	assert_int_equal(row.face_locked_until, 0);
	for (int k = 0; k < FACE_TRIES_TOTAL; k++) {
		now += LOCK_MOST_MS;
		assert_int_equal(try_face(w, &p, now, RC_FACE_OTHER, true), RC_OK);
	}
	assert_int_equal(try_face(w, &p, now + 10 * LOCK_MOST_MS, RC_OK, false), RC_DISABLED);
	assert_int_equal(w->s->person.ops->unlock(&w->s->person, p.id, 0, &ev), RC_OK);
	assert_int_equal(try_face(w, &p, now + 10 * LOCK_MOST_MS, RC_OK, false), RC_OK);
}

static void
a_session_moves_by_its_state_and_token(void **state)
{
	struct world *w = *state;
	struct session n = { .terminal = 3, .state = SESSION_LOGIN_CODE, .created_ms = T0, .seen_ms = T0,
	    .console = CONSOLE_BACKOFFICE }, got;
	struct audit_event ev = bank_event(AUDIT_LOGIN_CODE, T0 + 50);
	uint8_t old_token[DIGEST_BYTES], token[DIGEST_BYTES], zero[DIGEST_BYTES] = { 0 };
	struct bank_person p;
	struct person row;
	int64_t before, after;
	uint64_t code;

	bank_customer(w->s, T0, &p);
	memcpy(n.id, p.session, ID_BYTES);
	n.id[0] ^= 1;
	n.person = p.id;
	memcpy(p.session, n.id, ID_BYTES);
	bank_random(old_token, sizeof old_token);
	bank_random(token, sizeof token);
	assert_int_equal(w->s->session.ops->create(&w->s->session, &n, old_token, &ev), RC_OK);
	code = bank_code(w->s, T0, &p, CODE_LOGIN, zero);
	assert_int_equal(w->s->session.ops->move(&w->s->session, n.id, SESSION_REGISTER_CODE, SESSION_SIGNED_ON, token, code, &ev), RC_EARLY);
	assert_int_equal(w->s->session.ops->move(&w->s->session, n.id, SESSION_LOGIN_CODE, SESSION_SIGNED_ON, token, code, &ev), RC_OK);
	assert_int_equal(w->s->session.ops->by_token(&w->s->session, old_token, &got), RC_NOT_FOUND);
	assert_int_equal(w->s->session.ops->by_token(&w->s->session, token, &got), RC_OK);
	assert_int_equal(got.state, SESSION_SIGNED_ON);
	assert_int_equal(got.terminal, 3);
	assert_int_equal(got.seen_ms, T0 + 50);
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.last_login_ms, T0 + 50);
	/* the code is spent: a second session cannot use it, and nothing of the move stays */
	assert_int_equal(w->s->session.ops->move(&w->s->session, n.id, SESSION_SIGNED_ON, SESSION_LOGIN_CODE, old_token, code, &ev), RC_CODE_USED);
	assert_int_equal(w->s->session.ops->by_token(&w->s->session, token, &got), RC_OK);
	assert_int_equal(w->s->session.ops->touch(&w->s->session, n.id, T0 + 99), RC_OK);
	before = private_db_number(w->db, "SELECT COUNT(*) FROM audit_record");
	assert_int_equal(w->s->session.ops->end(&w->s->session, n.id, &ev), RC_OK);
	assert_int_equal(w->s->session.ops->end(&w->s->session, n.id, &ev), RC_OK);
	after = private_db_number(w->db, "SELECT COUNT(*) FROM audit_record");
	assert_int_equal(after, before + 1);
	assert_int_equal(w->s->session.ops->by_token(&w->s->session, token, &got), RC_OK);
	assert_int_equal(got.state, SESSION_ENDED);
}

static void
a_terminal_knocks_is_accepted_and_revoked(void **state)
{
	struct world *w = *state;
	static struct terminal list[TERMINALS_MAX];
	struct invitation_row v = { .name = "counter-1", .branch = "Main Street", .created_ms = T0 }, open[4];
	struct audit_event ev = bank_event(AUDIT_TERMINAL_PENDING, T0);
	uint8_t key[KEY_BYTES], flood[KEY_BYTES];
	uint64_t invitation, other;
	int64_t audited;
	size_t n;

	bank_random(v.sealed_word, sizeof v.sealed_word);
	assert_int_equal(w->s->terminal.ops->invite(&w->s->terminal, &v, &ev, &invitation), RC_OK);
	assert_int_equal(w->s->terminal.ops->invite(&w->s->terminal, &v, &ev, &other), RC_OK);
	bank_random(key, sizeof key);
	for (int k = 0; k < 3; k++)
		assert_int_equal(w->s->terminal.ops->note_pending(&w->s->terminal, key, T0 + k, &ev), RC_OK);
	assert_int_equal(w->s->terminal.ops->list(&w->s->terminal, list, TERMINALS_MAX, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].status, TERMINAL_PENDING);
	assert_int_equal(w->s->terminal.ops->invitations(&w->s->terminal, open, 4, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_memory_equal(open[0].sealed_word, v.sealed_word, sizeof v.sealed_word);
	assert_int_equal(w->s->terminal.ops->accept(&w->s->terminal, &(struct terminal_accept){ list[0].id, invitation, CONSOLE_TERMINAL, NULL }, &ev), RC_OK);
	assert_int_equal(w->s->terminal.ops->accept(&w->s->terminal, &(struct terminal_accept){ list[0].id, invitation, CONSOLE_TERMINAL, NULL }, &ev), RC_NOT_FOUND);
	assert_int_equal(w->s->terminal.ops->invitations(&w->s->terminal, open, 4, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM invitation WHERE used_ms > 0 AND sealed_word <> ''"), 0);

	/* a flood of keys stays within its bound, pushes no accepted one out and is not audited without end */
	audited = private_db_number(w->db, "SELECT COUNT(*) FROM audit_record");
	for (int k = 0; k < PENDING_TERMINALS_MAX + 20; k++) {
		bank_random(flood, sizeof flood);
		assert_int_equal(w->s->terminal.ops->note_pending(&w->s->terminal, flood, T0 + 100 + k, &ev), RC_OK);
	}
	assert_int_equal(w->s->terminal.ops->list(&w->s->terminal, list, TERMINALS_MAX, &n), RC_OK);
	assert_int_equal(n, PENDING_TERMINALS_MAX + 1);
	assert_int_equal(list[0].status, TERMINAL_ACCEPTED);
	assert_string_equal(list[0].name, "counter-1");
	assert_string_equal(list[0].branch, "Main Street");
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM audit_record"), audited + PENDING_TERMINALS_MAX);

	/* the name is taken as long as its terminal is accepted */
	assert_int_equal(w->s->terminal.ops->accept(&w->s->terminal, &(struct terminal_accept){ list[1].id, other, CONSOLE_TERMINAL, NULL }, &ev), RC_EXISTS);
	assert_int_equal(w->s->terminal.ops->revoke(&w->s->terminal, list[0].id, &ev), RC_OK);
	assert_int_equal(w->s->terminal.ops->revoke(&w->s->terminal, list[0].id, &ev), RC_NOT_FOUND);
	assert_int_equal(w->s->terminal.ops->accept(&w->s->terminal, &(struct terminal_accept){ list[1].id, other, CONSOLE_TERMINAL, NULL }, &ev), RC_OK);
	/* a revoked key stays revoked however often it knocks */
	assert_int_equal(w->s->terminal.ops->note_pending(&w->s->terminal, key, T0 + 999, &ev), RC_OK);
	assert_int_equal(w->s->terminal.ops->list(&w->s->terminal, list, TERMINALS_MAX, &n), RC_OK);
	assert_int_equal(list[0].status, TERMINAL_REVOKED);
}

static void
a_message_is_leased_sent_and_erased(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_NOTIFY, T0);
	uint8_t digest[DIGEST_BYTES] = { 9 };
	struct outbox_row row, other;
	struct bank_person p;

	while (w->s->outbox.ops->claim(&w->s->outbox, INT64_MAX / 4, INT64_MAX / 2, &row) == RC_OK)
		assert_int_equal(w->s->outbox.ops->sent(&w->s->outbox, row.id, &ev), RC_OK);
	bank_customer(w->s, T0, &p);
	(void)bank_code(w->s, T0, &p, CODE_TRANSACTION, digest);
	assert_int_equal(w->s->outbox.ops->claim(&w->s->outbox, T0 - 1, T0 + 100, &row), RC_NOT_FOUND);
	assert_int_equal(w->s->outbox.ops->claim(&w->s->outbox, T0, T0 + 100, &row), RC_OK);
	assert_int_equal(row.person, p.id);
	assert_int_equal(row.sealed_n, 100);
	assert_int_equal(row.attempts, 1);
	assert_int_equal(w->s->outbox.ops->claim(&w->s->outbox, T0 + 99, T0 + 200, &other), RC_NOT_FOUND);
	assert_int_equal(w->s->outbox.ops->claim(&w->s->outbox, T0 + 100, T0 + 200, &other), RC_OK);	/* the lease ran out */
	assert_int_equal(other.attempts, 2);
	assert_int_equal(w->s->outbox.ops->failed(&w->s->outbox, row.id, T0 + 300, &ev), RC_OK);
	assert_int_equal(w->s->outbox.ops->claim(&w->s->outbox, T0 + 299, T0 + 400, &other), RC_NOT_FOUND);
	assert_int_equal(w->s->outbox.ops->claim(&w->s->outbox, T0 + 300, T0 + 400, &other), RC_OK);
	assert_int_equal(w->s->outbox.ops->failed(&w->s->outbox, row.id, 0, &ev), RC_OK);
	assert_int_equal(w->s->outbox.ops->sent(&w->s->outbox, row.id, &ev), RC_NOT_FOUND);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM outbox WHERE state <> 1 AND sealed <> ''"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_ends_with_numbers_and_repeats_them),
		cmocka_unit_test(all_templates_can_be_read),
		cmocka_unit_test(an_enrolment_that_took_too_long_is_none),
		cmocka_unit_test(wrong_passwords_lock_for_longer_and_longer),
		cmocka_unit_test(guessing_passwords_in_parallel_gains_no_try),
		cmocka_unit_test(captures_in_parallel_gain_no_try),
		cmocka_unit_test(traces_of_captures_are_kept),
		cmocka_unit_test(foreign_faces_lock_and_finally_disable),
		cmocka_unit_test(a_session_moves_by_its_state_and_token),
		cmocka_unit_test(a_terminal_knocks_is_accepted_and_revoked),
		cmocka_unit_test(a_message_is_leased_sent_and_erased),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
