/*
 * test_vision_pool.c - desks, the pool's thread and workers that misbehave.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything is real here, the clock too; the deadline of a frame is short.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/vision_pool.h"

#define DEADLINE 400
#define PATIENCE 20000	/* ms that a test waits for what must come */

struct rig {
	struct link_ctx *ctx;
	struct vision_pool *pool;
	struct worker_command command;
	struct worker_launcher launcher;
	struct vision_pool_options o;
	struct link_sock *desk[2];
	char program[512];
	struct vision_answer a;
};

static int64_t
now_ms(void)
{
	return clock_mono_ms(clock_system());
}

static void
rig_init(struct rig *r, const char *models, uint32_t workers, uint32_t recycle)
{
	const char *bin = getenv("COUNTERSIGN_BIN");
	char err[200] = "";

	memset(r, 0, sizeof *r);
	snprintf(r->program, sizeof r->program, "%s/fake_worker", bin != NULL ? bin : ".");
	r->ctx = link_ctx_new();
	assert_non_null(r->ctx);
	r->command = (struct worker_command){ .program = r->program, .models = models };
	r->launcher = worker_launch_direct(&r->command);
	r->o = (struct vision_pool_options){ .ctx = r->ctx, .clock = clock_system(), .launcher = &r->launcher,
		.program = r->program, .workers = workers, .deadline_ms = DEADLINE, .recycle = recycle };
	if (vision_pool_start(&r->o, &r->pool, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	assert_int_equal(link_spoke(r->ctx, VISION_HUB, "desk-0", &r->desk[0]), RC_OK);
	assert_int_equal(link_spoke(r->ctx, VISION_HUB, "desk-1", &r->desk[1]), RC_OK);
}

static void
rig_end(struct rig *r)
{
	vision_pool_stop(r->pool);
	link_close(r->desk[0]);
	link_close(r->desk[1]);
	link_ctx_free(r->ctx);
}

static void
rig_ask_spare(struct rig *r, int desk, uint8_t capture, uint32_t seq, const char *order, uint32_t spare)
{
	struct vision_job j = { .spare = spare, .ask = { .seq = seq, .want = VISION_WANT_EMBEDDING, .track = { 3, 4, 50, 60, .5f } } };
	struct link_msg m;

	memset(j.capture, capture, sizeof j.capture);
	link_msg_init(&m);
	assert_int_equal(link_msg_add(&m, "header", 6), RC_OK);
	assert_int_equal(link_msg_add(&m, order, strlen(order)), RC_OK);
	assert_int_equal(vision_job_send(r->desk[desk], &j, &m, 1), RC_OK);
	link_msg_close(&m);
}

static void
rig_ask(struct rig *r, int desk, uint8_t capture, uint32_t seq, const char *order)
{
	rig_ask_spare(r, desk, capture, seq, order, 0);
}

/* The next answer to a desk, or failure after `patience`. */
static void
rig_answer(struct rig *r, int desk, int64_t patience)
{
	int64_t end = now_ms() + patience;
	enum rc got;

	while ((got = vision_answer_recv(r->desk[desk], &r->a)) == RC_AGAIN) {
		struct link_poll p = { .sock = r->desk[desk], .fd = -1 };

		if (now_ms() >= end)
			fail_msg("no answer in %lld ms", (long long)patience);
		(void)(link_poll(&p, 1, 50) == RC_OK);
	}
	assert_int_equal(got, RC_OK);
}

/* Asks until a worker is up and has served: how a camera would. */
static void
rig_up(struct rig *r, int desk, uint8_t capture)
{
	int64_t end = now_ms() + PATIENCE;

	for (uint32_t seq = 1000000; now_ms() < end; seq++) {
		rig_ask(r, desk, capture, seq, "fine");
		rig_answer(r, desk, PATIENCE);
		assert_int_equal(r->a.seq, seq);
		if (r->a.rc == RC_OK)
			return;
		assert_int_equal(r->a.rc, RC_VISION_DOWN);
	}
	fail_msg("no worker came up");
}

static void
test_layouts(void **state)
{
	struct vision_job j = { .ask = { 0x01020304, 3, 99, { -1, 2, 30, 40, .5f } }, .spare = 2 }, jj;
	struct vision_answer a = { .seq = 9, .rc = RC_VISION_DOWN, .by = { "net-a", 2, 128 } }, aa;
	uint8_t job[VISION_JOB_BYTES], answer[VISION_ANSWER_BYTES];

	(void)state;
	memset(j.capture, 7, sizeof j.capture);
	memset(a.capture, 8, sizeof a.capture);
	vision_job_put(&j, job);
	assert_int_equal(vision_job_get(job, sizeof job, &jj), RC_OK);
	assert_memory_equal(&j, &jj, offsetof(struct vision_job, ask.track) + sizeof j.ask.track);
	assert_int_equal(jj.spare, 2);
	for (size_t n = 0; n < sizeof job; n++)
		assert_int_equal(vision_job_get(job, n, &jj), RC_SHORT);
	assert_int_equal(vision_job_get(job, sizeof job + 1, &jj), RC_TOO_BIG);
	j.ask.seq = 1ull << 32;
	vision_job_put(&j, job);
	assert_int_equal(vision_job_get(job, sizeof job, &jj), RC_MALFORMED);

	vision_answer_put(&a, answer);
	assert_int_equal(vision_answer_get(answer, sizeof answer, &aa), RC_OK);
	assert_int_equal(aa.rc, RC_VISION_DOWN);
	assert_int_equal(aa.seq, 9);
	assert_memory_equal(aa.capture, a.capture, ID_BYTES);
	assert_memory_equal(&aa.by, &a.by, sizeof a.by);
	for (size_t n = 0; n < sizeof answer; n++)
		assert_int_equal(vision_answer_get(answer, n, &aa), RC_SHORT);
	memset(&a.by, 0, sizeof a.by);	/* before the first worker is up */
	vision_answer_put(&a, answer);
	assert_int_equal(vision_answer_get(answer, sizeof answer, &aa), RC_OK);
	assert_int_equal(aa.by.embed_dim, 0);
}

/* What the pool would refuse is not sent: the desk hears of it at once and keeps the frame. */
static void
test_job_refused(void **state)
{
	static const struct vision_box odd[] = { { 3, 4, 50, 0, .5f }, { 3, 4, 0, 50, .5f }, { 3, 4, 50, 60, 2 } };
	struct link_msg m;
	struct rig r;

	(void)state;
	rig_init(&r, "good", 1, 0);
	link_msg_init(&m);
	assert_int_equal(link_msg_add(&m, "fine", 4), RC_OK);
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		const struct vision_job j = { .ask = { .seq = 1, .track = odd[i] } };

		assert_int_equal(vision_job_send(r.desk[0], &j, &m, 0), RC_MALFORMED);
		assert_int_equal(link_msg_size(&m, 0), 4);
	}
	link_msg_close(&m);
	rig_up(&r, 0, 1);	/* the first answer is the one to this */
	rig_end(&r);
}

static void
test_serves_desks(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, "good", 2, 0);
	rig_up(&r, 0, 1);
	rig_up(&r, 1, 2);
	assert_string_equal(r.a.by.embedder, "fake-net");
	assert_int_equal(r.a.by.embedder_version, 3);
	assert_int_equal(r.a.features.faces, 1);
	assert_int_equal(r.a.features.embed_dim, 4);
	assert_int_equal(r.a.capture[0], 2);
	assert_int_equal(r.a.features.tracked, 1);	/* the whole request reaches the worker */
	assert_true(r.a.features.face[0].w == 50);
	assert_true(r.a.features.seq == r.a.seq);
	for (uint32_t seq = 1; seq <= 200; seq++)
		for (int desk = 0; desk < 2; desk++) {
			rig_ask(&r, desk, (uint8_t)(desk + 1), seq, "fine");
			rig_answer(&r, desk, PATIENCE);
			assert_int_equal(r.a.rc, RC_OK);
			assert_int_equal(r.a.seq, seq);
			assert_int_equal(r.a.capture[3], desk + 1);
		}
	rig_ask(&r, 0, 1, 999, "bad");	/* what the worker says of a picture comes through */
	rig_answer(&r, 0, PATIENCE);
	assert_int_equal(r.a.rc, RC_IMAGE_BAD);
	rig_end(&r);
}

/* Whatever a frame does to its worker, it is answered in time, and the next one is served. */
static void
test_frames_that_kill(void **state)
{
	static const char *const orders[] = { "die", "rubbish", "nan", "hang", "deaf", "huge", "other" };
	struct rig r;

	(void)state;
	rig_init(&r, "good", 1, 0);
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		int64_t began;

		rig_up(&r, 0, 1);
		began = now_ms();
		rig_ask(&r, 0, 1, (uint32_t)i, orders[i]);
		rig_answer(&r, 0, PATIENCE);
		assert_int_equal(r.a.seq, i);
		if (r.a.rc != RC_VISION_DOWN)
			fail_msg("%s: %s", orders[i], rc_name(r.a.rc));
		if (strcmp(orders[i], "hang") == 0)
			assert_in_range(now_ms() - began, DEADLINE - 20, DEADLINE + 3000);
		rig_ask(&r, 0, 1, 500, "fine");	/* while it is down: an error at once, or served already */
		rig_answer(&r, 0, PATIENCE);
		assert_true(r.a.rc == RC_VISION_DOWN || r.a.rc == RC_OK);
	}
	rig_up(&r, 0, 1);
	rig_end(&r);
}

/* While the only worker is held, a newer frame takes the older one's place. */
static void
test_newest_frame_wins(void **state)
{
	uint32_t seen = 0;
	struct rig r;

	(void)state;
	rig_init(&r, "good", 1, 0);
	rig_up(&r, 0, 9);
	rig_ask(&r, 0, 9, 1, "hang");
	rig_ask(&r, 0, 1, 11, "fine");	/* waits */
	rig_ask(&r, 0, 1, 12, "fine");	/* takes its place */
	rig_answer(&r, 0, PATIENCE);
	assert_int_equal(r.a.rc, RC_BUSY);
	assert_int_equal(r.a.seq, 11);
	while (seen != 3) {		/* the hung one and the waiting one, both in error, in time */
		rig_answer(&r, 0, PATIENCE);
		assert_true(r.a.rc == RC_VISION_DOWN || r.a.rc == RC_BUSY);
		seen |= r.a.seq == 1 ? 1u : 0u;
		seen |= r.a.seq == 12 ? 2u : 0u;
	}
	rig_end(&r);
}

/* Every job gets exactly one answer, also when they come faster than they can be served. */
static void
test_every_job_is_answered(void **state)
{
	uint32_t answers = 0;
	bool got[400] = { false };
	struct rig r;

	(void)state;
	rig_init(&r, "good", 2, 0);
	rig_up(&r, 0, 1);
	for (uint32_t seq = 0; seq < 400; seq++)
		rig_ask(&r, 0, (uint8_t)(seq % 7), seq, seq % 50 == 49 ? "die" : "fine");
	while (answers < 400) {
		rig_answer(&r, 0, PATIENCE);
		assert_true(r.a.seq < 400);
		assert_false(got[r.a.seq]);
		got[r.a.seq] = true;
		answers++;
	}
	assert_int_equal(vision_answer_recv(r.desk[0], &r.a), RC_AGAIN);
	rig_up(&r, 0, 1);	/* and it still serves */
	rig_end(&r);
}

#define CROWD 50u

/*
 * Fifty captures, one slow worker, frames faster than it can serve them: each
 * newer frame takes the place of the one before, whose answer is RC_BUSY, and
 * keeps its turn, so all captures are served alike.
 */
static void
test_nobody_starves(void **state)
{
	uint32_t served[CROWD] = { 0 }, busy = 0, last[CROWD] = { 0 }, answers = 0, sent = 0, turn = 0;
	uint32_t least = UINT32_MAX, most = 0;
	struct rig r;

	(void)state;
	rig_init(&r, "good", 1, 0);
	rig_up(&r, 0, 99);
	for (uint32_t seq = 1; turn < 6 * CROWD; seq++) {	/* the eager send three frames where others send one */
		for (uint8_t k = 0; k < CROWD; k++)
			if (seq % 3 == 0 || k < CROWD / 2) {
				rig_ask(&r, 0, k, seq, "slow");
				sent++;
			}
		for (uint32_t until = turn + 10; turn < until; answers++) {	/* in the time of ten of fifty */
			rig_answer(&r, 0, PATIENCE);
			assert_true(r.a.capture[0] < CROWD);
			if (r.a.rc == RC_OK) {
				assert_true(r.a.seq > last[r.a.capture[0]]);
				last[r.a.capture[0]] = r.a.seq;
				served[r.a.capture[0]]++;
				turn++;
			} else {
				assert_int_equal(r.a.rc, RC_BUSY);
				busy++;
			}
		}
	}
	for (uint32_t k = 0; k < CROWD; k++) {
		least = served[k] < least ? served[k] : least;
		most = served[k] > most ? served[k] : most;
	}
	print_message("%u captures, one worker: %u to %u frames of each served, %u overtaken\n", CROWD, least, most, busy);
	assert_true(least >= 3);
	assert_true(most <= least + 4);
	assert_true(busy > 0);
	while (answers < sent) {
		rig_answer(&r, 0, PATIENCE);
		answers++;
	}
	rig_end(&r);
}

/* Whoever waits longest is next, whatever came in between; what can be spared is left out of all that wait long. */
static void
test_order(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, "good", 1, 0);
	rig_up(&r, 0, 9);
	for (uint8_t k = 0; k < 5; k++)
		rig_ask_spare(&r, 0, k, 1, "slow", VISION_WANT_EMBEDDING);
	for (uint8_t k = 4; k > 0; k--)		/* newer frames, in another order: the turns stay */
		rig_ask_spare(&r, 0, k, 2, "slow", VISION_WANT_EMBEDDING);
	for (uint8_t k = 0; k < 5;) {
		rig_answer(&r, 0, PATIENCE);
		if (r.a.rc == RC_BUSY)
			continue;
		assert_int_equal(r.a.rc, RC_OK);
		assert_int_equal(r.a.capture[0], k);
		if (k > 0)
			assert_int_equal(r.a.features.embed_dim, 0);
		k++;
	}
	rig_ask_spare(&r, 0, 9, 1, "fine", VISION_WANT_EMBEDDING);
	rig_answer(&r, 0, PATIENCE);
	assert_int_equal(r.a.features.embed_dim, 4);	/* nobody else is there */
	rig_end(&r);
}

static void
test_slow_start(void **state)
{
	char models[200], path[128];
	struct rig r;
	FILE *f;

	(void)state;
	snprintf(path, sizeof path, "/tmp/cs-fake-worker-%d", (int)getpid());
	snprintf(models, sizeof models, "late:%s", path);
	unlink(path);
	rig_init(&r, models, 1, 0);
	rig_ask(&r, 0, 1, 1, "fine");	/* nobody is up: an error, and no embedder known */
	rig_answer(&r, 0, PATIENCE);
	assert_int_equal(r.a.rc, RC_VISION_DOWN);
	assert_int_equal(r.a.by.embed_dim, 0);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	rig_up(&r, 0, 1);
	unlink(path);
	rig_end(&r);
}

/* The process id of the worker that serves the next frame. */
static int
rig_pid(struct rig *r)
{
	int64_t end = now_ms() + PATIENCE;

	while (now_ms() < end) {
		rig_ask(r, 0, 1, 1, "pid");
		rig_answer(r, 0, PATIENCE);
		if (r->a.rc == RC_OK)
			return (int)r->a.features.sharpness;
		assert_int_equal(r->a.rc, RC_VISION_DOWN);
	}
	fail_msg("no worker came up");
	return 0;
}

/* The process is another one after five frames or a few more, and no frame is lost over it. */
static void
test_recycling(void **state)
{
	int64_t end = now_ms() + PATIENCE;
	struct rig r;
	int first, pid, frames, before;

	(void)state;
	rig_init(&r, "good", 1, 5);
	pid = first = rig_pid(&r);
	for (int changes = 0; changes < 3; changes++) {
		for (frames = 0, before = pid; pid == before; frames++) {
			assert_true(now_ms() < end);
			rig_ask(&r, 0, 1, 1, "pid");
			rig_answer(&r, 0, PATIENCE);
			assert_int_equal(r.a.rc, RC_OK);
			pid = (int)r.a.features.sharpness;
		}
		assert_true(frames >= 5);
	}
	assert_int_equal(kill(first, 0), -1);
	rig_end(&r);
	assert_int_equal(kill(pid, 0), -1);	/* the pool leaves nobody behind */
}

static void
test_bad_options(void **state)
{
	struct link_ctx *ctx = link_ctx_new();
	struct vision_pool_options o = { .ctx = ctx, .clock = clock_system(), .program = "/nonexistent/worker",
		.workers = 1 };
	struct vision_pool *p = NULL;
	char err[200] = "";

	(void)state;
	assert_int_equal(vision_pool_start(&o, &p, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "/nonexistent/worker"));
	o.workers = 0;
	assert_int_equal(vision_pool_start(&o, &p, err, sizeof err), RC_CONFIG);
	o.workers = VISION_POOL_WORKERS_MAX + 1;
	assert_int_equal(vision_pool_start(&o, &p, err, sizeof err), RC_CONFIG);
	assert_null(p);
	vision_pool_stop(NULL);
	link_ctx_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_job_refused),
		cmocka_unit_test(test_serves_desks),
		cmocka_unit_test(test_frames_that_kill),
		cmocka_unit_test(test_newest_frame_wins),
		cmocka_unit_test(test_every_job_is_answered),
		cmocka_unit_test(test_nobody_starves),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_slow_start),
		cmocka_unit_test(test_recycling),
		cmocka_unit_test(test_bad_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
