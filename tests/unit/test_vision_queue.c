/*
 * test_vision_queue.c - which frame is served next, and which never is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/vision_queue.h"

#define CAP 4u

static struct vision_who
who(const char *desk, uint8_t capture, uint32_t seq)
{
	struct vision_who w = { .desk_n = strlen(desk), .job = { .ask = { .seq = seq,
	    .want = VISION_WANT_EYES | VISION_WANT_EMBEDDING }, .spare = VISION_WANT_EMBEDDING } };

	memcpy(w.desk, desk, w.desk_n);
	memset(w.job.capture, capture, sizeof w.job.capture);
	return w;
}

/* The frame's bytes are its seq. overtaken may be NULL: then there must be none. */
static enum rc
add(struct vision_queue *q, const char *desk, uint8_t capture, uint32_t seq, int64_t now, struct vision_who *overtaken)
{
	struct vision_who w = who(desk, capture, seq), gone;
	struct link_msg m;
	enum rc r;

	link_msg_init(&m);
	assert_int_equal(link_msg_add(&m, "head", 4), RC_OK);
	assert_int_equal(link_msg_add(&m, &seq, sizeof seq), RC_OK);
	r = vision_queue_add(q, &w, &m, 1, now, &gone);
	link_msg_close(&m);
	if (overtaken != NULL)
		*overtaken = gone;
	else
		assert_int_equal(gone.desk_n, 0);
	return r;
}

/* The next one, with its own bytes; 0: none. */
static uint64_t
next(struct vision_queue *q)
{
	struct vision_waiting *e = vision_queue_first(q);
	uint64_t seq;
	uint32_t bytes;

	if (e == NULL)
		return 0;
	seq = e->who.job.ask.seq;
	assert_int_equal(link_msg_size(&e->jpeg, 0), sizeof bytes);
	memcpy(&bytes, link_msg_data(&e->jpeg, 0), sizeof bytes);
	assert_int_equal(bytes, seq);
	vision_queue_remove(q, e);
	return seq;
}

static void
who_waited_longest_is_first(void **state)
{
	struct vision_queue *q = vision_queue_new(CAP);

	(void)state;
	assert_non_null(q);
	for (uint32_t i = 1; i <= CAP; i++)
		assert_int_equal(add(q, "desk-0", (uint8_t)i, i, 0, NULL), RC_OK);
	assert_int_equal(add(q, "desk-0", 9, 9, 0, NULL), RC_BUSY);	/* full */
	for (uint32_t i = 1; i <= CAP; i++)
		assert_int_equal(next(q), i);
	assert_int_equal(next(q), 0);
	vision_queue_free(q);
}

static void
a_newer_frame_keeps_the_place(void **state)
{
	struct vision_queue *q = vision_queue_new(CAP);
	struct vision_who gone;

	(void)state;
	assert_non_null(q);
	assert_int_equal(add(q, "desk-0", 1, 11, 0, NULL), RC_OK);
	assert_int_equal(add(q, "desk-0", 2, 21, 0, NULL), RC_OK);
	assert_int_equal(add(q, "desk-1", 1, 31, 0, NULL), RC_OK);	/* another desk's: another capture */
	assert_int_equal(add(q, "desk-0", 1, 12, 5, &gone), RC_OK);
	assert_int_equal(gone.job.ask.seq, 11);
	assert_int_equal(next(q), 12);
	assert_int_equal(add(q, "desk-0", 1, 13, 6, NULL), RC_OK);	/* was served: goes behind the others */
	assert_int_equal(next(q), 21);
	assert_int_equal(next(q), 31);
	assert_int_equal(next(q), 13);
	vision_queue_free(q);
}

static void
late_frames_are_found(void **state)
{
	struct vision_queue *q = vision_queue_new(CAP);
	struct vision_waiting *e;
	int64_t came;

	(void)state;
	assert_non_null(q);
	assert_false(vision_queue_oldest(q, &came));
	assert_int_equal(add(q, "desk-0", 1, 1, 100, NULL), RC_OK);
	assert_int_equal(add(q, "desk-0", 2, 2, 90, NULL), RC_OK);
	assert_true(vision_queue_oldest(q, &came));
	assert_int_equal(came, 90);
	assert_null(vision_queue_late(q, 89));
	e = vision_queue_late(q, 90);
	assert_non_null(e);
	assert_int_equal(e->who.job.ask.seq, 2);
	vision_queue_remove(q, e);
	assert_null(vision_queue_late(q, 99));
	assert_non_null(vision_queue_late(q, 100));
	vision_queue_free(q);	/* with a frame in it */
}

static void
a_crowd_spares_embeddings(void **state)
{
	struct vision_queue *q = vision_queue_new(CAP);

	(void)state;
	assert_non_null(q);
	assert_int_equal(add(q, "desk-0", 1, 1, 0, NULL), RC_OK);
	assert_int_equal(add(q, "desk-0", 2, 2, 0, NULL), RC_OK);
	assert_int_equal(vision_queue_want(q, vision_queue_first(q)), VISION_WANT_EYES | VISION_WANT_EMBEDDING);
	assert_int_equal(add(q, "desk-0", 3, 3, 0, NULL), RC_OK);
	assert_int_equal(vision_queue_want(q, vision_queue_first(q)), VISION_WANT_EYES);
	vision_queue_free(q);
}

static void
a_long_wait_has_no_embedding_on_top(void **state)
{
	struct vision_queue *q = vision_queue_new(CAP);
	struct vision_waiting *e;

	(void)state;
	assert_non_null(q);
	for (uint32_t i = 1; i <= VISION_CROWD + 1; i++)
		assert_int_equal(add(q, "desk-0", (uint8_t)i, i, 0, NULL), RC_OK);
	for (uint32_t i = 0; i < VISION_CROWD; i++)
		vision_queue_serve(q, vision_queue_first(q));
	e = vision_queue_first(q);	/* nobody else waits any more */
	assert_int_equal(e->who.job.ask.seq, VISION_CROWD + 1);
	assert_int_equal(vision_queue_want(q, e), VISION_WANT_EYES);
	e->who.job.spare = 0;	/* its capture can do without no longer */
	assert_int_equal(vision_queue_want(q, e), VISION_WANT_EYES | VISION_WANT_EMBEDDING);
	vision_queue_remove(q, e);
	assert_int_equal(add(q, "desk-0", 1, 9, 0, NULL), RC_OK);	/* what was served before it came is not its wait */
	assert_int_equal(vision_queue_want(q, vision_queue_first(q)), VISION_WANT_EYES | VISION_WANT_EMBEDDING);
	vision_queue_free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_waited_longest_is_first),
		cmocka_unit_test(a_newer_frame_keeps_the_place),
		cmocka_unit_test(late_frames_are_found),
		cmocka_unit_test(a_crowd_spares_embeddings),
		cmocka_unit_test(a_long_wait_has_no_embedding_on_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
