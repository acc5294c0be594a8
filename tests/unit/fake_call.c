/*
 * fake_call.c - see fake_call.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "server/vault.h"
#include "unit/fake_call.h"

static int64_t
fake_call_clock(void *ctx)
{
	return ((const struct fake_call *)ctx)->now_ms;
}

static struct clock fake_call_clocks[1];

const struct vision_hello fake_call_maker = { .embedder = "net-a", .embedder_version = 1, .embed_dim = 4 };

void
fake_call_face(struct fake_call *k, uint64_t person, const struct vision_hello *by, const float v[static 4])
{
	struct match_template t = { .by = *by, .frames = 3 };
	struct face_template *to = &k->f.face[person - 1];
	uint8_t raw[MATCH_TEMPLATE_MAX];

	memcpy(t.v, v, 4 * sizeof *v);
	*to = (struct face_template){ .embedder_version = by->embedder_version, .dim = by->embed_dim, .frames = 3 };
	memcpy(to->embedder, by->embedder, sizeof to->embedder);
	assert_int_equal(vault_template_put(k->office.vault, &k->f.person[person - 1], raw, match_template_put(&t, raw), to),
	    RC_OK);
}

void
fake_call_customer(struct fake_call *k, const char *name, const char *customer, uint64_t serial, int64_t balance)
{
	struct fake *f = &k->f;
	struct person *p = &f->person[f->persons++];
	struct account *a = &f->account[f->accounts++];
	struct person_new new = { 0 };

	p->id = f->persons;
	snprintf(p->name, sizeof p->name, "%s", name);
	snprintf(p->customer, sizeof p->customer, "%s", customer);
	p->status = PERSON_ACTIVE;
	assert_int_equal(vault_person_make(k->office.vault, "someone@example.org", &new), RC_OK);
	memcpy(p->wrapped_key, new.wrapped_key, sizeof new.wrapped_key);
	memcpy(p->email, new.email, sizeof new.email);
	p->email_n = new.email_n;
	a->id = f->accounts;
	account_number_make(1, serial, a->number);
	a->person = p->id;
	snprintf(a->name, sizeof a->name, "%s", name);
	a->kind = ACCOUNT_CUSTOMER;
	snprintf(a->currency, sizeof a->currency, "EUR");
	a->balance = balance;
}

void
fake_call_init(struct fake_call *k)
{
	const struct vault_keys keys = { .master = { 1 }, .code = { 2 }, .outbox = { 3 } };
	struct account *cash;

	memset(k, 0, sizeof *k);
	fake_init(&k->f);
	k->now_ms = k->f.now_ms = 1700000000000;
	k->terminal = 7;
	k->consoles = CONSOLES_ALL;
	k->console = CONSOLE_TERMINAL;
	policy_built_in(&k->config.policy);
	k->config.session.idle_ms = SESSION_IDLE_MS;
	k->config.session.hard_ms = SESSION_HARD_MS;
	k->config.code.life_ms = k->config.code.register_life_ms = 60000;
	k->config.liveness.challenges = 2;
	k->config.liveness.moves = LIVENESS_BLINK | LIVENESS_TURN;
	k->config.liveness.timeout_ms = 20000;
	fake_call_clocks[0] = (struct clock){ fake_call_clock, fake_call_clock, NULL, k };
	k->office = (struct office){ .config = &k->config, .vault = vault_new(&keys, rng_system()),
	    .clock = fake_call_clocks, .rng = rng_system(), .match = { .cosine = .54f, .cosine_frame = .44f, .by = fake_call_maker } };
	assert_non_null(k->office.vault);
	assert_int_equal(known_open(&k->office.known, &fake_call_maker, FAKE_CALL_KNOWN), RC_OK);
	k->desk.office = &k->office;
	k->desk.stores = &k->f.stores;
	fake_call_customer(k, "Anna Archer", "11111111", 1, 1000000);
	fake_call_customer(k, "Bob Builder", "22222222", 2, 5000);
	cash = &k->f.account[k->f.accounts++];
	account_number_make(1, 99, cash->number);
	cash->kind = ACCOUNT_INTERNAL;
	snprintf(cash->currency, sizeof cash->currency, "EUR");
}

void
fake_call_free(struct fake_call *k)
{
	vault_free((struct vault *)(uintptr_t)k->office.vault);
	known_close(k->office.known);
}

void
fake_session(struct fake_call *k, uint64_t person, enum session_state state)
{
	struct session s = { .person = person, .terminal = k->terminal, .state = SESSION_LOGIN_CODE,
	    .created_ms = k->now_ms, .seen_ms = k->now_ms, .currency = "EUR",
	    .console = k->console };
	const struct audit_event ev = { .action = AUDIT_LOGIN_PASSWORD };

	assert_int_equal(session_start(&k->f.stores, rng_system(), &s, &ev, k->token), RC_OK);
	k->f.session[k->f.sessions - 1].s.state = state;
	memcpy(k->ask.token.bytes, k->token, sizeof k->token);
	k->ask.token.size = sizeof k->token;
}

enum rc
fake_call_run(struct fake_call *k)
{
	struct call c = { .desk = &k->desk, .ask = &k->ask, .answer = &k->answer, .terminal = k->terminal,
	    .terminal_name = "teller 1", .branch = "Main Street", .consoles = k->consoles, .route = (const uint8_t *)"route", .route_n = 5,
	    .now_ms = k->now_ms };

	memset(&k->answer, 0, sizeof k->answer);
	return dispatch_run(&c);
}

void
fake_call_code(struct fake_call *k, char code[static CODE_DIGITS + 1])
{
	char text[OUTBOX_TEXT_MAX];
	const char *at;

	assert_true(k->f.messages > 0);
	assert_int_equal(vault_outbox_get(k->office.vault, &k->f.message[k->f.messages - 1], text), RC_OK);
	assert_non_null(at = strstr(text, "Your code: "));
	memcpy(code, at + strlen("Your code: "), CODE_DIGITS);
	code[CODE_DIGITS] = '\0';
}
