/*
 * test_eval_labels.c - who is enrolled with which pictures, and what is left
 * to be compared with them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "eval_labels.h"

#define DIM 4u

static char said[512];

void
eval_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said, sizeof said, format, args);
	va_end(args);
}

void
eval_progress(const char *what, size_t done, size_t all)
{
	(void)what;
	assert_true(done <= all);
}

struct fixture { struct eval_labels labels; struct eval_faces faces; };

static bool
read_labels(struct fixture *f, const char *text)
{
	char path[] = "/tmp/countersign-labels-XXXXXX";
	int fd = mkstemp(path);
	bool ok;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
	ok = eval_labels_read(&f->labels, path, &f->faces.path);
	assert_int_equal(unlink(path), 0);
	return ok;
}

/*
 * Ann has five pictures, in the file not in the order of their names, Bob two,
 * Cid three of which the second has no face. Picture k points along axis k % DIM.
 */
static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	assert_true(read_labels(f, "path\tidentity\na9\tAnn\nc1\tCid\na2\tAnn\nb2\tBob\na3\tAnn\nc2\tCid\nb1\tBob\na1\tAnn\n"
	    "c3\tCid\na4\tAnn\n"));
	f->faces.by = (struct vision_hello){ .embedder = "net", .embedder_version = 1, .embed_dim = DIM };
	f->faces.face = calloc(10, sizeof *f->faces.face);
	f->faces.v = calloc(10 * (size_t)DIM, sizeof *f->faces.v);
	assert_true(f->faces.face != NULL && f->faces.v != NULL);
	for (size_t i = 0; i < 10; i++) {
		f->faces.face[i].have = strcmp(f->faces.path.item[i], "c2") != 0;
		f->faces.face[i].norm = 1.0f;
		f->faces.v[i * DIM + i % DIM] = 1.0f;
	}
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	free(f->faces.face);
	free(f->faces.v);
	eval_list_free(&f->faces.path);
	eval_labels_close(&f->labels);
	free(f);
	return 0;
}

/* The mean of these pictures, scaled to length 1. */
static void
is_mean_of(const struct fixture *f, const float *v, const char *const *path, size_t n)
{
	float want[DIM] = { 0 }, square = 0;

	for (size_t i = 0; i < n; i++)
		for (uint32_t d = 0; d < DIM; d++)
			want[d] += eval_faces_v(&f->faces, eval_list_find(&f->faces.path, path[i]))[d];
	for (uint32_t d = 0; d < DIM; d++)
		square += want[d] * want[d];
	for (uint32_t d = 0; d < DIM; d++)
		assert_float_equal(v[d], want[d] / sqrtf(square), 1e-6f);
}

static void
labels_are_grouped_in_the_order_of_the_file(void **state)
{
	static const char *const want[] = { "a9", "a2", "a3", "a1", "a4", "b2", "b1", "c1", "c2", "c3" };
	struct fixture *f = *state;

	assert_int_equal(f->labels.identities, 3);
	for (size_t i = 0; i < 10; i++) {
		assert_string_equal(f->labels.item[i].path, want[i]);
		assert_string_equal(f->faces.path.item[f->labels.item[i].face], want[i]);
		assert_int_equal(f->labels.item[i].who, i < 5 ? 0 : i < 7 ? 1 : 2);
	}
}

static void
a_picture_is_labelled_once(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	assert_false(read_labels(&f, "path\tidentity\nx\tAnn\ny\tBob\nx\tBob\n"));
	assert_non_null(strstr(said, "line 4 names x again, which line 2 has"));
	eval_list_free(&f.faces.path);
	eval_labels_close(&f.labels);
}

static void
pictures_without_a_face_are_left_out(void **state)
{
	struct fixture *f = *state;
	struct eval_side s;

	assert_true(eval_side_pictures(&s, &f->labels, &f->faces));
	assert_int_equal(s.side.n, 9);
	assert_ptr_equal(s.side.v[8], eval_faces_v(&f->faces, eval_list_find(&f->faces.path, "c3")));
	assert_int_equal(s.side.who[8], 2);
	eval_side_close(&s);
}

static void
those_with_more_pictures_are_enrolled_with_their_first(void **state)
{
	static const char *const first[] = { "a9", "a2" };
	struct fixture *f = *state;
	struct eval_side pictures, enrolled;
	size_t taken = 0;

	assert_true(eval_side_pictures(&pictures, &f->labels, &f->faces));
	assert_true(eval_side_enrolled(&enrolled, &f->labels, &f->faces, 2, &pictures));
	assert_int_equal(enrolled.side.n, 1);	/* Bob has two, Cid two with a face: none is left over */
	assert_int_equal(enrolled.side.who[0], 0);
	is_mean_of(f, enrolled.side.v[0], first, 2);
	for (size_t i = 0; i < pictures.side.n; i++)
		taken += pictures.side.taken[i];
	assert_int_equal(taken, 2);
	assert_true(pictures.side.taken[0] && pictures.side.taken[1]);
	eval_side_close(&enrolled);
	eval_side_close(&pictures);
	assert_true(eval_side_pictures(&pictures, &f->labels, &f->faces));
	assert_true(eval_side_enrolled(&enrolled, &f->labels, &f->faces, 1, &pictures));
	assert_int_equal(enrolled.side.n, 3);
	eval_side_close(&enrolled);
	eval_side_close(&pictures);
}

static void
templates_use_every_picture_once(void **state)
{
	static const char *const group[][3] = { { "a9", "a2", "a3" }, { "a1", "a4" }, { "b2", "b1" }, { "c1", "c3" } };
	static const size_t size[] = { 3, 2, 2, 2 };
	static const uint32_t who[] = { 0, 0, 1, 2 };
	struct fixture *f = *state;
	struct eval_side s;

	assert_true(eval_side_templates(&s, &f->labels, &f->faces, 3));
	assert_int_equal(s.side.n, 4);
	for (size_t i = 0; i < 4; i++) {
		is_mean_of(f, s.side.v[i], group[i], size[i]);
		assert_int_equal(s.side.who[i], who[i]);
	}
	eval_side_close(&s);
	assert_true(eval_side_templates(&s, &f->labels, &f->faces, 4));
	assert_int_equal(s.side.n, 3);	/* a single picture left over makes none */
	eval_side_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(labels_are_grouped_in_the_order_of_the_file, setup, teardown),
		cmocka_unit_test(a_picture_is_labelled_once),
		cmocka_unit_test_setup_teardown(pictures_without_a_face_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(those_with_more_pictures_are_enrolled_with_their_first, setup, teardown),
		cmocka_unit_test_setup_teardown(templates_use_every_picture_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
