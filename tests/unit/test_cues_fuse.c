/*
 * test_cues_fuse.c - the opinions of single pictures over a capture, and the
 * one verdict of all passive cues.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_texture.h"
#include "server/cues_fuse.h"

static void
feed(struct cue_texture *t, float yaw, float texture)
{
	const struct vision_features f = { .faces = 1, .yaw = yaw, .has_texture = 1, .texture = texture,
	    .pattern = texture / 2, .edge = 1.0f };

	cue_texture_feed(t, &f);
}

static void
frames_without_texture_say_nothing(void **state)
{
	const struct vision_features f = { .faces = 1, .texture = 9.0f };
	struct cue_texture t = { 0 };
	struct cue_texture_value v;

	(void)state;
	assert_false(cue_texture_value(&t, &v));
	cue_texture_feed(&t, &f);
	assert_false(cue_texture_value(&t, &v));
}

static void
frames_from_the_front_count_where_there_are_some(void **state)
{
	struct cue_texture t = { 0 };
	struct cue_texture_value one, mean, more;

	(void)state;
	feed(&t, 40.0f, -8.0f);
	assert_true(cue_texture_value(&t, &one));
	assert_true(one.texture < 0.0f && one.pattern < 0.0f && one.edge > 0.0f);
	feed(&t, 0.0f, 4.0f);
	feed(&t, -5.0f, 4.0f);
	assert_true(cue_texture_value(&t, &mean));	/* of all three: two are too few */
	assert_true(fabsf(mean.texture - one.texture - 8.0f) < 1e-4f);
	feed(&t, 5.0f, 4.0f);
	assert_true(cue_texture_value(&t, &more));
	assert_true(fabsf(more.texture - one.texture - 12.0f) < 1e-4f);
}

static void
one_sure_frame_does_not_outvote_the_others(void **state)
{
	struct cue_texture t = { 0 };
	struct cue_texture_value v;

	(void)state;
	for (int i = 0; i < 7; i++)
		feed(&t, 0.0f, -6.0f);
	feed(&t, 0.0f, 10.0f);
	assert_true(cue_texture_value(&t, &v));
	assert_true(v.texture < 0.0f);
}

static void
noise_is_no_pattern_of_skin(void **state)
{
	struct cue_texture skin = { 0 }, noise = { 0 };
	struct cue_texture_value v;

	(void)state;
	feed(&skin, 0.0f, 16.0f);	/* pattern is half of it */
	assert_true(cue_texture_value(&skin, &v));
	assert_false(v.noisy);
	feed(&noise, 0.0f, 24.0f);
	assert_true(cue_texture_value(&noise, &v));
	assert_true(v.noisy);
}

static enum liveness_reason
verdict(const struct cue_value v[static CUES], float *fused)
{
	float again = NAN;
	enum liveness_reason r = cues_fuse(v, fused);

	assert_int_equal(cues_fuse(v, &again), r);
	assert_true(again == *fused);
	return r;
}

static void
nothing_measured_is_no_reason(void **state)
{
	struct cue_value v[CUES] = { 0 };
	float fused = 7.0f;

	(void)state;
	for (unsigned i = 0; i < CUES; i++)
		v[i].value = -9.0f;
	assert_int_equal(verdict(v, &fused), LIVENESS_FINE);
	assert_true(fused == 0.0f);
}

static void
each_cue_has_its_reason(void **state)
{
	static const struct { enum cue cue; enum liveness_reason reason; } of[] = {
		{ CUE_TEXTURE, LIVENESS_FLAT }, { CUE_PATTERN, LIVENESS_FLAT }, { CUE_EDGE, LIVENESS_DEVICE },
		{ CUE_DEPTH, LIVENESS_SHEET }, { CUE_RIGID, LIVENESS_SHEET }, { CUE_LIGHT, LIVENESS_LIGHT },
		{ CUE_STILL, LIVENESS_STILL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		struct cue_value v[CUES] = { 0 };
		float fused = 0.0f;

		v[of[i].cue] = (struct cue_value){ true, -5.0f };
		assert_int_equal(verdict(v, &fused), of[i].reason);
		assert_true(fused < 0.0f);
		v[of[i].cue].value = 5.0f;
		assert_int_equal(verdict(v, &fused), LIVENESS_FINE);
		assert_true(fused > 0.0f);
	}
}

static void
no_praise_outweighs_clear_blame(void **state)
{
	static const enum cue blamed[] = { CUE_TEXTURE, CUE_EDGE, CUE_DEPTH, CUE_RIGID, CUE_STILL, CUE_LIGHT };
	struct cue_value v[CUES];
	float fused = 0.0f;

	(void)state;
	for (size_t i = 0; i < sizeof blamed / sizeof blamed[0]; i++) {
		for (unsigned k = 0; k < CUES; k++)
			v[k] = (struct cue_value){ true, 20.0f };
		v[blamed[i]].value = -5.0f;
		assert_int_not_equal(verdict(v, &fused), LIVENESS_FINE);
	}
}

static void
the_second_opinion_only_tips(void **state)
{
	struct cue_value v[CUES] = { 0 };
	float fused = 0.0f;

	(void)state;
	v[CUE_PATTERN] = (struct cue_value){ true, -100.0f };
	v[CUE_TEXTURE] = (struct cue_value){ true, 1.5f };
	assert_int_equal(verdict(v, &fused), LIVENESS_FINE);
	v[CUE_TEXTURE].value = 0.5f;
	assert_int_equal(verdict(v, &fused), LIVENESS_FLAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_without_texture_say_nothing),
		cmocka_unit_test(frames_from_the_front_count_where_there_are_some),
		cmocka_unit_test(one_sure_frame_does_not_outvote_the_others),
		cmocka_unit_test(noise_is_no_pattern_of_skin),
		cmocka_unit_test(nothing_measured_is_no_reason),
		cmocka_unit_test(each_cue_has_its_reason),
		cmocka_unit_test(no_praise_outweighs_clear_blame),
		cmocka_unit_test(the_second_opinion_only_tips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
