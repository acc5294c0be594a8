/*
 * test_model_texture.c - the part of a picture that is judged for texture, and
 * what comes out for people and for prints of them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * People and prints are compared where the folder that COUNTERSIGN_DATA names
 * has a folder pad-dev with labels.tsv (path, live or spoof).
 */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/face_pipeline.h"
#include "models/image_jpeg.h"
#include "proto/crypto.h"

#define PICTURE_MAX (4u << 20)
#define STEP        15	/* every so many pictures of pad-dev */

static void
close_to(float a, double b)
{
	if (fabs((double)a - b) > 1e-3)
		fail_msg("%g is not %g", (double)a, b);
}

static void
part_surrounds_the_box(void **state)
{
	const struct vision_box middle = { 270, 190, 100, 100, 1 }, tall = { 280, 190, 80, 100, 1 };
	struct image_rect r = texture_part(&middle, 2.7f, 640, 480), same = texture_part(&tall, 2.7f, 640, 480);

	(void)state;
	close_to(r.x0, 320 - 135);
	close_to(r.x1, 320 + 135);
	close_to(r.y0, 240 - 135);
	close_to(r.y1, 240 + 135);
	close_to(same.x0, (double)r.x0);
	close_to(same.y1, (double)r.y1);
}

static void
part_moves_inside_the_picture(void **state)
{
	const struct vision_box corner = { -10, -20, 100, 100, 1 }, far = { 600, 400, 100, 120, 1 };
	struct image_rect r = texture_part(&corner, 2.7f, 640, 480);

	(void)state;
	close_to(r.x0, 0);
	close_to(r.y0, 0);
	close_to(r.x1, 270);
	close_to(r.y1, 270);
	r = texture_part(&far, 2.7f, 640, 480);
	close_to(r.x0, 640 - 324);
	close_to(r.y0, 480 - 324);
	close_to(r.x1, 640);
	close_to(r.y1, 480);
}

static void
part_shrinks_with_the_picture(void **state)
{
	const struct vision_box large = { 200, 100, 200, 240, 1 };
	struct image_rect r = texture_part(&large, 2.7f, 640, 480);	/* 480 / 240 = 2 times, not 2.7 */

	(void)state;
	close_to(r.y0, 0);
	close_to(r.y1, 480);
	close_to(r.x0, 300 - 240);
	close_to(r.x1, 300 + 240);
}

static void
open_pipeline(struct face_pipeline *p, struct image_jpeg **jpeg)
{
	const struct net_setup setup = { .backend = NET_F32 };
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char dir[4096], err[512] = "";

	(void)snprintf(dir, sizeof dir, "%s/models", source != NULL ? source : ".");
	if (face_pipeline_open(p, dir, &setup, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	assert_int_equal(image_jpeg_open(jpeg), RC_OK);
}

static void
odd_boxes_are_refused(void **state)
{
	const struct vision_box flat = { 10, 10, 0, 50, 1 }, nowhere = { NAN, NAN, NAN, NAN, 1 };
	struct image im = { 0 };
	struct image_jpeg *jpeg;
	struct face_pipeline p;
	float logit = 7.0f;

	(void)state;
	open_pipeline(&p, &jpeg);
	assert_int_equal(image_make(&im, 64, 64), RC_OK);
	assert_int_equal(image_pyramid_show(&p.pyramid, &im), RC_OK);
	assert_int_equal(texture_run(p.texture, &p.pyramid, &flat, &logit), RC_FACE_QUALITY);
	assert_int_equal(texture_run(p.texture, &p.pyramid, &nowhere, &logit), RC_FACE_QUALITY);
	assert_true(logit == 7.0f);
	image_pyramid_clear(&p.pyramid);
	image_free(&im);
	image_jpeg_close(jpeg);
	face_pipeline_close(&p);
}

/* The part of im that is side pixels wide and high, round a point. */
static void
cut(const struct image *im, float x, float y, uint32_t side, struct image *to)
{
	const uint32_t x0 = (uint32_t)fminf(fmaxf(0.0f, x - (float)side / 2), (float)(im->width - side));
	const uint32_t y0 = (uint32_t)fminf(fmaxf(0.0f, y - (float)side / 2), (float)(im->height - side));

	assert_int_equal(image_make(to, side, side), RC_OK);
	for (uint32_t row = 0; row < side; row++)
		memcpy(to->rgb + (size_t)row * side * 3, im->rgb + ((size_t)(y0 + row) * im->width + x0) * 3, (size_t)side * 3);
}

/* Photographs of the project itself, cut to little more than the face: nothing is left of what the network wants around it. */
static void
people_close_by_look_live(void **state)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	struct image_jpeg *jpeg;
	struct face_pipeline p;
	float least = INFINITY, sum = 0.0f;
	unsigned n = 0;
	char path[4200];
	glob_t found;

	(void)state;
	open_pipeline(&p, &jpeg);
	(void)snprintf(path, sizeof path, "%s/tests/faces/*.jpg", source != NULL ? source : ".");
	assert_int_equal(glob(path, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct vision_features f = { 0 };
		struct image im, near;
		uint32_t side;

		assert_int_equal(image_jpeg_read_file(jpeg, found.gl_pathv[i], PICTURE_MAX, &im), RC_OK);
		assert_int_equal(face_pipeline_run(&p, &im, 0, NULL, &f), RC_OK);
		side = (uint32_t)(1.3f * fmaxf(f.face[0].w, f.face[0].h));
		cut(&im, f.face[0].x + f.face[0].w / 2, f.face[0].y + f.face[0].h / 2, side, &near);
		f = (struct vision_features){ 0 };
		assert_int_equal(face_pipeline_run(&p, &near, VISION_WANT_TEXTURE, NULL, &f), RC_OK);
		print_message("%s %.1f\n", found.gl_pathv[i], (double)f.texture);
		least = fminf(least, f.texture);
		sum += f.texture;
		n++;
		image_free(&im);
		image_free(&near);
	}
	globfree(&found);
	assert_true(n >= 7 && sum / (float)n > 4.0f && least > 1.0f);
	image_jpeg_close(jpeg);
	face_pipeline_close(&p);
}

static void
people_look_live_and_prints_do_not(void **state)
{
	const char *data = getenv("COUNTERSIGN_DATA");
	char path[4200], line[1024], name[512], label[16];
	struct vision_features f;
	struct image_jpeg *jpeg;
	struct face_pipeline p;
	unsigned number = 0, right = 0, judged = 0;
	struct image im;
	FILE *list;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/pad-dev/labels.tsv", data != NULL ? data : "");
	if (data == NULL || (list = fopen(path, "r")) == NULL) {
		print_message("skipped: people and prints; COUNTERSIGN_DATA names no folder with pad-dev/labels.tsv\n");
		skip();
		return;
	}
	open_pipeline(&p, &jpeg);
	while (fgets(line, sizeof line, list) != NULL) {
		if (sscanf(line, "%511[^\t]\t%15[a-z]", name, label) != 2 || strcmp(name, "path") == 0 ||
		    number++ % STEP != 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/pad-dev/%s", data, name);
		assert_int_equal(image_jpeg_read_file(jpeg, path, PICTURE_MAX, &im), RC_OK);
		f = (struct vision_features){ 0 };
		assert_int_equal(face_pipeline_run(&p, &im, VISION_WANT_TEXTURE, NULL, &f), RC_OK);
		if (f.faces > 0) {
			assert_int_equal(f.has_texture, 1);
			assert_int_equal(f.has_eyes, 0);
			right += (f.texture > 0) == (strcmp(label, "live") == 0);
			judged++;
		}
		image_free(&im);
	}
	(void)fclose(list);
	print_message("%u of %u pictures on the right side of 0\n", right, judged);
	assert_true(judged >= 50);
	assert_true(right * 100 >= judged * 95);
	image_jpeg_close(jpeg);
	face_pipeline_close(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_surrounds_the_box),
		cmocka_unit_test(part_moves_inside_the_picture),
		cmocka_unit_test(part_shrinks_with_the_picture),
		cmocka_unit_test(odd_boxes_are_refused),
		cmocka_unit_test(people_close_by_look_live),
		cmocka_unit_test(people_look_live_and_prints_do_not),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
