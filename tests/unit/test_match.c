/*
 * test_match.c - templates and the 1:1 comparison.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/match.h"

#define DIM 8u

static const struct vision_hello net = { "net-a", 1, DIM };

/* A frame whose embedding lies at `degrees` from axis 0 in the plane of axes 0 and `axis`. */
static struct vision_features
frame_at(double degrees, uint32_t axis, float norm)
{
	struct vision_features f = { .faces = 1, .embed_dim = DIM, .embed_norm = norm };

	f.embedding[0] = (float)cos(degrees * M_PI / 180);
	f.embedding[axis] = (float)sin(degrees * M_PI / 180);
	return f;
}

static struct match_template
template_at(double degrees, uint32_t axis)
{
	struct match_set s = { 0 };
	struct match_template t = { 0 };
	struct vision_features f = frame_at(degrees, axis, 1);

	assert_int_equal(match_set_add(&s, &net, &f), RC_OK);
	assert_int_equal(match_set_template(&s, &t), RC_OK);
	return t;
}

static void
test_decisions(void **state)
{
	static const struct {
		const char *what;
		double degrees;
		float threshold;
		enum rc want;
	} t[] = {
		{ "the same",              0,   .525f, RC_OK },
		{ "near enough",           58,  .525f, RC_OK },		/* cos 58 = .530 */
		{ "a little too far",      59,  .525f, RC_FACE_OTHER },	/* cos 59 = .515 */
		{ "at a right angle",      90,  .525f, RC_FACE_OTHER },
		{ "opposite",              180, .525f, RC_FACE_OTHER },
		{ "a threshold of NaN",    0,   NAN,   RC_FACE_OTHER },
	};
	struct match_template a = template_at(0, 1);

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct match_template b = template_at(t[i].degrees, 1);
		float cosine = -2;

		if (match_decide(&a, &b, t[i].threshold, &cosine) != t[i].want)
			fail_msg("%s", t[i].what);
		assert_true(fabs((double)cosine - cos(t[i].degrees * M_PI / 180)) < 1e-5);
	}
}

static void
test_other_networks_are_refused(void **state)
{
	static const struct vision_hello other[] = {
		{ "net-b", 1, DIM }, { "net-a", 2, DIM }, { "net-a", 1, DIM - 1 }, { "", 0, 0 },
	};
	struct match_template a = template_at(0, 1), b;
	struct vision_features f = frame_at(0, 1, 1);
	struct match_set s;
	float cosine;

	(void)state;
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		b = a;
		b.by = other[i];
		assert_int_equal(match_decide(&a, &b, -1, &cosine), RC_EMBEDDER_OTHER);
		assert_int_equal(match_decide(&b, &a, -1, &cosine), RC_EMBEDDER_OTHER);
		assert_int_equal(match_frame(&a, &other[i], &f, &cosine), RC_EMBEDDER_OTHER);
		memset(&s, 0, sizeof s);
		assert_int_equal(match_set_add(&s, &net, &f), RC_OK);
		assert_int_equal(match_set_add(&s, &other[i], &f), RC_EMBEDDER_OTHER);
		assert_int_equal(s.seen, 1);
	}
	memset(&a, 0, sizeof a);
	assert_int_equal(match_decide(&a, &a, -1, &cosine), RC_EMBEDDER_OTHER);
}

static void
test_set_keeps_the_best(void **state)
{
	struct match_set s = { 0 };
	struct match_template t = { 0 };

	(void)state;
	assert_int_equal(match_set_template(&s, &t), RC_INVALID);
	/* poor frames first, far away from the good ones: none of them may remain */
	for (uint32_t i = 0; i < MATCH_FRAMES_MAX; i++) {
		struct vision_features f = frame_at(90, 3, 1.0f + (float)i);

		assert_int_equal(match_set_add(&s, &net, &f), RC_OK);
	}
	for (uint32_t i = 0; i < MATCH_FRAMES_MAX; i++) {
		struct vision_features f = frame_at(i % 2 ? 20 : -20, 1, 50.0f + (float)i);

		assert_int_equal(match_set_add(&s, &net, &f), RC_OK);
	}
	assert_int_equal(s.n, MATCH_FRAMES_MAX);
	assert_int_equal(s.seen, 2 * MATCH_FRAMES_MAX);
	assert_int_equal(match_set_template(&s, &t), RC_OK);
	assert_int_equal(t.frames, MATCH_FRAMES_MAX);
	assert_true(fabsf(t.v[0] - 1.0f) < 1e-5f);	/* the mean of +20 and -20 degrees */
	assert_true(fabsf(t.v[3]) < 1e-6f);

	/* frames that cancel out give no template */
	match_set_wipe(&s);
	for (int i = 0; i < 2; i++) {
		struct vision_features f = frame_at(i * 180, 1, 1);

		assert_int_equal(match_set_add(&s, &net, &f), RC_OK);
	}
	assert_int_equal(match_set_template(&s, &t), RC_INVALID);
}

static void
test_bad_embeddings(void **state)
{
	struct match_set s = { 0 };
	struct vision_features f = frame_at(0, 1, 1);

	(void)state;
	f.embedding[2] = NAN;
	assert_int_equal(match_set_add(&s, &net, &f), RC_INVALID);
	f = frame_at(0, 1, 1);
	f.embedding[0] = 2;
	assert_int_equal(match_set_add(&s, &net, &f), RC_INVALID);
	f = frame_at(0, 1, 1);
	f.faces = 0;
	assert_int_equal(match_set_add(&s, &net, &f), RC_INVALID);
	f = frame_at(0, 1, 1);
	f.embed_dim = 0;
	assert_int_equal(match_set_add(&s, &net, &f), RC_INVALID);
	f.embed_dim = VISION_EMBED_MAX + 1;
	assert_int_equal(match_set_add(&s, &net, &f), RC_INVALID);
	assert_int_equal(s.seen, 0);
}

static void
test_bytes(void **state)
{
	struct match_template t = template_at(40, 2), back;
	uint8_t bytes[MATCH_TEMPLATE_MAX];
	size_t n = match_template_put(&t, bytes);
	float cosine;

	(void)state;
	assert_int_equal(n, DIM * 4);
	assert_int_equal(match_template_get(&net, 3, bytes, n, &back), RC_OK);
	assert_int_equal(back.frames, 3);
	assert_memory_equal(back.v, t.v, sizeof t.v);
	assert_int_equal(match_decide(&t, &back, .999f, &cosine), RC_OK);
	/* 1.0f is 00 00 80 3f: the order of bytes is fixed */
	t = template_at(0, 1);
	assert_int_equal(match_template_put(&t, bytes), n);
	assert_memory_equal(bytes, "\x00\x00\x80\x3f", 4);

	for (size_t cut = 0; cut < n; cut++) {
		memset(&back, 0x5a, sizeof back);
		assert_int_equal(match_template_get(&net, 1, bytes, cut, &back), RC_MALFORMED);
		assert_int_equal(back.by.embedder[0], 0x5a);
	}
	assert_int_equal(match_template_get(&net, 1, bytes, n + 4, &back), RC_MALFORMED);
	bytes[3] = 0x40;	/* no longer of unit length */
	assert_int_equal(match_template_get(&net, 1, bytes, n, &back), RC_MALFORMED);
	memset(bytes, 0xff, n);	/* NaN */
	assert_int_equal(match_template_get(&net, 1, bytes, n, &back), RC_MALFORMED);
}

static void
test_wipe(void **state)
{
	static const struct match_template zero;
	struct match_template t = template_at(10, 1);

	(void)state;
	match_template_wipe(&t);
	assert_memory_equal(&t, &zero, sizeof t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_other_networks_are_refused),
		cmocka_unit_test(test_set_keeps_the_best),
		cmocka_unit_test(test_bad_embeddings),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
