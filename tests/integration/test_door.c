/*
 * test_door.c - who reaches the server at all: keys, terminals that wait, are
 * accepted and revoked, and what is no message.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One world for all tests, in order: later ones stand on earlier ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/server.h"

#define ASK_MS 8000

struct world {
	struct server *server;
	struct client *client;		/* accepted */
};

static int
setup(void **state)
{
	static struct world w;

	w.server = server_make("");
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	server_drop(w->server);
	return 0;
}

static int64_t
now_mono(void)
{
	return clock_mono_ms(clock_system());
}

static enum rc
ask_hello(struct client *c, cs_Envelope *a, int ms)
{
	cs_Envelope q = { .which_body = cs_Envelope_hello_tag };

	q.body.hello.console = cs_Console_CONSOLE_TERMINAL;
	snprintf(q.body.hello.client_version, sizeof q.body.hello.client_version, "test");
	return client_ask(c, &q, a, ms);
}

static void
nothing_starts_with_a_key_that_others_can_read(void **state)
{
	struct world *w = *state;
	char path[128];

	assert_int_equal(server_check(w->server), 0);
	snprintf(path, sizeof path, "%s/keys/master.key", w->server->db->dir);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(server_check(w->server), 1);
	assert_int_equal(chmod(path, 0600), 0);
	server_start(w->server);
}

/* ---- terminals ---- */

static void
an_unknown_key_waits_to_be_accepted(void **state)
{
	struct world *w = *state;
	struct client_key key;
	struct client *c;
	cs_Envelope a;
	int64_t since;

	curve_keypair(key.public_key, key.secret);
	c = server_client(w->server, &key);
	assert_int_equal(client_wait_ready(c, ASK_MS), RC_TERMINAL_UNKNOWN);
	since = now_mono();
	while (server_terminal(w->server, &key) == 0 && now_mono() - since < 5000)
		(void)!poll(NULL, 0, 20);
	server_accept_key(w->server, "teller 1", &key);
	assert_int_equal(client_reach(c, 5000), RC_OK);
	assert_int_equal(ask_hello(c, &a, ASK_MS), RC_OK);
	assert_string_equal(a.body.welcome.terminal, "teller 1");
	assert_string_equal(a.body.welcome.branch, "Main Street");
	assert_non_null(strstr(a.body.welcome.notice, "One account"));	/* this server can read the database's root password */
	w->client = c;
}

static void
a_revoked_terminal_is_cut(void **state)
{
	struct world *w = *state;
	struct audit_event ev = { .action = AUDIT_TERMINAL_REVOKE, .at_ms = w->server->db->time.utc_ms };
	struct terminal_store *t = &w->server->stores->terminal;
	struct client_key key;
	struct client *c;
	cs_Envelope a;
	int64_t since;

	server_accept(w->server, "teller 2", &key);
	c = server_client(w->server, &key);
	assert_int_equal(client_reach(c, 5000), RC_OK);
	assert_int_equal(ask_hello(c, &a, ASK_MS), RC_OK);
	assert_int_equal(t->ops->revoke(t, server_terminal(w->server, &key), &ev), RC_OK);
	since = now_mono();
	assert_int_equal(client_push(c, &a, 5000), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_session_ended_tag);
	assert_int_equal(a.rc, RC_TERMINAL_REVOKED);
	assert_int_equal(client_wait_ready(c, 5000), RC_TERMINAL_UNKNOWN);	/* cut, and not let in again */
	assert_true(now_mono() - since < 5000);
	assert_int_equal(ask_hello(c, &a, 1500), RC_TIMEOUT);
	client_free(c);
}

static void
rubbish_is_refused(void **state)
{
	static const uint8_t rubbish[] = { 0x08, 0x01, 0xff, 0xff, 0xff };
	static const uint8_t empty[] = { 0x08, PROTO_VERSION };	/* the right version and nothing else */
	static uint8_t large[CONTROL_MESSAGE_MAX + 1];
	struct world *w = *state;
	cs_Envelope a;

	assert_int_equal(client_send_raw(w->client, rubbish, sizeof rubbish), RC_OK);
	assert_int_equal(client_send_raw(w->client, empty, sizeof empty), RC_OK);
	assert_int_equal(client_send_raw(w->client, large, sizeof large), RC_OK);
	assert_int_equal(client_send_raw(w->client, "", 0), RC_OK);
	a = (cs_Envelope)cs_Envelope_init_zero;
	assert_int_equal(ask_hello(w->client, &a, ASK_MS), RC_OK);	/* and the server goes on */
	assert_int_equal(server_audited(w->server, AUDIT_DISPATCH_REFUSE, RC_VERSION), 1);
	assert_int_equal(server_audited(w->server, AUDIT_DISPATCH_REFUSE, RC_MALFORMED), 1);
	cs_Envelope q = { .which_body = cs_Envelope_overview_get_tag };
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_SESSION_ENDED);
	assert_true(a.detail[0] != '\0');
}

/* Cut, which a second handshake shows; it may come back, and the server goes on. */
static void
a_terminal_that_sends_beyond_measure_is_cut(void **state)
{
	struct world *w = *state;
	struct client_key key;
	struct client *c;
	cs_Envelope a;

	server_accept(w->server, "teller 9", &key);
	c = server_client(w->server, &key);
	assert_int_equal(client_reach(c, 5000), RC_OK);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(client_send_raw(c, "", 0), RC_OK);
	assert_int_equal(client_wait_ready(c, 5000), RC_OK);
	assert_int_equal(ask_hello(c, &a, ASK_MS), RC_OK);
	assert_int_equal(ask_hello(w->client, &a, ASK_MS), RC_OK);
	client_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_starts_with_a_key_that_others_can_read),
		cmocka_unit_test(an_unknown_key_waits_to_be_accepted),
		cmocka_unit_test(a_revoked_terminal_is_cut),
		cmocka_unit_test(rubbish_is_refused),
		cmocka_unit_test(a_terminal_that_sends_beyond_measure_is_cut),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
