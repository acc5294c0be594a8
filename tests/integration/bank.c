/*
 * bank.c - people and money for tests of the stores.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/integration/bank.h"

static const uint8_t no_digest[DIGEST_BYTES];

struct audit_event
bank_event(enum audit_action action, int64_t at_ms)
{
	return (struct audit_event){ .action = action, .at_ms = at_ms, .detail = "test" };
}

void
bank_random(void *p, size_t n)
{
	rng_fill(rng_system(), p, n);
}

void
bank_pending(struct stores *s, int64_t now_ms, struct bank_person *p)
{
	struct person_new n = { .name = "Ada Lovelace", .password_hash = "$argon2id$test" };
	struct session se = { .terminal = 1, .state = SESSION_REGISTER_FACE, .created_ms = now_ms, .seen_ms = now_ms, .currency = "EUR",
	    .console = CONSOLE_TERMINAL };
	struct audit_event ev = bank_event(AUDIT_REGISTER, now_ms);
	uint8_t token[DIGEST_BYTES];

	memset(p, 0, sizeof *p);
	bank_random(n.wrapped_key, sizeof n.wrapped_key);
	bank_random(n.email, 60);
	n.email_n = 60;
	assert_int_equal(s->person.ops->create(&s->person, &n, &ev, &p->id), RC_OK);
	bank_random(p->session, ID_BYTES);
	bank_random(token, sizeof token);
	memcpy(se.id, p->session, ID_BYTES);
	se.person = p->id;
	assert_int_equal(s->session.ops->create(&s->session, &se, token, &ev), RC_OK);
}

static void
capture(struct stores *s, int64_t now_ms, const struct bank_person *p, const uint8_t digest[DIGEST_BYTES],
    const struct face_template *enrol)
{
	struct capture_row c = { .person = p->id, .enrol = enrol != NULL, .started_ms = now_ms };
	struct capture_result res = { .verdict = RC_OK, .ended_ms = now_ms, .proof_expires_ms = now_ms + PROOF_LIFE_MS, .enrol = enrol };
	struct audit_event ev = bank_event(AUDIT_CAPTURE_VERDICT, now_ms);

	bank_random(c.id, ID_BYTES);
	memcpy(c.session, p->session, ID_BYTES);
	memcpy(c.digest, digest, DIGEST_BYTES);
	assert_int_equal(s->capture.ops->begin(&s->capture, &c, &ev), RC_OK);
	assert_int_equal(s->capture.ops->finish(&s->capture, c.id, &res, &ev), RC_OK);
}

void
bank_enrol(struct stores *s, int64_t now_ms, const struct bank_person *p)
{
	struct face_template t = { .embedder = "mobilefacenet", .embedder_version = 1, .dim = 192, .frames = 5, .created_ms = now_ms };

	t.sealed_n = 192 * 4 + SEAL_OVERHEAD;
	bank_random(t.sealed, t.sealed_n);
	capture(s, now_ms, p, no_digest, &t);
}

void
bank_customer(struct stores *s, int64_t now_ms, struct bank_person *p)
{
	struct audit_event ev = bank_event(AUDIT_ENROL, now_ms);

	bank_pending(s, now_ms, p);
	bank_enrol(s, now_ms, p);
	assert_int_equal(s->person.ops->activate(&s->person, p->id, p->session, "EUR", &ev, p->customer, p->account), RC_OK);
}

void
bank_role(struct private_db *db, uint64_t person, enum role role, bool held)
{
	char sql[200];

	if (held)
		snprintf(sql, sizeof sql, "REPLACE INTO person_role (person, role, granted_ms) VALUES (%llu, %u, 1)",
		    (unsigned long long)person, role_number(role));
	else
		snprintf(sql, sizeof sql, "UPDATE person_role SET ended_ms = 2 WHERE person = %llu AND role = %u",
		    (unsigned long long)person, role_number(role));
	assert_int_equal(private_db_sql(db, "root", sql), 0);
}

void
bank_deposit(struct stores *s, int64_t now_ms, const struct bank_person *p, int64_t amount)
{
	struct ledger_deposit d = { .account = p->account, .currency = "EUR", .reference = "opening", .amount = amount, .now_ms = now_ms };
	struct audit_event ev = bank_event(AUDIT_DEPOSIT, now_ms);
	struct receipt r;

	bank_random(d.request, ID_BYTES);
	assert_int_equal(s->ledger.ops->deposit(&s->ledger, &d, &ev, &r), RC_OK);
}

void
bank_intent(struct stores *s, int64_t now_ms, const struct bank_person *from, const struct bank_person *to,
    int64_t amount, bool face, bool code, struct intent *i)
{
	struct audit_event ev = bank_event(AUDIT_TRANSFER_PREPARE, now_ms);

	*i = (struct intent){ .person = from->id, .needs_face = face, .needs_code = code, .created_ms = now_ms,
	    .expires_ms = now_ms + INTENT_LIFE_MS, .txn = { .kind = TXN_TRANSFER, .amount = amount, .currency = "EUR",
	    .payee_name = "Ada Lovelace", .reference = "rent" } };
	bank_random(i->id, ID_BYTES);
	bank_random(i->txn.nonce, NONCE_BYTES);
	memcpy(i->session, from->session, ID_BYTES);
	memcpy(i->txn.debit, from->account, sizeof i->txn.debit);
	memcpy(i->txn.payee, to->account, sizeof i->txn.payee);
	txn_digest(&i->txn, i->digest);
	assert_int_equal(s->ledger.ops->intent_put(&s->ledger, i, &ev), RC_OK);
}

void
bank_face(struct stores *s, int64_t now_ms, const struct bank_person *p, const uint8_t digest[DIGEST_BYTES])
{
	capture(s, now_ms, p, digest, NULL);
}

uint64_t
bank_code(struct stores *s, int64_t now_ms, const struct bank_person *p, enum code_purpose purpose,
    const uint8_t digest[DIGEST_BYTES])
{
	struct code_row c = { .person = p->id, .purpose = purpose, .created_ms = now_ms, .expires_ms = now_ms + CODE_LIFE_MS }, got;
	struct outbox_new m = { .person = p->id, .sealed_n = 100, .expires_ms = now_ms + CODE_LIFE_MS };
	struct audit_event ev = bank_event(AUDIT_CODE_SEND, now_ms);

	memcpy(c.session, p->session, ID_BYTES);
	memcpy(c.digest, digest, DIGEST_BYTES);
	bank_random(c.salt, sizeof c.salt);
	bank_random(c.hash, sizeof c.hash);
	bank_random(m.sealed, m.sealed_n);
	assert_int_equal(s->code.ops->issue(&s->code, &c, &m, &ev), RC_OK);
	assert_int_equal(s->code.ops->take(&s->code, p->session, purpose, digest, now_ms, &got), RC_OK);
	assert_memory_equal(got.hash, c.hash, sizeof c.hash);
	assert_memory_equal(got.salt, c.salt, sizeof c.salt);
	return got.id;
}

struct ledger_step
bank_step(const struct intent *i, uint64_t code, int64_t now_ms)
{
	struct ledger_step st = { .person = i->person, .code = code, .now_ms = now_ms };

	memcpy(st.intent, i->id, ID_BYTES);
	memcpy(st.session, i->session, ID_BYTES);
	bank_random(st.request, ID_BYTES);
	return st;
}
