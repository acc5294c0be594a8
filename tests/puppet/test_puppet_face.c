/*
 * test_puppet_face.c - what the product's own networks see in the puppet's
 * pictures: the same person, alive when asked to be, and still when not.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every picture goes through JPEG as on the wire. Time is stepped, not waited for.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/calibration.h"
#include "models/face_pipeline.h"
#include "models/image_jpeg.h"
#include "proto/limits.h"
#include "proto/vector.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_photo.h"

#define STEP_MS     67	/* 15 pictures a second */
#define PATH_BYTES 512u

struct fixture {
	struct face_pipeline pipeline;
	struct puppet_finder *finder;
	struct image_jpeg *jpeg;
	struct puppet *puppet;
	float same;	/* cosine from which on two pictures show one person, as shipped */
	int64_t now_ms;
	uint8_t picture[JPEG_MAX_BYTES];
};

/* The features of some pictures in a row; lost ones are left out. */
struct seen {
	unsigned frames, lost;
	float eyes_least, eyes_most, eyes_sum;
	float turn_least, turn_most, turn_sum;
	float nod_most, nod_sum, pitch_most, pitch_sum, mouth_most, mouth_sum;
	float cosine_sum;
	unsigned closed;	/* pictures in which the network for eyes takes both for closed */
	unsigned shut, shut_row;	/* eyes below .70 of open: pictures, and most in a row */
};

static const char *const people[] = { "person-a-1", "person-b-1", "person-c-1", "person-e-1" };

static void
must(enum rc r)
{
	assert_string_equal(rc_name(r), "RC_OK");
}

static void
path_of(const char *what, const char *name, const char *end, char path[static PATH_BYTES])
{
	const char *root = getenv("COUNTERSIGN_SOURCE");

	snprintf(path, PATH_BYTES, "%s/%s%s%s", root == NULL ? "." : root, what, name, end);
}

static void
read_photo(struct fixture *f, const char *person, struct puppet_photo *photo)
{
	char path[PATH_BYTES], err[256] = "";

	path_of("tests/faces/", person, ".jpg", path);
	if (puppet_finder_read(f->finder, path, photo, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
}

static int
setup(void **state)
{
	const struct net_setup networks = { .backend = NET_AUTO };
	struct fixture *f = calloc(1, sizeof *f);
	struct calibration *thresholds = NULL;
	char models[PATH_BYTES], err[256] = "";

	assert_non_null(f);
	path_of("models", "", "", models);
	if (puppet_finder_open(&f->finder, models, err, sizeof err) != RC_OK ||
	    face_pipeline_open(&f->pipeline, models, &networks, err, sizeof err) != RC_OK ||
	    calibration_open(&thresholds, models, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	f->same = calibration_threshold(thresholds, CALIBRATION_SINGLE, CALIBRATION_FMR_SHIPPED);
	calibration_close(thresholds);
	must(image_jpeg_open(&f->jpeg));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	image_jpeg_close(f->jpeg);
	puppet_finder_close(f->finder);
	face_pipeline_close(&f->pipeline);
	free(f);
	return 0;
}

/* A fresh puppet of this person; photo gets the features of the photograph itself. */
static void
begin(struct fixture *f, const char *person, struct vision_features *photo)
{
	struct puppet_photo p;

	read_photo(f, person, &p);
	must(face_pipeline_run(&f->pipeline, &p.picture, VISION_WANT_EMBEDDING, NULL, photo));
	must(puppet_open(&f->puppet, 640, 480, 11));
	must(puppet_become(f->puppet, &p));
	puppet_photo_free(&p);
	f->now_ms = 1000;
}

static enum rc
look(struct fixture *f, struct vision_features *v)
{
	struct image im = { 0 };
	size_t n;
	enum rc r;

	must(image_jpeg_encode(f->jpeg, puppet_render(f->puppet, f->now_ms), 80, f->picture, sizeof f->picture, &n));
	must(image_jpeg_decode(f->jpeg, f->picture, n, &im));
	r = face_pipeline_run(&f->pipeline, &im, VISION_WANT_EYES | VISION_WANT_EMBEDDING, NULL, v);
	image_free(&im);
	f->now_ms += STEP_MS;
	return r == RC_OK && v->faces == 0 ? RC_NO_FACE : r;
}

static struct seen
watch(struct fixture *f, unsigned frames, float eyes_open, const struct vision_features *photo)
{
	struct seen s = { .frames = frames, .eyes_least = 9, .turn_least = 9, .turn_most = -9, .nod_most = -9, .pitch_most = -99 };
	unsigned row = 0;

	for (unsigned i = 0; i < frames; i++) {
		struct vision_features v = { 0 };
		float eyes;

		if (look(f, &v) != RC_OK) {
			s.lost++;
			continue;
		}
		eyes = (v.eye_left + v.eye_right) / 2;
		s.eyes_least = fminf(s.eyes_least, eyes);
		s.eyes_most = fmaxf(s.eyes_most, eyes);
		s.eyes_sum += eyes;
		s.turn_least = fminf(s.turn_least, v.turn);
		s.turn_most = fmaxf(s.turn_most, v.turn);
		s.turn_sum += v.turn;
		s.nod_most = fmaxf(s.nod_most, v.nod);
		s.nod_sum += v.nod;
		s.pitch_most = fmaxf(s.pitch_most, v.pitch);
		s.pitch_sum += v.pitch;
		s.closed += v.shut_left > 0.5f && v.shut_right > 0.5f;
		s.mouth_most = fmaxf(s.mouth_most, v.mouth);
		s.mouth_sum += v.mouth;
		s.cosine_sum += vector_dot(v.embedding, photo->embedding, v.embed_dim);
		row = eyes < 0.70f * eyes_open ? row + 1 : 0;
		s.shut += row > 0;
		s.shut_row = row > s.shut_row ? row : s.shut_row;
	}
	return s;
}

static float
mean(const struct seen *s, float sum)
{
	return sum / (float)(s->frames - s->lost);
}

/* Ten seconds of nothing asked, then every action once, three blinks. */
static void
one_person(struct fixture *f, const char *person)
{
	struct vision_features photo;
	struct seen rest, s;
	float open, turn, nod, pitch, mouth;

	begin(f, person, &photo);
	rest = watch(f, 150, 0, &photo);
	assert_in_range(rest.lost, 0, 4);
	open = mean(&rest, rest.eyes_sum);
	turn = mean(&rest, rest.turn_sum);
	nod = mean(&rest, rest.nod_sum);
	pitch = mean(&rest, rest.pitch_sum);
	mouth = mean(&rest, rest.mouth_sum);
	print_message("%s: eyes %.3f, same person %.3f", person, (double)open, (double)mean(&rest, rest.cosine_sum));
	assert_true(rest.eyes_least > 0.85f * open);
	assert_true(turn - rest.turn_least < 0.05f && rest.turn_most - turn < 0.05f);
	assert_true(mean(&rest, rest.cosine_sum) >= 0.75f);

	for (int i = 0; i < 3; i++) {
		must(puppet_act(f->puppet, PUPPET_BLINK, f->now_ms));
		s = watch(f, 8, open, &photo);
		assert_in_range(s.shut_row, 2, 4);
		assert_int_equal(s.shut, s.shut_row);
	}
	print_message(", shut %.2f of it", (double)(s.eyes_least / open));
	must(puppet_act(f->puppet, PUPPET_LEFT, f->now_ms));
	s = watch(f, 24, open, &photo);
	print_message(", left %+.2f", (double)(s.turn_most - turn));
	assert_in_range(s.lost, 0, 12);
	assert_true(s.turn_most - turn >= 0.20f && s.turn_least - turn > -0.06f);
	assert_int_equal(s.shut, 0);
	must(puppet_act(f->puppet, PUPPET_RIGHT, f->now_ms));
	s = watch(f, 24, open, &photo);
	print_message(", right %+.2f", (double)(s.turn_least - turn));
	assert_in_range(s.lost, 0, 12);
	assert_true(s.turn_least - turn <= -0.20f && s.turn_most - turn < 0.06f);
	must(puppet_act(f->puppet, PUPPET_NOD, f->now_ms));
	s = watch(f, 15, open, &photo);
	print_message(", nod %+.2f %+.0f degrees", (double)(s.nod_most - nod), (double)(s.pitch_most - pitch));
	assert_true(s.nod_most - nod >= 0.05f && s.pitch_most - pitch >= 13);
	must(puppet_act(f->puppet, PUPPET_MOUTH, f->now_ms));
	s = watch(f, 17, open, &photo);
	print_message(", mouth %+.2f", (double)(s.mouth_most - mouth));
	assert_true(s.mouth_most - mouth >= 0.20f);
	must(puppet_act(f->puppet, PUPPET_CLOSE, f->now_ms));
	f->now_ms += 2 * STEP_MS;
	s = watch(f, 20, open, &photo);
	print_message(", closed %u of 20, before %u of 150\n", s.closed, rest.closed);
	assert_in_range(s.closed, 18, 20);
	assert_int_equal(s.shut, 20);
	assert_in_range(rest.closed, 0, 3);
	puppet_close(f->puppet);
}

static void
every_action_is_seen_by_the_networks(void **state)
{
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
		one_person(*state, people[i]);
}

static void
a_photograph_stays_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct vision_features photo;
	struct seen s;
	float open;

	begin(f, "person-b-1", &photo);
	must(puppet_act(f->puppet, PUPPET_STILL_ON, f->now_ms));
	assert_int_equal(puppet_act(f->puppet, PUPPET_BLINK, f->now_ms), RC_EARLY);
	s = watch(f, 60, 0, &photo);
	open = mean(&s, s.eyes_sum);
	assert_int_equal(s.lost, 0);
	assert_true(s.eyes_least > 0.90f * open && s.eyes_most < 1.10f * open);
	assert_true(s.turn_most - s.turn_least < 0.06f);
	assert_true(mean(&s, s.cosine_sum) >= 0.90f);
	puppet_close(f->puppet);
}

static void
somebody_away_is_not_seen(void **state)
{
	struct fixture *f = *state;
	struct vision_features v;

	begin(f, "person-b-1", &v);
	must(look(f, &v));
	must(puppet_act(f->puppet, PUPPET_AWAY, f->now_ms));
	assert_int_equal(look(f, &v), RC_NO_FACE);
	must(puppet_act(f->puppet, PUPPET_BACK, f->now_ms));
	must(look(f, &v));
	puppet_close(f->puppet);
}

/* The puppet of one picture is the person of another picture, and nobody else. */
static void
the_puppet_is_who_the_photograph_shows(void **state)
{
	static const struct { const char *puppet, *photo; bool same; } t[] = {
		{ "person-a-1", "person-a-2", true }, { "person-a-2", "person-a-1", true },
		{ "person-a-1", "person-b-1", false }, { "person-b-1", "person-e-1", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct vision_features own, other;
		struct puppet_photo p;
		struct seen s;
		float cosine;

		read_photo(f, t[i].photo, &p);
		must(face_pipeline_run(&f->pipeline, &p.picture, VISION_WANT_EMBEDDING, NULL, &other));
		puppet_photo_free(&p);
		begin(f, t[i].puppet, &own);
		s = watch(f, 15, 0, &other);
		cosine = mean(&s, s.cosine_sum);
		print_message("%s as %s: %.3f\n", t[i].puppet, t[i].photo, (double)cosine);
		assert_true((cosine >= f->same) == t[i].same);
		puppet_close(f->puppet);
	}
}

static void
becoming_another_person_changes_who_is_seen(void **state)
{
	struct fixture *f = *state;
	struct vision_features own, v;
	struct puppet_photo p;

	begin(f, "person-b-1", &own);
	must(look(f, &v));
	assert_true(vector_dot(v.embedding, own.embedding, v.embed_dim) > 0.75f);
	read_photo(f, "person-e-1", &p);
	must(puppet_become(f->puppet, &p));
	puppet_photo_free(&p);
	must(look(f, &v));
	assert_true(vector_dot(v.embedding, own.embedding, v.embed_dim) < f->same);
	puppet_close(f->puppet);
}

/* Any size works, with every part of the face at its extreme. */
static void
any_picture_size_renders(void **state)
{
	static const uint32_t sizes[][2] = { { 64, 64 }, { 641, 479 }, { 320, 600 }, { 1280, 720 } };
	struct fixture *f = *state;
	struct puppet_photo p;

	read_photo(f, "person-f-1", &p);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct puppet *puppet;
		const struct image *im;
		enum rc r;

		must(puppet_open(&puppet, sizes[i][0], sizes[i][1], 1));
		r = puppet_become(puppet, &p);
		assert_true(r == RC_OK || (sizes[i][0] == 64 && r == RC_FACE_QUALITY));
		for (unsigned a = 0; a < PUPPET_STILL_ON; a++)
			assert_int_equal(puppet_act(puppet, (enum puppet_action)a, 0), RC_OK);
		for (int64_t t = 0; t < 5000; t += 350) {
			im = puppet_render(puppet, t);
			assert_int_equal(im->width, sizes[i][0]);
			assert_int_equal(im->height, sizes[i][1]);
		}
		puppet_close(puppet);
	}
	puppet_photo_free(&p);
}

static void
what_is_no_face_is_refused_by_name(void **state)
{
	struct fixture *f = *state;
	struct puppet_photo p;
	struct puppet *puppet;
	char path[PATH_BYTES], err[256];

	path_of("tests/faces/", "nobody", ".jpg", path);
	assert_int_equal(puppet_finder_read(f->finder, path, &p, err, sizeof err), RC_IO);
	assert_non_null(strstr(err, "nobody.jpg"));
	path_of("models/", "MANIFEST", "", path);
	assert_int_equal(puppet_finder_read(f->finder, path, &p, err, sizeof err), RC_IMAGE_BAD);
	assert_null(p.picture.rgb);
	assert_int_equal(puppet_open(&puppet, 32, 480, 1), RC_INVALID);
	assert_int_equal(puppet_open(&puppet, 640, 99999, 1), RC_INVALID);
	must(puppet_open(&puppet, 640, 480, 1));
	assert_int_equal(puppet_become(puppet, &p), RC_FACE_QUALITY);
	puppet_close(puppet);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_is_seen_by_the_networks),
		cmocka_unit_test(a_photograph_stays_as_it_is),
		cmocka_unit_test(somebody_away_is_not_seen),
		cmocka_unit_test(the_puppet_is_who_the_photograph_shows),
		cmocka_unit_test(becoming_another_person_changes_who_is_seen),
		cmocka_unit_test(any_picture_size_renders),
		cmocka_unit_test(what_is_no_face_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
