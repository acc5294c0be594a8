/*
 * test_camera_rgb.c - pictures of any width become RGB, and not a byte beside
 * them is touched.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <libavutil/frame.h>

#include "client/camera_rgb.h"

#define GUARD 256u	/* bytes on either side */
#define MARK  0xa5

static AVFrame *
decoded(int w, int h, uint8_t luma)
{
	AVFrame *f = av_frame_alloc();

	assert_non_null(f);
	f->width = w;
	f->height = h;
	f->format = AV_PIX_FMT_YUV420P;
	assert_true(av_frame_get_buffer(f, 0) >= 0);
	for (int plane = 0; plane < 3; plane++)
		for (int y = 0; y < (plane == 0 ? h : (h + 1) / 2); y++)
			memset(f->data[plane] + (ptrdiff_t)y * f->linesize[plane], plane == 0 ? luma : 128,
			    (size_t)(plane == 0 ? w : (w + 1) / 2));
	return f;
}

/* from x from_h pixels, as w x h. The scaler's own code is not seen by sanitizers, hence the marks. */
static void
check(struct camera_rgb *c, int from, int from_h, int w, int h)
{
	size_t n = (size_t)w * (size_t)h * 3;
	uint8_t *all = malloc(n + 2 * GUARD);
	AVFrame *f = decoded(from, from_h, 235);

	assert_non_null(all);
	memset(all, MARK, n + 2 * GUARD);
	assert_int_equal(camera_rgb_convert(c, f, w, h, all + GUARD), RC_OK);
	for (size_t i = 0; i < GUARD; i++) {
		assert_int_equal(all[i], MARK);
		assert_int_equal(all[GUARD + n + i], MARK);
	}
	for (size_t i = 0; i < n; i++)
		assert_in_range(all[GUARD + i], 250, 255);
	av_frame_free(&f);
	free(all);
}

static void
test_any_width(void **state)
{
	struct camera_rgb c = { 0 };

	(void)state;
	for (int w = 1; w <= 66; w++)		/* as they are: the scaler's fast way */
		check(&c, w, 34, w, 34);
	check(&c, 408, 408, 408, 408);
	check(&c, 344, 460, 344, 460);
	check(&c, 323, 241, 323, 241);
	check(&c, 1366, 768, 640, 359);		/* smaller */
	check(&c, 97, 33, 411, 139);		/* larger */
	check(&c, 64, 64, 64, 64);		/* and again another size, with the same converter */
	camera_rgb_close(&c);
	check(&c, 50, 38, 50, 38);
	camera_rgb_close(&c);
}

static void
test_refused(void **state)
{
	struct camera_rgb c = { 0 };
	AVFrame *f = decoded(16, 16, 100);
	uint8_t rgb[16 * 16 * 3];

	(void)state;
	assert_int_equal(camera_rgb_convert(&c, f, 0, 16, rgb), RC_IMAGE_BAD);
	assert_int_equal(camera_rgb_convert(&c, f, 16, -1, rgb), RC_IMAGE_BAD);
	f->format = AV_PIX_FMT_NONE;
	assert_int_equal(camera_rgb_convert(&c, f, 16, 16, rgb), RC_IMAGE_BAD);
	av_frame_free(&f);
	camera_rgb_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_any_width), cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
