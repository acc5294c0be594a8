/*
 * test_cue_recall.c - what was seen before is noticed, who only behaves alike
 * is not; traces survive their bytes, and other bytes are no traces.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_recall.h"
#include "tests/splitmix.h"
#include "tests/unit/cue_head.h"

#define NOISE .003f	/* of a landmark in a good picture */

/* A person's movement: sway of its own, and a turn each few seconds. */
struct person {
	float phase[6], rate[6];
	float sway;		/* 1: as people do; 0: a photograph */
	float turn_s;		/* when the head turns */
};

/* How a capture differs from the movement it shows. */
struct shown {
	float scale, shift;	/* of the picture */
	int   fps;
	float from_s, to_s;	/* of the movement */
	uint64_t hashes;	/* first of the hashes; the same: the same bytes */
	uint64_t noise;		/* seed */
	float loop_s;		/* after which the movement begins again; 0: it does not */
	int64_t after_ms;	/* the capture goes on, so late after its begin; 0: a new one */
};

static void
person_make(struct person *p, float sway, uint64_t seed)
{
	for (int i = 0; i < 6; i++) {
		p->phase[i] = (float)(splitmix64(&seed) % 628) / 100;
		p->rate[i] = 1.2f + (float)(splitmix64(&seed) % 100) / 60;
	}
	p->sway = sway;
	p->turn_s = 2 + (float)(splitmix64(&seed) % 100) / 50;
}

static void
person_pose(const struct person *p, float s, const struct shown *w, struct cue_pose *pose)
{
	float d[6], turn = s > p->turn_s && s < p->turn_s + 1 ? sinf((s - p->turn_s) * 3.1416f) : 0;

	for (int i = 0; i < 6; i++)
		d[i] = p->sway * (sinf(p->rate[i] * s + p->phase[i]) + .4f * sinf(2.7f * p->rate[i] * s + 2 * p->phase[i]));
	*pose = (struct cue_pose){ .04f * d[0] + .4f * p->sway * turn, .03f * d[1], .02f * d[2],
		w->shift + w->scale * (320 + 8 * d[3]), w->shift + w->scale * (200 + 6 * d[4]), w->scale * 80 * (1 + .02f * d[5]) };
}

static struct cue_recall cue;

/* Shows a movement; true when it was found to be a replay. */
static bool
show(const struct recall *r, const struct person *p, const struct shown *w)
{
	static struct vision_features f;
	uint64_t noise = w->noise, hash = w->hashes;
	struct cue_pose pose;

	if (w->after_ms == 0)
		memset(&cue, 0, sizeof cue);
	for (int i = 0; w->from_s + (float)i / (float)w->fps < w->to_s; i++) {
		int64_t late = (int64_t)(splitmix64(&noise) % 8);

		float at_s = w->from_s + (float)i / (float)w->fps;

		person_pose(p, w->loop_s > 0 ? fmodf(at_s, w->loop_s) : at_s, w, &pose);
		cue_head_frame(&pose, 1, 0, NOISE, &noise, &f);
		f.turn += .003f * cue_head_normal(&noise);
		f.turn += sinf(pose.yaw) * .1f;
		f.nod += sinf(pose.pitch) * .1f;
		cue_recall_frame(&cue, r, &f, 10000 + w->after_ms + i * 1000 / w->fps + late, hash);
		hash = hash * 3 + 1;
	}
	return cue.replayed;
}

static const struct shown first = { 1, 0, 15, 0, 6, 1, 1, 0, 0 };

static void
test_replays(void **state)
{
	static const struct { const char *what; struct shown w; bool want; } t[] = {
		{ "the same bytes", { 1, 0, 15, 0, 6, 1, 2, 0, 0 }, true },
		{ "compressed anew", { 1, 0, 15, 0, 6, 500, 3, 0, 0 }, true },
		{ "smaller and moved", { .7f, 40, 15, 0, 6, 501, 4, 0, 0 }, true },
		{ "30 a second", { 1, 0, 30, 0, 6, 502, 5, 0, 0 }, true },
		{ "10 a second", { 1, 0, 10, 0, 6, 503, 6, 0, 0 }, true },
		{ "from the middle on", { 1, 0, 15, 1.1f, 6, 504, 7, 0, 0 }, true },
		{ "a moment of it", { 1, 0, 15, 2, 4.7f, 505, 8, 0, 0 }, false },
	};
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct recall *r = recall_new();
		struct person p, other;

		assert_non_null(r);
		for (uint64_t i = 0; i < 5; i++) {	/* among others */
			person_make(&other, 1, 100 * seed + i);
			assert_false(show(NULL, &other, &first));
			assert_int_equal(recall_add(r, &cue.trace), RC_OK);
		}
		person_make(&p, 1, seed);
		assert_false(show(r, &p, &(struct shown){ 1, 0, 15, 0, 6, 7000, 1, 0, 0 }));
		assert_int_equal(recall_add(r, &cue.trace), RC_OK);
		for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
			struct shown w = t[i].w;

			if (w.hashes == 1)
				w.hashes = 7000;
			if (show(r, &p, &w) != t[i].want)
				fail_msg("%s, seed %u", t[i].what, (unsigned)seed);
		}
		recall_free(r);
	}
}

/* The same person again and again, the same moves: nobody is refused for being like themselves. */
static void
test_honest(void **state)
{
	struct recall *r = recall_new();
	struct person p, before;

	(void)state;
	assert_non_null(r);
	for (uint64_t i = 0; i < RECALL_TRACES_MAX; i++) {
		person_make(&p, 1, 40 + i);
		if (i > 0)
			p.turn_s = before.turn_s;	/* always turns at the same time */
		if (show(r, &p, &(struct shown){ 1, 0, 15, 0, 6, 1000 * (i + 1), i, 0, 0 }))
			fail_msg("capture %u", (unsigned)i);
		assert_int_equal(recall_add(r, &cue.trace), RC_OK);
		before = p;
	}
	assert_int_equal(recall_add(r, &cue.trace), RC_TOO_BIG);
	recall_free(r);
}

/* A loop, each round compressed anew; and twelve seconds without one. */
static void
test_loop(void **state)
{
	struct person p;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		person_make(&p, 1, seed);
		assert_false(show(NULL, &p, &(struct shown){ 1, 0, 15, 0, 12, 1, seed, 4, 0 }));
		assert_true(cue.looped);
		assert_false(show(NULL, &p, &(struct shown){ 1, 0, 15, 0, 12, 1, seed, 0, 0 }));
		assert_false(cue.looped);
	}
}

/* Two captures of somebody who keeps still are alike, and that says nothing; nor does one picture that comes again. */
static void
test_still(void **state)
{
	struct recall *r = recall_new();
	struct person p;

	(void)state;
	assert_non_null(r);
	person_make(&p, .02f, 9);
	assert_false(show(r, &p, &first));
	assert_int_equal(recall_add(r, &cue.trace), RC_OK);
	assert_false(show(r, &p, &(struct shown){ 1, 0, 15, 0, 6, 900, 2, 0, 0 }));
	cue.trace.frame[10].hash = 12345;
	assert_int_equal(recall_add(r, &cue.trace), RC_OK);
	assert_false(show(r, &p, &(struct shown){ 1, 0, 15, 0, .06f, 12345, 2, 0, 0 }));
	assert_int_equal(cue.with[1].hits, 1);
	recall_free(r);
}

/* How the bytes of an earlier capture of 60 pictures are sent again: numbers of its pictures; -1: another one. */
struct order {
	const char *what;
	bool want;
	int n, picture[12];
};

static const struct order orders[] = {
	{ "from the start", true, 3, { 0, 1, 2 } },
	{ "from the middle", true, 4, { -1, 41, 42, 43 } },
	{ "the last one first", true, 4, { 59, 0, 1, 2 } },
	{ "late ones first, backwards", true, 6, { 59, 58, 57, 3, 4, 5 } },
	{ "every second one", true, 3, { 10, 12, 14 } },
	{ "far apart", true, 3, { 0, 25, 50 } },
	{ "others put between", true, 9, { 5, -1, 6, -1, -1, 7, -1, 8, -1 } },
	{ "each one twice", true, 6, { 20, 20, 21, 21, 22, 22 } },
	{ "every second one, others between, the last first", true, 9, { 59, -1, 58, -1, 30, -1, 32, -1, 34 } },
	{ "one", false, 1, { 30 } },
	{ "one, again and again", false, 6, { 30, 30, -1, 30, 30, 30 } },
	{ "one that came three times then, again and again", false, 6, { 33, 33, 33, 33, 33, 33 } },
	{ "two", false, 6, { 30, -1, -1, 31, -1, -1 } },
	{ "others only", false, 5, { -1, -1, -1, -1, -1 } },
};

static uint64_t
picture_hash(int number)
{
	uint64_t seed = number >= 33 && number <= 35 ? 533 : 500 + (uint64_t)number;

	return splitmix64(&seed);
}

static void
test_orders(void **state)
{
	static struct vision_features f;
	static struct trace t;
	struct recall *r = recall_new();
	struct cue_pose pose = { 0, 0, 0, 320, 200, 80 };
	uint64_t noise = 1;

	(void)state;
	assert_non_null(r);
	memset(&t, 0, sizeof t);
	for (int i = 0; i < 60; i++) {
		cue_head_frame(&pose, 1, 0, NOISE, &noise, &f);
		trace_add(&t, &f, i * 66, picture_hash(i));
	}
	assert_int_equal(recall_add(r, &t), RC_OK);
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		memset(&cue, 0, sizeof cue);
		for (int k = 0; k < orders[i].n; k++) {
			int number = orders[i].picture[k];

			cue_recall_frame(&cue, r, &f, 9000 + 66 * k, number >= 0 ? picture_hash(number) : picture_hash(1000 + k));
		}
		if (cue.replayed != orders[i].want)
			fail_msg("%s", orders[i].what);
	}
	recall_free(r);
}

/* More frames than are remembered hide nothing that comes after them: neither bytes, nor movement, nor a loop. */
static void
test_long(void **state)
{
	static struct vision_features f;
	const float full_s = (float)TRACE_FRAMES_MAX / 30 + 3;
	struct recall *r = recall_new();
	struct cue_pose pose = { 0, 0, 0, 320, 200, 80 };
	struct person p, other;
	uint64_t noise = 1, hash;

	(void)state;
	assert_non_null(r);
	person_make(&p, 1, 21);
	person_make(&other, 1, 22);
	assert_false(show(NULL, &p, &first));
	hash = cue.trace.frame[10].hash;
	assert_int_equal(recall_add(r, &cue.trace), RC_OK);
	assert_false(show(r, &other, &(struct shown){ .scale = 1, .fps = 30, .to_s = full_s, .hashes = 90, .noise = 4 }));
	assert_int_equal(cue.trace.n, TRACE_FRAMES_MAX);
	assert_int_equal(cue.trace.frame[0].after_ms, 0);
	cue_head_frame(&pose, 1, 0, NOISE, &noise, &f);
	for (int i = 0; i < 3; i++, hash = hash * 3 + 1)
		cue_recall_frame(&cue, r, &f, cue.trace.last_ms + 33, hash);
	assert_true(cue.replayed);
	/* four seconds at its end, again and again */
	assert_false(show(NULL, &other, &(struct shown){ .scale = 1, .fps = 30, .to_s = full_s, .hashes = 90, .noise = 4 }));
	assert_false(cue.looped);
	assert_false(show(NULL, &p, &(struct shown){ 1, 0, 30, 0, 12, 91, 5, 4, (int64_t)(full_s * 1000) }));
	assert_true(cue.looped);
	recall_free(r);
}

/* Long silences, many frames, none. */
static void
test_bounds(void **state)
{
	static struct vision_features f;
	static struct trace t;
	struct recall *r = recall_new();
	struct cue_pose pose = { 0, 0, 0, 320, 200, 80 };
	uint64_t noise = 1;

	(void)state;
	assert_non_null(r);
	memset(&t, 0, sizeof t);
	assert_int_equal(recall_add(r, &t), RC_OK);
	assert_int_equal(recall_asked(r, &(uint32_t){ 0 }, 1), 0);
	for (int64_t i = 0; i < TRACE_FRAMES_MAX + 9; i++) {
		cue_head_frame(&pose, 1, 0, NOISE, &noise, &f);
		f.turn = i == 7 ? NAN : i == 8 ? 1e30f : f.turn;
		trace_add(&t, &f, i * (i % 5 == 0 ? 90000 : 60), (uint64_t)i);
	}
	assert_int_equal(t.n, TRACE_FRAMES_MAX);
	assert_int_equal(recall_add(r, &t), RC_OK);
	memset(&cue, 0, sizeof cue);
	for (int64_t i = 0; i < TRACE_FRAMES_MAX + 9; i++) {
		pose.x += i % 2 == 0 ? 9 : -9;
		cue_head_frame(&pose, 1, 0, NOISE, &noise, &f);
		f.faces = i % 50 == 0 ? 2 : 1;
		cue_recall_frame(&cue, r, &f, i * 40, (uint64_t)(i + 100000));
	}
	assert_false(cue.replayed);
	recall_free(r);
	recall_free(NULL);
}

static void
test_codec(void **state)
{
	static uint8_t bytes[TRACE_BYTES_MAX], back[TRACE_BYTES_MAX];
	static struct trace t;
	struct person p;
	size_t n;

	(void)state;
	person_make(&p, 1, 3);
	assert_false(show(NULL, &p, &first));
	cue.trace.asked = 0x8000000a;
	n = trace_put(&cue.trace, bytes);
	assert_int_equal(n, TRACE_HEAD_BYTES + cue.trace.n * TRACE_FRAME_BYTES);
	assert_int_equal(trace_get(bytes, n, &t), RC_OK);
	assert_int_equal(t.n, cue.trace.n);
	assert_int_equal(t.asked, 0x8000000a);
	assert_memory_equal(t.frame[5].value, cue.trace.frame[5].value, sizeof t.frame[5].value);
	assert_true(t.frame[5].hash == cue.trace.frame[5].hash && t.frame[5].after_ms == cue.trace.frame[5].after_ms);
	assert_int_equal(trace_put(&t, back), n);
	assert_memory_equal(back, bytes, n);
	t.n = 4242;
	for (size_t i = 0; i < n; i++)
		assert_true(trace_get(bytes, i, &t) != RC_OK && t.n == 4242);
	assert_int_equal(trace_get(bytes, n + 1, &t), RC_MALFORMED);
	bytes[TRACE_HEAD_BYTES] = 1;
	assert_int_equal(trace_get(bytes, n, &t), RC_MALFORMED);
	bytes[3] = '1';
	assert_int_equal(trace_get(bytes, n, &t), RC_VERSION);
	memcpy(bytes, "cst2\0\0\0\0\xff\xff", 10);
	assert_int_equal(trace_get(bytes, n, &t), RC_MALFORMED);
	assert_int_equal(t.n, 4242);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replays),
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_codec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
