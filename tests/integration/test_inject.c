/*
 * test_inject.c - an attacker who has a terminal's key and a program of his
 * own: pictures and times as he likes, over the real sockets into the real
 * server. Too perfect ones, and old ones, are refused, each for its reason.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing here goes through the terminal's program, which stamps the times of
 * the pictures itself and would make exact ones uneven.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/client.h"
#include "tests/integration/server.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_answer.h"
#include "tests/puppet/puppet_photo.h"
#include "tests/splitmix.h"

#define ASK_MS       8000
#define STEP_US     66667
#define JITTER_US    4000	/* of a camera, where it plays one */
#define VERDICT_MS  40000
#define LOOK_MS       400	/* until it does what it is asked */
#define ADDRESS      "mallory@example.org"

struct world {
	struct server *server;
	struct client *client;
	struct puppet_photo photo;
	uint8_t jpeg[JPEG_MAX_BYTES];
	uint8_t capture[ID_BYTES];
	uint32_t seq, credits;
	struct puppet_answer answer;
	uint64_t random;
};

/* What is injected, and what the audit trail must say of it. */
struct injection {
	enum puppet_scenario scenario;
	bool        even;	/* the times are exact */
	const char *reason;	/* NULL: passes */
};

static int64_t
now_mono(void)
{
	return clock_mono_ms(clock_system());
}

static void
read_photo(struct puppet_photo *photo)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char models[512], face[512], err[256] = "";
	struct puppet_finder *finder;

	snprintf(models, sizeof models, "%s/models", source != NULL ? source : ".");
	snprintf(face, sizeof face, "%s/tests/faces/person-e-1.jpg", source != NULL ? source : ".");
	if (puppet_finder_open(&finder, models, err, sizeof err) != RC_OK ||
	    puppet_finder_read(finder, face, photo, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	puppet_finder_close(finder);
}

static int
setup(void **state)
{
	static struct world w;
	cs_Envelope hello = { .which_body = cs_Envelope_hello_tag }, a;
	struct client_key key;

	w.server = server_make("");
	read_photo(&w.photo);
	server_start(w.server);
	server_accept(w.server, "stolen", &key);
	w.client = server_client(w.server, &key);
	assert_int_equal(client_reach(w.client, ASK_MS), RC_OK);
	hello.body.hello.console = cs_Console_CONSOLE_TERMINAL;
	snprintf(hello.body.hello.client_version, sizeof hello.body.hello.client_version, "mine");
	assert_int_equal(client_ask(w.client, &hello, &a, ASK_MS), RC_OK);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	puppet_photo_free(&w->photo);
	assert_int_equal(server_stop(w->server), 0);
	server_drop(w->server);
	return 0;
}

/* A registration that waits for its face. */
static void
a_registration_begins(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_register_start_tag }, a;
	cs_Register *r = &q.body.register_start;
	char code[CODE_DIGITS + 1];

	snprintf(r->name, sizeof r->name, "Mallory Mime");
	snprintf(r->email, sizeof r->email, ADDRESS);
	snprintf(r->password, sizeof r->password, "a long password");
	snprintf(r->currency, sizeof r->currency, "EUR");
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	server_code(w->server, ADDRESS, "", code);
	q = (cs_Envelope){ .which_body = cs_Envelope_register_code_tag };
	snprintf(q.body.login_code.code, sizeof q.body.login_code.code, "%s", code);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
}

/* Takes what the server says. RC_AGAIN: go on; else the verdict. */
static enum rc
listen_to(struct world *w)
{
	cs_VideoCredit credit;
	cs_Envelope push;

	while (client_credit(w->client, &credit, 0) == RC_OK)
		if (memcmp(credit.capture, w->capture, ID_BYTES) == 0)
			w->credits += credit.credits;
	while (client_push(w->client, &push, 2) == RC_OK) {
		const cs_CaptureGuide *g = &push.body.capture_guide;

		if (push.which_body == cs_Envelope_capture_verdict_tag)
			return rc_from_wire(push.rc);
		if (push.which_body == cs_Envelope_capture_guide_tag)
			puppet_answer_hear(&w->answer, (unsigned)g->ask, g->step, now_mono(), LOOK_MS);
	}
	return RC_AGAIN;
}

/* Pictures at an even pace, with the times that the attacker gives them, until there is a verdict. */
static enum rc
inject(struct world *w, struct puppet *p, bool even)
{
	int64_t begin = now_mono(), now;
	enum rc r = RC_AGAIN;
	size_t n;

	for (int64_t i = 0; r == RC_AGAIN; i++) {
		int64_t due_us = 1000 * begin + i * STEP_US;
		int64_t late_us = even ? 0 : (int64_t)(splitmix64(&w->random) % JITTER_US);

		while ((now = now_mono()) * 1000 < due_us + late_us && r == RC_AGAIN)
			r = listen_to(w);
		if (now > begin + VERDICT_MS)
			return RC_TIMEOUT;
		if (r != RC_AGAIN || w->credits == 0)
			continue;
		puppet_answer_play(&w->answer, p, now);
		assert_int_equal(puppet_shoot(p, now, w->jpeg, sizeof w->jpeg, &n), RC_OK);
		if (client_frame_at(w->client, w->capture, ++w->seq, due_us + late_us, w->jpeg, n) == RC_OK)
			w->credits--;
		r = listen_to(w);
	}
	return r;
}

/* How many captures the trail says were refused for this. */
static int64_t
refused_for(struct world *w, const char *reason)
{
	char sql[256];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_record WHERE action = %d AND outcome = %d AND detail LIKE '%%%s plan=%%'",
	    (int)AUDIT_CAPTURE_VERDICT, (int)RC_NOT_LIVE, reason);
	return private_db_number(w->server->db, sql);
}

static void
play(struct world *w, const struct injection *is, uint64_t seed)
{
	cs_Envelope ask = { .which_body = cs_Envelope_capture_begin_tag }, answer;
	const char *word = puppet_scenario_rows[is->scenario].word;
	int64_t before = is->reason != NULL ? refused_for(w, is->reason) : 0;
	struct puppet *p;
	enum rc r;

	assert_int_equal(puppet_open(&p, 640, 480, seed), RC_OK);
	assert_int_equal(puppet_become(p, &w->photo), RC_OK);
	assert_int_equal(puppet_play(p, is->scenario, NULL, NULL), RC_OK);
	ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_ENROL;
	assert_int_equal(client_ask(w->client, &ask, &answer, ASK_MS), RC_OK);
	memcpy(w->capture, answer.body.capture_begun.capture, sizeof w->capture);
	w->credits = answer.body.capture_begun.credits;
	w->seq = 0;
	w->random = seed;
	w->answer = (struct puppet_answer){ 0 };
	r = inject(w, p, is->even);
	puppet_close(p);
	print_message("%s%s: %s\n", word, is->even ? ", exact times" : "", rc_name(r));
	if (r != (is->reason != NULL ? RC_NOT_LIVE : RC_OK))
		fail_msg("%s: %s", word, rc_name(r));
	if (is->reason != NULL && refused_for(w, is->reason) != before + 1)
		fail_msg("%s: not refused for %s", word, is->reason);
}

/* Each answers what it is asked, as far as it can. One less than lock the face; a pass ends the count. */
static void
what_no_camera_sends_is_refused(void **state)
{
	static const struct injection t[] = {
		{ PUPPET_PERFECT, false, "no\\_noise" },
		{ PUPPET_EXACT, true, "timing" },
		{ PUPPET_LOOP, false, "loop" },
		{ PUPPET_FROZEN, false, "frozen" },
	};
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_register_finish_tag }, a;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		play(w, &t[i], 31 + i);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_NOT_ENROLLED);
}

/* The same program with a sensor's noise and a camera's times: what was refused was refused for their want, not for the program. */
static void
a_good_renderer_passes(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_register_finish_tag }, a;

	play(w, &(struct injection){ PUPPET_PLAIN, false, NULL }, 41);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_begins),
		cmocka_unit_test(what_no_camera_sends_is_refused),
		cmocka_unit_test(a_good_renderer_passes),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
