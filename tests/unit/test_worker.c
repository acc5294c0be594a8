/*
 * test_worker.c - one worker process that misbehaves in every way it can.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Processes and sockets are real, deadlines are not: the clock is a number.
 */
#include <errno.h>
#include <poll.h>
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

#include "proto/clock.h"
#include "server/worker.h"

#define DEADLINE 2000
#define PATIENCE 20000	/* real ms that a test waits for what must come */

struct rig {
	struct worker *w;
	struct worker_command command;
	struct worker_launcher launcher;
	struct worker_options o;
	char program[512];
	int64_t now;		/* virtual */
	struct vision_features f;
};

static void
rig_init(struct rig *r, const char *models)
{
	const char *bin = getenv("COUNTERSIGN_BIN");

	memset(r, 0, sizeof *r);
	snprintf(r->program, sizeof r->program, "%s/fake_worker", bin != NULL ? bin : ".");
	r->command = (struct worker_command){ .program = r->program, .models = models };
	r->launcher = worker_launch_direct(&r->command);
	r->o = (struct worker_options){ .launcher = &r->launcher, .program = r->program, .deadline_ms = DEADLINE,
		.hello_ms = WORKER_HELLO_MS, .number = 1 };
	r->now = 1000;
	r->w = worker_new(&r->o);
	assert_non_null(r->w);
}

/* Steps at the same virtual moment until something happens, or the state is the wanted one. */
static enum worker_event
rig_wait(struct rig *r, enum worker_state until)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE;

	while (clock_mono_ms(clock_system()) < end) {
		enum worker_event e = worker_step(r->w, r->now, &r->f);
		struct pollfd p = { worker_fd(r->w), POLLIN, 0 };

		if (e != WORKER_NOTHING || worker_state(r->w) == until)
			return e;
		if (worker_wants_out(r->w))
			p.events |= POLLOUT;
		poll(&p, worker_fd(r->w) >= 0, 20);
	}
	fail_msg("nothing happened");
	return WORKER_NOTHING;
}

/* From DOWN to IDLE: past the back-off. */
static void
rig_up(struct rig *r)
{
	if (worker_state(r->w) == WORKER_DOWN) {
		r->now += WORKER_BACKOFF_MOST_MS;
		assert_int_equal(rig_wait(r, WORKER_STARTING), WORKER_NOTHING);
	}
	assert_int_equal(rig_wait(r, WORKER_IDLE), WORKER_READY);
	assert_int_equal(worker_state(r->w), WORKER_IDLE);
}

static enum worker_event
rig_frame(struct rig *r, uint64_t seq, const char *order)
{
	struct vision_request ask = { .seq = seq, .want = VISION_WANT_EMBEDDING, .jpeg_bytes = (uint32_t)strlen(order) };

	assert_int_equal(worker_send(r->w, &ask, (const uint8_t *)order, r->now), RC_OK);
	assert_int_equal(worker_state(r->w), WORKER_BUSY);
	return rig_wait(r, WORKER_DOWN);
}

static void
test_serves(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, "good");
	assert_int_equal(worker_state(r.w), WORKER_DOWN);
	assert_int_equal(worker_send(r.w, &(struct vision_request){ .seq = 1 }, NULL, r.now), RC_EARLY);
	rig_up(&r);
	assert_string_equal(worker_hello(r.w)->embedder, "fake-net");
	assert_int_equal(worker_hello(r.w)->embed_dim, 4);
	assert_int_equal(worker_wait_ms(r.w, r.now), -1);
	for (uint64_t seq = 1; seq <= 20; seq++) {
		assert_int_equal(rig_frame(&r, seq, "fine"), WORKER_ANSWERED);
		assert_true(r.f.seq == seq);
		assert_int_equal(r.f.faces, 1);
		assert_int_equal(r.f.embed_dim, 4);
	}
	assert_int_equal(rig_frame(&r, 21, "bad"), WORKER_ANSWERED);	/* its refusal of a picture is an answer */
	assert_int_equal(r.f.rc, RC_IMAGE_BAD);
	assert_int_equal(worker_state(r.w), WORKER_IDLE);
	worker_free(r.w);
}

/* A picture of the largest size goes through a pipe that is smaller than it. */
static void
test_large_picture(void **state)
{
	uint8_t *jpeg = calloc(1, JPEG_MAX_BYTES + 1);
	struct rig r;

	(void)state;
	assert_non_null(jpeg);
	rig_init(&r, "good");
	rig_up(&r);
	assert_int_equal(worker_send(r.w, &(struct vision_request){ .seq = 5, .jpeg_bytes = JPEG_MAX_BYTES + 1 }, jpeg, r.now), RC_TOO_BIG);
	assert_int_equal(worker_send(r.w, &(struct vision_request){ .seq = 5, .jpeg_bytes = JPEG_MAX_BYTES }, jpeg, r.now), RC_OK);
	assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_ANSWERED);
	assert_true(r.f.seq == 5);
	worker_free(r.w);
	free(jpeg);
}

/* The worker gets nothing of the server but its end of the pair. */
static void
test_what_it_is_given(void **state)
{
	struct rig r;
	int extra = dup(2);	/* a descriptor that would be inherited */

	(void)state;
	assert_true(extra >= 0);
	assert_int_equal(setenv("COUNTERSIGN_TEST_LEAK", "1", 1), 0);
	rig_init(&r, "good");
	rig_up(&r);
	assert_int_equal(rig_frame(&r, 1, "self"), WORKER_ANSWERED);
	assert_int_equal(r.f.width, 2);		/* OMP_NUM_THREADS, LC_ALL */
	assert_int_equal(r.f.height, 0);
	worker_free(r.w);
	close(extra);
}

/* Thresholds hold for one embedder: a worker with another one is not let in. */
static void
test_other_embedder(void **state)
{
	static const struct vision_hello other = { "fake-net", 4, 0 }, same = { "fake-net", 3, 0 };
	struct rig r;

	(void)state;
	rig_init(&r, "good");
	worker_free(r.w);
	r.o.expect = &other;
	r.w = worker_new(&r.o);
	assert_int_equal(rig_wait(&r, WORKER_STARTING), WORKER_NOTHING);
	assert_int_equal(rig_wait(&r, WORKER_IDLE), WORKER_LOST);
	worker_free(r.w);
	r.o.expect = &same;
	r.w = worker_new(&r.o);
	rig_up(&r);
	worker_free(r.w);
}

/* One process packs the weights, the worker gets them and cannot change them; why there are none is said. */
static void
test_weights(void **state)
{
	static const struct { const char *models, *why; } t[] = {
		{ "good", NULL }, { "unpacked", "status 1" }, { "unsealed", "unsealed" },
	};
	char err[200] = "";
	struct rig r;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		rig_init(&r, t[i].models);
		r.command.precision = "f32";
		if (worker_pack_direct(&r.command, &r.command.weights, err, sizeof err) == RC_OK)
			assert_null(t[i].why);
		else if (t[i].why == NULL || strstr(err, t[i].why) == NULL)
			fail_msg("%s: %s", t[i].models, err);
		rig_up(&r);
		assert_int_equal(rig_frame(&r, 1, "self"), WORKER_ANSWERED);
		assert_int_equal(r.f.height, t[i].why == NULL ? 1 : 0);
		assert_true(r.f.sharpness == (t[i].why == NULL ? 7 : 0));
		worker_free(r.w);
		if (r.command.weights > 0)
			close(r.command.weights);
	}
	r.command.program = "/nonexistent/worker";
	assert_int_not_equal(worker_pack_direct(&r.command, &r.command.weights, err, sizeof err), RC_OK);
	assert_non_null(strstr(err, "/nonexistent/worker"));
}

static void
test_bad_frames(void **state)
{
	static const char *const orders[] = { "die", "deaf", "rubbish", "nan", "other", "huge", "twice", "followed" };

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		struct rig r;
		enum worker_event e;
		int pid;

		rig_init(&r, "good");
		rig_up(&r);
		pid = worker_pid(r.w);
		e = rig_frame(&r, 9, orders[i]);
		if (strcmp(orders[i], "twice") == 0 && e == WORKER_ANSWERED)	/* the second came alone */
			assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_LOST);
		else if (e != WORKER_FAILED)
			fail_msg("%s: event %d", orders[i], (int)e);
		assert_int_equal(worker_state(r.w), WORKER_DOWN);
		assert_int_equal(worker_fd(r.w), -1);
		/* a fresh one serves the next frame, the old one is gone and reaped */
		rig_up(&r);
		assert_int_not_equal(worker_pid(r.w), pid);
		assert_int_equal(kill(pid, 0), -1);
		assert_int_equal(errno, ESRCH);
		assert_int_equal(rig_frame(&r, 10, "fine"), WORKER_ANSWERED);
		worker_free(r.w);
	}
}

static void
test_silence(void **state)
{
	struct rig r;
	int pid;

	(void)state;
	rig_init(&r, "good");
	rig_up(&r);
	pid = worker_pid(r.w);
	assert_int_equal(worker_send(r.w, &(struct vision_request){ .seq = 1, .jpeg_bytes = 4 }, (const uint8_t *)"hang", r.now), RC_OK);
	r.now += DEADLINE - 1;
	assert_int_equal(worker_wait_ms(r.w, r.now), 1);
	assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_NOTHING);
	r.now++;
	assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_FAILED);
	rig_up(&r);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(rig_frame(&r, 2, "fine"), WORKER_ANSWERED);
	worker_free(r.w);
}

static void
test_killed_from_outside(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, "good");
	rig_up(&r);
	assert_int_equal(kill(worker_pid(r.w), SIGKILL), 0);
	assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_LOST);
	rig_up(&r);
	assert_int_equal(rig_frame(&r, 2, "fine"), WORKER_ANSWERED);
	worker_free(r.w);
}

static void
test_bad_starts(void **state)
{
	static const char *const models[] = { "exit", "rubbish" };

	(void)state;
	for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
		struct rig r;

		rig_init(&r, models[i]);
		assert_int_equal(rig_wait(&r, WORKER_STARTING), WORKER_NOTHING);
		assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_LOST);
		worker_free(r.w);
	}
}

static void
test_noise(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, "noise");
	assert_int_equal(rig_wait(&r, WORKER_STARTING), WORKER_NOTHING);
	/* ready and then noisy, or both at once: lost either way */
	if (rig_wait(&r, WORKER_DOWN) == WORKER_READY)
		assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_LOST);
	assert_int_equal(worker_state(r.w), WORKER_DOWN);
	worker_free(r.w);
}

/* 100 ms doubling to 5 s while it fails, 100 ms again after a good frame. */
static void
test_back_off(void **state)
{
	int64_t want = WORKER_BACKOFF_MS;
	struct rig r;

	(void)state;
	rig_init(&r, "silent");
	assert_int_equal(rig_wait(&r, WORKER_STARTING), WORKER_NOTHING);
	for (int i = 0; i < 8; i++) {
		r.now += WORKER_HELLO_MS;
		assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_LOST);
		while (worker_pid(r.w) != 0)
			assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_NOTHING);
		assert_int_equal(worker_wait_ms(r.w, r.now), want);
		r.now += want - 1;
		assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_NOTHING);
		assert_int_equal(worker_state(r.w), WORKER_DOWN);
		r.now++;
		worker_step(r.w, r.now, &r.f);
		assert_int_equal(worker_state(r.w), WORKER_STARTING);
		want = want * 2 < WORKER_BACKOFF_MOST_MS ? want * 2 : WORKER_BACKOFF_MOST_MS;
	}
	assert_int_equal(want, WORKER_BACKOFF_MOST_MS);
	worker_free(r.w);

	rig_init(&r, "good");
	rig_up(&r);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rig_frame(&r, 1, "fine"), WORKER_ANSWERED);
		assert_int_equal(rig_frame(&r, 2, "die"), WORKER_FAILED);
		while (worker_pid(r.w) != 0)
			assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_NOTHING);
		assert_int_equal(worker_wait_ms(r.w, r.now), WORKER_BACKOFF_MS);
		rig_up(&r);
	}
	worker_free(r.w);
}

static void
test_rest(void **state)
{
	struct rig r;
	int pid;

	(void)state;
	rig_init(&r, "good");
	worker_rest(r.w);	/* before its first start */
	assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_NOTHING);
	assert_int_equal(worker_pid(r.w), 0);
	assert_int_equal(worker_wait_ms(r.w, r.now), -1);
	worker_wake(r.w);
	rig_up(&r);
	pid = worker_pid(r.w);
	for (uint64_t seq = 1; seq <= 3; seq++)
		assert_int_equal(rig_frame(&r, seq, "fine"), WORKER_ANSWERED);
	assert_int_equal(worker_served(r.w), 3);
	worker_rest(r.w);
	assert_int_equal(worker_served(r.w), 0);
	while (worker_pid(r.w) != 0)	/* reaped, and nothing starts */
		assert_int_equal(rig_wait(&r, WORKER_DOWN), WORKER_NOTHING);
	assert_int_equal(kill(pid, 0), -1);
	r.now += WORKER_BACKOFF_MOST_MS;
	assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_NOTHING);
	assert_int_equal(worker_state(r.w), WORKER_DOWN);
	worker_wake(r.w);
	assert_int_equal(worker_wait_ms(r.w, r.now), 0);	/* at once, without back-off */
	rig_up(&r);
	assert_int_not_equal(worker_pid(r.w), pid);
	worker_wake(r.w);		/* changes nothing */
	assert_int_equal(worker_state(r.w), WORKER_IDLE);
	worker_free(r.w);
}

static void
test_no_program(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, "good");
	snprintf(r.program, sizeof r.program, "/nonexistent/countersign-vision");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(worker_step(r.w, r.now, &r.f), WORKER_NOTHING);
		assert_int_equal(worker_state(r.w), WORKER_DOWN);
		assert_true(worker_wait_ms(r.w, r.now) > 0);
		r.now += WORKER_BACKOFF_MOST_MS;
	}
	worker_free(r.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serves),
		cmocka_unit_test(test_large_picture),
		cmocka_unit_test(test_what_it_is_given),
		cmocka_unit_test(test_other_embedder),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_killed_from_outside),
		cmocka_unit_test(test_bad_starts),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
