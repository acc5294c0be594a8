/*
 * staff.c - see staff.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/integration/staff.h"

int
staff_setup(void **state)
{
	static struct world w;
	struct client_key key;

	w.server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\npolicy { audit_face = true }\n");
	w.at.server = w.server;
	w.ada = (struct somebody){ .name = "Ada Admin", .email = "ada@example.org" };
	w.ben = (struct somebody){ .name = "Ben Boss", .email = "ben@example.org" };
	w.sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	w.max = (struct somebody){ .name = "Max Maker", .email = "max@example.org" };
	admin_hired(&w.at, &w.sue, "10000001");
	admin_hired(&w.at, &w.max, "10000002");
	w.eva = (struct somebody){ .name = "Eva Eyes", .email = "eva@example.org" };
	w.cast = person_cast_new();
	server_start(w.server);
	server_accept(w.server, "teller 1", &key);
	w.branch = server_client(w.server, &key);
	w.server->consoles = CONSOLE_BACKOFFICE | CONSOLE_AUDIT;
	server_accept(w.server, "office 1", &key);
	w.office = server_client(w.server, &key);
	*state = &w;
	return 0;
}

int
staff_teardown(void **state)
{
	struct world *w = *state;

	client_free(w->branch);
	client_free(w->office);
	person_cast_free(w->cast);
	server_drop(w->server);
	return 0;
}

enum rc
staff_hello(struct client *c, cs_Console console, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_hello_tag };

	assert_int_equal(client_reach(c, ASK_MS), RC_OK);
	q.body.hello.console = console;
	return client_ask(c, &q, a, ASK_MS);
}

enum rc
staff_login(struct client *c, const struct somebody *p, cs_Console console)
{
	cs_Envelope q = { .which_body = cs_Envelope_login_tag }, a;

	q.body.login.console = console;
	client_set_token(c, NULL);
	memcpy(q.body.login.customer, p->customer, sizeof p->customer);
	snprintf(q.body.login.password, sizeof q.body.login.password, ADMIN_PASSWORD);
	return client_ask(c, &q, &a, ASK_MS);
}

enum rc
staff_signs_on(struct world *w, struct client *c, struct somebody *p, cs_Console console, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_login_code_tag };

	assert_int_equal(staff_login(c, p, console), RC_OK);
	server_code(w->server, p->email, p->code, p->code);
	memcpy(q.body.login_code.code, p->code, sizeof p->code);
	return client_ask(c, &q, a, ASK_MS);
}

enum rc
staff_asks(struct client *c, pb_size_t kind, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = kind };

	return client_ask(c, &q, a, ASK_MS);
}

void
staff_enrols(struct world *w, struct somebody *p, const char *face)
{
	cs_Envelope q = { .which_body = cs_Envelope_register_start_tag }, a;
	cs_Register *r = &q.body.register_start;
	char hint[HINT_MAX_BYTES + 1];

	client_set_token(w->branch, NULL);
	snprintf(r->name, sizeof r->name, "%s", p->name);
	snprintf(r->email, sizeof r->email, "%s", p->email);
	snprintf(r->password, sizeof r->password, ADMIN_PASSWORD);
	snprintf(r->currency, sizeof r->currency, "EUR");
	assert_int_equal(client_ask(w->branch, &q, &a, ASK_MS), RC_OK);
	server_code(w->server, p->email, "", p->code);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_register_code_tag;
	memcpy(q.body.register_code.code, p->code, sizeof p->code);
	assert_int_equal(client_ask(w->branch, &q, &a, ASK_MS), RC_OK);
	if (person_capture(w->cast, face, PERSON_ANSWERS, w->branch, cs_CapturePurpose_CAPTURE_ENROL, NULL, hint) != RC_OK)
		fail_msg("enrolment: %s", hint);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_register_finish_tag, &a), RC_OK);
	memcpy(p->customer, a.body.registered.customer, sizeof p->customer);
	memcpy(p->account, a.body.registered.account, sizeof p->account);
	p->id = (uint64_t)private_db_number(w->server->db, "SELECT MAX(id) FROM person");
}
