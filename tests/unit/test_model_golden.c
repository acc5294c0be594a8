/*
 * test_model_golden.c - converted networks give the numbers of their originals,
 * and the fast kernels those of Darknet's own layers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * References of the project are in tests/golden (README there). More of them,
 * computed by the original frameworks, are compared where the folder that
 * COUNTERSIGN_DATA names has a folder golden.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "models/cpu_isa.h"
#include "models/detector.h"
#include "models/image.h"
#include "models/net_check.h"
#include "models/net_darknet.h"
#include "proto/crypto.h"

#define AGREE 5e-5f	/* largest difference, absolute or relative to values above 1 */

/* Of the .in or .rgb file: [h][w][c], or floats [c][h][w] with blue first. */
enum input { BYTES, FLOATS, PLANAR_BGR };

struct golden {
	const char *network;
	uint32_t side;		/* 0: as shipped */
	const char *in, *ref;
	enum input kind;
	float mean[3], scale;	/* (byte - mean) / scale */
};

#define DETECT { 117.001f, 114.697f, 97.404f }, 255.0f
#define POINTS { 122.782f, 117.001f, 104.298f }, 255.0f
#define GREY   { 0.0f, 0.0f, 0.0f }, 256.0f
#define EYE    { 0.0f, 0.0f, 0.0f }, 255.0f
#define EMBED  { 127.5f, 127.5f, 127.5f }, 128.0f
#define FEATURE { 127.0f, 127.0f, 127.0f }, 128.0f

#define RAW    { 0.0f, 0.0f, 0.0f }, 1.0f

static const struct golden own[] = {
	{ "tiny_face_detector", 160, "face_160.rgb", "face_160.tiny_face_detector.ref", BYTES, DETECT },
	{ "face_landmark_68", 0, "face_112.rgb", "face_112.face_landmark_68.ref", BYTES, POINTS },
	{ "fr_landmark", 0, "face_64.grey", "face_64.fr_landmark.ref", BYTES, GREY },
	{ "fr_eye", 0, "eye_24.grey", "eye_24.fr_eye.ref", BYTES, EYE },
	{ "mobilefacenet", 0, "face_112.rgb", "face_112.mobilefacenet.ref", BYTES, EMBED },
	{ "fr_feature", 0, "face_112.rgb", "face_112.fr_feature.ref", BYTES, FEATURE },
	{ "fr_liveness", 0, "face_128.rgb", "face_128.fr_liveness.ref", BYTES, RAW },
};

static const struct golden shared[] = {
	{ "tiny_face_detector", 416, "sample1_416.rgb", "sample1_tinydet.ref", BYTES, DETECT },
	{ "tiny_face_detector", 416, "sample2_416.rgb", "sample2_tinydet.ref", BYTES, DETECT },
	{ "face_landmark_68", 0, "s1f0_112.rgb", "s1f0_112.lm68.ref", BYTES, POINTS },
	{ "face_landmark_68", 0, "s2f0_112.rgb", "s2f0_112.lm68.ref", BYTES, POINTS },
	{ "face_landmark_68", 0, "s3f0_112.rgb", "s3f0_112.lm68.ref", BYTES, POINTS },
	{ "fr_landmark", 0, "fr_landmark.in", "fr_landmark.ref", FLOATS, GREY },
	{ "fr_eye", 0, "fr_eye.in", "fr_eye.ref", FLOATS, EYE },
	{ "fr_liveness", 0, "fr_liveness.in", "fr_liveness.ref", PLANAR_BGR, RAW },
};

static const char *
source_path(char *to, size_t n, const char *below)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");

	(void)snprintf(to, n, "%s/%s", source != NULL ? source : ".", below);
	return to;
}

static struct net *
open_net(const char *name, enum net_backend backend, uint32_t side)
{
	char dir[4096], err[512] = "";
	struct net *n = NULL;
	struct model m;

	source_path(dir, sizeof dir, "models");
	if (model_find(dir, name, &m, err, sizeof err) != RC_OK ||
	    net_open(&n, &m, &(struct net_setup){ .backend = backend }, side, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	return n;
}

static void *
read_all(const char *dir, const char *name, size_t expect)
{
	char path[4096];
	uint8_t *buf = malloc(expect + 1);
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (f == NULL || buf == NULL || fread(buf, 1, expect + 1, f) != expect)
		fail_msg("%s is not a file of %zu bytes", path, expect);
	(void)fclose(f);
	return buf;
}

static float
worst(const float *a, const float *b, size_t n)
{
	float most = 0.0f;

	for (size_t i = 0; i < n; i++) {
		float d = fabsf(a[i] - b[i]) / fmaxf(1.0f, fabsf(b[i]));

		most = d > most || isnan(d) ? d : most;
	}
	return most;
}

/* The number of the file that belongs at place i of the network's input. */
static float
input_number(const struct golden *g, const void *file, struct model_shape s, size_t i)
{
	size_t c = i % s.c, pixel = i / s.c;

	switch (g->kind) {
	case FLOATS:
		return ((const float *)file)[i];
	case PLANAR_BGR:
		return ((const float *)file)[(s.c - 1 - c) * s.h * s.w + pixel];
	default:
		return ((float)((const uint8_t *)file)[i] - g->mean[c]) / g->scale;
	}
}

/* In float32 all numbers agree; in bfloat16 (8 bits of mantissa) they stay near: see near[]. */
static void
compare(const char *dir, const struct golden *g, enum net_backend backend, const struct net_tolerance *allowed)
{
	struct net *n = open_net(g->network, backend, g->side);
	size_t in = model_shape_floats(net_shape_in(n)), out = model_shape_floats(net_shape_out(n));
	void *input = read_all(dir, g->in, g->kind == BYTES ? in : in * sizeof(float));
	float *ref = read_all(dir, g->ref, out * sizeof *ref), most;
	struct net_tolerance got;

	for (size_t i = 0; i < in; i++)
		net_input(n)[i] = input_number(g, input, net_shape_in(n), i);
	if (allowed == NULL) {
		most = worst(net_run(n), ref, out);
		print_message("%-20s %-16s largest difference %.2g\n", g->network, g->in, (double)most);
		assert_true(most <= AGREE);
	} else {
		bool agrees = net_check_agrees(net_run(n), ref, out, *allowed, &got);

		print_message("%-20s %-16s bfloat16: cosine %.6f, largest difference %.2g of the largest number\n",
		    g->network, g->in, (double)got.cosine, (double)got.difference);
		assert_true(agrees);
	}
	free(input);
	free(ref);
	net_close(n);
}

static void
own_references_agree(void **state)
{
	char dir[4096];

	(void)state;
	source_path(dir, sizeof dir, "tests/golden");
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		compare(dir, &own[i], NET_F32, NULL);
}

/* Of own[], in the same order: landmarks within a quarter of a pixel, embeddings within 1.3 degrees. */
static const struct net_tolerance near[] = {
	{ 0.9999f, 0.02f }, { 0.99999f, 0.002f }, { 0.99999f, 0.002f }, { 0.999f, 0.02f }, { 0.9997f, 0.02f }, { 0.9997f, 0.02f },
	{ 0.999f, 0.03f },
};
_Static_assert(sizeof near / sizeof near[0] == sizeof own / sizeof own[0], "one for each");

static void
bfloat16_stays_near(void **state)
{
	char dir[4096];

	(void)state;
	if (cpu_isa_best() < CPU_ISA_AVX512_BF16) {
		print_message("skipped: this processor (or ONEDNN_MAX_CPU_ISA) has no bfloat16\n");
		skip();
	}
	source_path(dir, sizeof dir, "tests/golden");
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		compare(dir, &own[i], NET_BF16, &near[i]);
}

/* The folder of the original frameworks' outputs, if this machine has it. */
static bool
shared_folder(char *dir, size_t n)
{
	const char *data = getenv("COUNTERSIGN_DATA");
	struct stat st;

	if (data != NULL) {
		(void)snprintf(dir, n, "%s/golden", data);
		if (stat(dir, &st) == 0)
			return true;
	}
	print_message("skipped: comparing with the outputs of the original frameworks; COUNTERSIGN_DATA names no folder with golden/\n");
	return false;
}

static void
original_frameworks_agree(void **state)
{
	char dir[4200];

	(void)state;
	if (!shared_folder(dir, sizeof dir))
		skip();
	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
		compare(dir, &shared[i], NET_F32, NULL);
}

/* face-api's own boxes at its threshold .5 for a 416x416 picture, {"s", "x", "y", "w", "h"} by falling score. */
static void
original_boxes_agree(void **state)
{
	char dir[4200], models[4096], text[4096] = "", err[512] = "";
	struct vision_box box[DETECTOR_BOXES_MAX];
	struct image_pyramid pyramid = { 0 };
	struct detector *d;
	uint32_t n, matched = 0;
	struct image im = { .width = 416, .height = 416 };
	FILE *f;

	(void)state;
	if (!shared_folder(dir, sizeof dir))
		skip();
	assert_int_equal(detector_open(&d, source_path(models, sizeof models, "models"),
	    &(struct net_setup){ .backend = NET_F32 }, 416, err, sizeof err), RC_OK);
	im.rgb = read_all(dir, "sample1_416.rgb", (size_t)416 * 416 * 3);
	assert_int_equal(image_pyramid_show(&pyramid, &im), RC_OK);
	assert_int_equal(detector_run(d, &pyramid, 0.5f, box, DETECTOR_BOXES_MAX, &n), RC_OK);
	image_pyramid_close(&pyramid);
	(void)strcat(dir, "/sample1_boxes.json");	/* room was left */
	f = fopen(dir, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	(void)fclose(f);
	for (char *at = strstr(text, "{\"s\""); at != NULL; at = strstr(at + 1, "{\"s\""), matched++) {
		double s, x, y, w, h;
		bool found = false;

		assert_int_equal(sscanf(at, "{\"s\":%lf,\"x\":%lf,\"y\":%lf,\"w\":%lf,\"h\":%lf", &s, &x, &y, &w, &h), 5);
		for (uint32_t i = 0; i < n; i++)
			found |= fabs((double)box[i].score - s) < 1e-4 && fabs((double)box[i].x - x) < 1e-2 &&
			    fabs((double)box[i].y - y) < 1e-2 && fabs((double)box[i].w - w) < 1e-2 &&
			    fabs((double)box[i].h - h) < 1e-2;
		assert_true(found);
	}
	assert_int_equal(matched, n);
	assert_true(n > 0);
	image_free(&im);
	detector_close(d);
}

static void
fast_kernels_agree_with_stock_layers(void **state)
{
	static const char *const name[] = { "tiny_face_detector", "face_landmark_68", "fr_landmark", "fr_eye",
	    "mobilefacenet", "fr_feature", "fr_liveness" };

	(void)state;
	for (size_t k = 0; k < sizeof name / sizeof name[0]; k++) {
		struct net *fast = open_net(name[k], NET_F32, 0), *stock = open_net(name[k], NET_STOCK, 0);
		size_t in = model_shape_floats(net_shape_in(fast)), out = model_shape_floats(net_shape_out(fast));
		uint32_t seed = 12345;
		const float *a, *b;

		for (size_t i = 0; i < in; i++) {	/* noise in -.5 ... .5, the same in each run */
			seed = seed * 1664525u + 1013904223u;
			net_input(fast)[i] = net_input(stock)[i] = (float)(seed >> 8) / 16777216.0f - 0.5f;
		}
		a = net_run(fast);
		b = net_run(stock);
		print_message("%-20s largest difference %.2g\n", name[k], (double)worst(a, b, out));
		assert_true(worst(a, b, out) <= AGREE);
		assert_true(worst(net_run(fast), a, out) == 0.0f);	/* the same again */
		net_close(fast);
		net_close(stock);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_references_agree),
		cmocka_unit_test(bfloat16_stays_near),
		cmocka_unit_test(original_frameworks_agree),
		cmocka_unit_test(original_boxes_agree),
		cmocka_unit_test(fast_kernels_agree_with_stock_layers),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
