/*
 * test_puppet_play.c - the puppet's scenarios, camera, sheet and tape: what
 * they show is what they say, pixel by pixel, without a look at any network.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/image_jpeg.h"
#include "proto/limits.h"
#include "server/liveness.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_camera.h"
#include "tests/puppet/puppet_photo.h"
#include "tests/puppet/puppet_sheet.h"

#define W 640u
#define H 480u
#define STEP_MS 67
#define PATH_BYTES 512u

struct fixture {
	struct puppet_photo person, other;
	struct puppet_tape tape;	/* half a second of the person */
	uint8_t jpeg[JPEG_MAX_BYTES];
};

static void
must(enum rc r)
{
	assert_string_equal(rc_name(r), "RC_OK");
}

static void
path_of(const char *what, char path[static PATH_BYTES])
{
	const char *root = getenv("COUNTERSIGN_SOURCE");

	snprintf(path, PATH_BYTES, "%s/%s", root == NULL ? "." : root, what);
}

static struct puppet *
enter(struct fixture *f, enum puppet_scenario s, uint64_t seed)
{
	struct puppet *p;

	must(puppet_open(&p, W, H, seed));
	must(puppet_become(p, &f->person));
	must(puppet_play(p, s, &f->tape, &f->other));
	return p;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct puppet_finder *finder;
	struct puppet *p;
	char models[PATH_BYTES], a[PATH_BYTES], b[PATH_BYTES], err[256] = "";
	size_t n;

	assert_non_null(f);
	path_of("models", models);
	path_of("tests/faces/person-b-1.jpg", a);
	path_of("tests/faces/person-c-1.jpg", b);
	if (puppet_finder_open(&finder, models, err, sizeof err) != RC_OK ||
	    puppet_finder_read(finder, a, &f->person, err, sizeof err) != RC_OK ||
	    puppet_finder_read(finder, b, &f->other, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	puppet_finder_close(finder);
	must(puppet_open(&p, W, H, 5));
	must(puppet_become(p, &f->person));
	for (int64_t t = 0; t < 8 * STEP_MS; t += STEP_MS) {
		must(puppet_shoot(p, t, f->jpeg, sizeof f->jpeg, &n));
		must(puppet_tape_add(&f->tape, f->jpeg, n));
	}
	puppet_close(p);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	puppet_photo_free(&f->person);
	puppet_photo_free(&f->other);
	puppet_tape_free(&f->tape);
	free(f);
	return 0;
}

/* ---- the table ---- */

static bool
is_reason(const char *name, size_t n)
{
	for (unsigned r = 0; r < LIVENESS_REASONS; r++) {
		const char *known = liveness_reason_name((enum liveness_reason)r);

		if (strlen(known) == n && strncmp(known, name, n) == 0)
			return true;
	}
	return false;
}

static void
every_attack_names_reasons_that_there_are(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PUPPET_SCENARIOS; i++) {
		const struct puppet_scenario_row *row = &puppet_scenario_rows[i];
		enum puppet_scenario s = PUPPET_SCENARIOS;

		must(puppet_scenario_from_word(row->word, &s));
		assert_int_equal(s, i);
		assert_int_equal(row->attack, row->reasons[0] != '\0');
		for (const char *at = row->reasons; *at != '\0'; at += strcspn(at, " ") + 1)
			if (!is_reason(at, strcspn(at, " ")))
				fail_msg("%s: no reason \"%s\"", row->word, at);
		assert_false(puppet_scenario_expects(s, "fine"));
		assert_false(puppet_scenario_expects(s, ""));
	}
	assert_true(puppet_scenario_expects(PUPPET_PRINT, "sheet"));
	assert_false(puppet_scenario_expects(PUPPET_PRINT, "shee"));
	assert_false(puppet_scenario_expects(PUPPET_PRINT, "replayed"));
}

/* ---- the camera ---- */

static float
deviation(const struct image *im)
{
	double sum = 0, square = 0, n = (double)im->width * im->height;

	for (size_t i = 0; i < (size_t)im->width * im->height; i++) {
		sum += im->rgb[3 * i + 1];
		square += (double)im->rgb[3 * i + 1] * im->rgb[3 * i + 1];
	}
	return (float)sqrt(square / n - sum / n * (sum / n));
}

static void
noise_survives_the_jpeg(void **state)
{
	struct fixture *f = *state;
	struct puppet_camera *k;
	struct image flat = { 0 }, back = { 0 };
	struct image_jpeg *jpeg;
	size_t n;

	must(image_jpeg_open(&jpeg));
	must(puppet_camera_open(&k, 3));
	must(image_make(&flat, W, H));
	memset(flat.rgb, 128, (size_t)W * H * 3);
	puppet_camera_take(k, &flat, 0);
	assert_true(deviation(&flat) > 1.5f && deviation(&flat) < 4);
	must(image_jpeg_encode(jpeg, &flat, 80, f->jpeg, sizeof f->jpeg, &n));
	must(image_jpeg_decode(jpeg, f->jpeg, n, &back));
	assert_true(deviation(&back) > 1);
	memset(flat.rgb, 128, (size_t)W * H * 3);
	puppet_camera_set(k, 1, true);
	puppet_camera_take(k, &flat, 67);
	assert_true(deviation(&flat) == 0);
	image_free(&flat);
	image_free(&back);
	puppet_camera_close(k);
	image_jpeg_close(jpeg);
}

static void
a_camera_is_late_a_clean_one_never(void **state)
{
	struct puppet_camera *k;
	int64_t most = 0, sum = 0;

	(void)state;
	must(puppet_camera_open(&k, 9));
	for (int i = 0; i < 1000; i++) {
		int64_t late = puppet_camera_late_us(k, 66667);

		assert_true(late >= 0 && late < 66667);
		sum += late;
		most = late > most ? late : most;
	}
	assert_in_range(sum / 1000, 500, 4000);
	assert_true(most > 10000);
	puppet_camera_set(k, 1, true);
	assert_int_equal(puppet_camera_late_us(k, 66667), 0);
	puppet_camera_close(k);
}

/* ---- the sheet ---- */

static unsigned
width_at(const struct image *im, uint32_t y)
{
	unsigned n = 0;

	for (uint32_t x = 0; x < im->width; x++)
		n += im->rgb[((size_t)y * im->width + x) * 3] > 128;
	return n;
}

static void
a_sheet_is_seen_in_perspective(void **state)
{
	const struct image_rect rect = { 160, 120, 480, 360 };
	struct puppet_sheet s = { .rect = rect };
	struct image on = { 0 }, room = { 0 }, to = { 0 };

	(void)state;
	must(puppet_sheet_make(&s, W, H, &rect));
	must(image_make(&on, W, H));
	must(image_make(&room, W, H));
	must(image_make(&to, W, H));
	memset(on.rgb, 255, (size_t)W * H * 3);
	puppet_sheet_place(&s, &(struct puppet_sheet_pose){ .scale = 1 });
	puppet_sheet_draw(&s, &on, &room, &to);
	assert_in_range(width_at(&to, 240), 319, 321);
	assert_int_equal(width_at(&to, 100), 0);
	puppet_sheet_place(&s, &(struct puppet_sheet_pose){ .scale = 1.25f });
	puppet_sheet_draw(&s, &on, &room, &to);
	assert_in_range(width_at(&to, 240), 398, 402);
	/* Turned by 60 degrees it is about half as wide, and its nearer side the higher one. */
	puppet_sheet_place(&s, &(struct puppet_sheet_pose){ .scale = 1, .yaw = 60 });
	puppet_sheet_draw(&s, &on, &room, &to);
	assert_in_range(width_at(&to, 240), 145, 180);
	assert_in_range(width_at(&to, 115), 1, 150);
	puppet_sheet_free(&s);
	image_free(&on);
	image_free(&room);
	image_free(&to);
}

/* ---- scenarios ---- */

static void
every_scenario_renders_the_same_from_the_same_seed(void **state)
{
	struct fixture *f = *state;
	uint8_t *again = malloc(JPEG_MAX_BYTES);
	size_t n, m;

	assert_non_null(again);
	for (unsigned i = 0; i < PUPPET_SCENARIOS; i++) {
		struct puppet *p = enter(f, (enum puppet_scenario)i, 21), *q = enter(f, (enum puppet_scenario)i, 21);

		for (int64_t t = 1000; t < 1000 + 6 * STEP_MS; t += STEP_MS) {
			if (t == 1000 + STEP_MS) {
				must(puppet_act(p, PUPPET_BLINK, t));
				must(puppet_act(q, PUPPET_BLINK, t));
			}
			must(puppet_shoot(p, t, f->jpeg, sizeof f->jpeg, &n));
			must(puppet_shoot(q, t, again, JPEG_MAX_BYTES, &m));
			assert_int_equal(n, m);
			assert_memory_equal(f->jpeg, again, n);
		}
		puppet_close(p);
		puppet_close(q);
	}
	free(again);
}

static void
what_a_scenario_needs_must_be_there(void **state)
{
	struct fixture *f = *state;
	struct puppet_tape none = { 0 };
	struct puppet *p;

	must(puppet_open(&p, W, H, 1));
	assert_int_equal(puppet_play(p, PUPPET_PLAIN, NULL, NULL), RC_INVALID);	/* nobody is there */
	must(puppet_become(p, &f->person));
	assert_int_equal(puppet_play(p, PUPPET_SCREEN, NULL, NULL), RC_INVALID);
	assert_int_equal(puppet_play(p, PUPPET_REPLAY, &none, NULL), RC_INVALID);
	assert_int_equal(puppet_play(p, PUPPET_SWAP, &f->tape, NULL), RC_INVALID);
	must(puppet_play(p, PUPPET_PLAIN, NULL, NULL));
	puppet_close(p);
	must(puppet_open(&p, 320, 240, 1));
	must(puppet_become(p, &f->person));
	assert_int_equal(puppet_play(p, PUPPET_SCREEN, &f->tape, NULL), RC_INVALID);	/* of another size */
	puppet_close(p);
}

/* The hash of the picture sent at t. */
static uint64_t
sent(struct fixture *f, struct puppet *p, int64_t t)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t n;

	must(puppet_shoot(p, t, f->jpeg, sizeof f->jpeg, &n));
	for (size_t i = 0; i < n; i++)
		h = (h ^ f->jpeg[i]) * 0x100000001b3u;
	return h;
}

static void
what_is_injected_comes_again(void **state)
{
	struct fixture *f = *state;
	struct puppet *p = enter(f, PUPPET_LOOP, 4), *q = enter(f, PUPPET_FROZEN, 4), *r = enter(f, PUPPET_REPLAY, 4);
	uint64_t loop[90], first = sent(f, q, 0);

	for (unsigned i = 0; i < 90; i++)
		loop[i] = sent(f, p, (int64_t)i * STEP_MS);
	for (unsigned i = 30; i < 90; i++)
		assert_true(loop[i] == loop[i - 30] && loop[i] != loop[i - 1]);
	for (unsigned i = 1; i < 5; i++)
		assert_true(sent(f, q, (int64_t)i * STEP_MS) == first);
	for (unsigned i = 0; i < f->tape.frames; i++) {
		size_t n, m;
		const uint8_t *jpeg = puppet_tape_at(&f->tape, i, &m);

		must(puppet_shoot(r, (int64_t)i * PUPPET_TAPE_STEP_MS, f->jpeg, sizeof f->jpeg, &n));
		assert_int_equal(n, m);
		assert_memory_equal(f->jpeg, jpeg, n);
	}
	assert_int_equal(puppet_late_us(p, 66667), 0);
	puppet_close(p);
	puppet_close(q);
	puppet_close(r);
}

/* How much redder a white-red screen makes this part of the picture, grey levels. */
static float
redder(struct fixture *f, enum puppet_scenario s, uint32_t x0, uint32_t y0)
{
	struct puppet *p = enter(f, s, 8), *q = enter(f, s, 8);
	const struct image *a, *b;
	float sum = 0;

	puppet_light(q, 0xff8080);
	a = puppet_render(p, 0);
	b = puppet_render(q, 0);
	for (uint32_t y = y0; y < y0 + 20; y++)
		for (uint32_t x = x0; x < x0 + 20; x++)
			sum += (float)b->rgb[((size_t)y * W + x) * 3] - (float)a->rgb[((size_t)y * W + x) * 3];
	puppet_close(p);
	puppet_close(q);
	return sum / 400;
}

static void
light_falls_on_who_is_near(void **state)
{
	struct fixture *f = *state;

	assert_true(redder(f, PUPPET_PLAIN, 310, 230) > 5);	/* the cheek */
	assert_true(redder(f, PUPPET_PLAIN, 600, 20) < 2);	/* the wall */
	assert_true(redder(f, PUPPET_PRINT, 310, 230) > 5);
	assert_true(redder(f, PUPPET_PRINT, 450, 100) > 5);	/* paper beside the face */
	assert_true(redder(f, PUPPET_SCREEN, 310, 230) < 3);
	assert_true(fabsf(redder(f, PUPPET_EXACT, 310, 230)) < 0.01f);
}

static void
in_a_swap_another_face_answers(void **state)
{
	struct fixture *f = *state;
	struct puppet *p = enter(f, PUPPET_SWAP, 3), *q = enter(f, PUPPET_PLAIN, 3);
	const struct image *a, *b;
	float apart = 0;

	a = puppet_render(p, 0);
	b = puppet_render(q, 0);
	assert_memory_equal(a->rgb, b->rgb, (size_t)W * H * 3);
	must(puppet_act(p, PUPPET_LEFT, 10));
	must(puppet_act(q, PUPPET_LEFT, 10));
	a = puppet_render(p, 67);
	b = puppet_render(q, 67);
	for (size_t i = 0; i < (size_t)W * H * 3; i += 101)
		apart += fabsf((float)a->rgb[i] - (float)b->rgb[i]);
	assert_true(apart / ((float)W * H * 3 / 101) > 10);
	puppet_close(p);
	puppet_close(q);
}

/* ---- the tape ---- */

static void
a_tape_comes_back_from_its_file(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/countersign-tape-XXXXXX", err[256] = "";
	struct puppet_tape t;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, f->tape.bytes, f->tape.n), (ssize_t)f->tape.n);
	must(puppet_tape_read(&t, path, err, sizeof err));
	assert_int_equal(t.frames, f->tape.frames);
	assert_int_equal(t.n, f->tape.n);
	assert_memory_equal(t.bytes, f->tape.bytes, t.n);
	assert_memory_equal(t.end, f->tape.end, t.frames * sizeof t.end[0]);
	puppet_tape_free(&t);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_not_equal(puppet_tape_read(&t, path, err, sizeof err), RC_OK);
	assert_non_null(strstr(err, path));
	assert_null(t.bytes);
	close(fd);
	unlink(path);
	assert_int_equal(puppet_tape_read(&t, path, err, sizeof err), RC_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_attack_names_reasons_that_there_are),
		cmocka_unit_test(noise_survives_the_jpeg),
		cmocka_unit_test(a_camera_is_late_a_clean_one_never),
		cmocka_unit_test(a_sheet_is_seen_in_perspective),
		cmocka_unit_test(every_scenario_renders_the_same_from_the_same_seed),
		cmocka_unit_test(what_a_scenario_needs_must_be_there),
		cmocka_unit_test(what_is_injected_comes_again),
		cmocka_unit_test(light_falls_on_who_is_near),
		cmocka_unit_test(in_a_swap_another_face_answers),
		cmocka_unit_test(a_tape_comes_back_from_its_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
