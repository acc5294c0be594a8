/*
 * test_model_wire.c - the vision worker's messages: round trips, every prefix,
 * every flipped bit, and values no honest worker sends.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/vision_wire.h"

#define REQUEST_FIELDS (offsetof(struct vision_request, track) + sizeof(struct vision_box))	/* without padding */

static struct vision_features
sample_features(uint32_t faces, uint32_t dim)
{
	struct vision_features f = { .seq = 0x0102030405060708ull, .rc = RC_OK, .width = 640, .height = 480, .light = 90.5f,
	    .faces = faces, .tracked = faces == 1, .ms_decode = 1.5f, .ms_detect = 3.25f, .ms_landmarks = 1.0f, .ms_embed = 4.0f };

	for (unsigned i = 0; i < VISION_SCENE_H * VISION_SCENE_W; i++)
		f.scene[i / VISION_SCENE_W][i % VISION_SCENE_W] = (uint8_t)(i * 7 + i / 256);
	f.has_picture = dim > 200 || faces == 0;
	for (unsigned i = 0; f.has_picture != 0 && i < EVIDENCE_BYTES; i++)
		f.picture[i / EVIDENCE_W][i % EVIDENCE_W] = (uint8_t)(i * 5 + i / 256);
	for (uint32_t i = 0; i < faces; i++)
		f.face[i] = (struct vision_box){ -3.5f, 20.0f + (float)i, 160.0f - 10.0f * (float)i, 170.0f, 0.9f };
	if (faces == 0)
		return f;
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		f.landmark[i][0] = (float)i * 2.5f;
		f.landmark[i][1] = -(float)i;
		f.second[i][0] = (float)i * 2.25f + 1.0f;
		f.second[i][1] = -(float)i - 0.5f;
	}
	f.brightness = 120.0f;
	f.sharpness = 300.0f;
	f.yaw = -12.0f;
	f.pitch = 3.0f;
	f.roll = 1.0f;
	f.pose_error = 0.06f;
	f.turn = -0.1f;
	f.nod = 0.6f;
	f.mouth = 0.05f;
	for (int k = 0; k < 3; k++) {
		f.skin[k] = 180.0f - 30.0f * (float)k;
		f.back[k] = 60.0f + 5.0f * (float)k;
	}
	f.has_eyes = 1;
	f.eye_left = 0.3f;
	f.eye_right = 0.29f;
	f.shut_left = 0.02f;
	f.shut_right = 0.97f;
	f.has_texture = 1;
	f.texture = -2.5f;
	f.pattern = 1.5f;
	f.edge = -0.5f;
	f.embed_dim = dim;
	f.embed_norm = dim > 0 ? 11.0f : 0.0f;
	for (uint32_t i = 0; i < dim; i++)
		f.embedding[i] = (i % 2 == 0 ? 1.0f : -1.0f) / sqrtf((float)dim);
	return f;
}

static void
request_survives(void **state)
{
	struct vision_request in = { 77, VISION_WANT_EYES | VISION_WANT_EMBEDDING | VISION_WANT_TEXTURE |
		VISION_WANT_PICTURE, 12345,
		{ -4.5f, 20.0f, 160.0f, 170.0f, 0.9f } }, out = { 0 };
	uint8_t b[VISION_REQUEST_BYTES + 1] = { 0 };

	(void)state;
	assert_int_equal(vision_request_put(&in, b), VISION_REQUEST_BYTES);
	assert_int_equal(vision_request_get(b, VISION_REQUEST_BYTES, &out), RC_OK);
	assert_memory_equal(&in, &out, REQUEST_FIELDS);
	for (size_t n = 0; n < VISION_REQUEST_BYTES; n++)
		assert_int_equal(vision_request_get(b, n, &out), RC_SHORT);
	assert_int_equal(vision_request_get(b, VISION_REQUEST_BYTES + 1, &out), RC_TOO_BIG);
	in.track = (struct vision_box){ 0 };
	vision_request_put(&in, b);
	assert_int_equal(vision_request_get(b, VISION_REQUEST_BYTES, &out), RC_OK);
	assert_memory_equal(&in, &out, REQUEST_FIELDS);
}

static void
request_refuses_what_is_out_of_range(void **state)
{
	static const struct vision_box boxes[] = {
		{ 0, 0, 10, 0, 0 }, { 0, 0, 0, 10, 0 }, { 5, 0, 0, 0, 0 }, { 0, 0, 0, 0, .5f }, { 0, 0, -10, 10, 0 },
		{ 1e9f, 0, 10, 10, 0 }, { 0, 0, 10, 10, 2 }, { 0, NAN, 10, 10, 0 }, { 0, 0, INFINITY, 10, 0 },
	};
	struct vision_request big = { .jpeg_bytes = JPEG_MAX_BYTES + 1 }, odd = { .want = 16 }, out = { .seq = 9 }, kept = out;
	uint8_t b[VISION_REQUEST_BYTES];

	(void)state;
	vision_request_put(&big, b);
	assert_int_equal(vision_request_get(b, sizeof b, &out), RC_TOO_BIG);
	vision_request_put(&odd, b);
	assert_int_equal(vision_request_get(b, sizeof b, &out), RC_MALFORMED);
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
		struct vision_request q = { .track = boxes[i] };

		vision_request_put(&q, b);
		assert_int_equal(vision_request_get(b, sizeof b, &out), RC_MALFORMED);
	}
	b[4] ^= 1;
	assert_int_equal(vision_request_get(b, sizeof b, &out), RC_VERSION);
	assert_memory_equal(&out, &kept, REQUEST_FIELDS);
}

static void
hello_survives(void **state)
{
	struct vision_hello in = { "mobilefacenet-expo", 1, 192 }, out = { 0 };
	uint8_t b[VISION_HELLO_BYTES];

	(void)state;
	assert_int_equal(vision_hello_put(&in, b), VISION_HELLO_BYTES);
	assert_int_equal(vision_hello_get(b, sizeof b, &out), RC_OK);
	assert_string_equal(out.embedder, in.embedder);
	assert_int_equal(out.embedder_version, 1);
	assert_int_equal(out.embed_dim, 192);
	for (size_t n = 0; n < sizeof b; n++)
		assert_int_equal(vision_hello_get(b, n, &out), RC_SHORT);
	b[8] = '\n';
	assert_int_equal(vision_hello_get(b, sizeof b, &out), RC_MALFORMED);
	b[8] = 'm';
	b[8 + EMBEDDER_NAME_BYTES] = 'x';	/* no closing NUL */
	assert_int_equal(vision_hello_get(b, sizeof b, &out), RC_MALFORMED);
}

static void
features_survive(void **state)
{
	static const struct { uint32_t faces, dim; } row[] = {
		{ 0, 0 }, { 1, 0 }, { 1, 192 }, { VISION_FACES_MAX, VISION_EMBED_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct vision_features in = sample_features(row[i].faces, row[i].dim), out = { 0 };
		uint8_t b[VISION_FEATURES_MAX + 1] = { 0 };
		size_t n = vision_features_put(&in, b);

		assert_true(n <= VISION_FEATURES_MAX);
		assert_int_equal(vision_features_get(b, n, &out), RC_OK);
		assert_memory_equal(&in, &out, offsetof(struct vision_features, ms_embed) + sizeof in.ms_embed);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(vision_features_get(b, k, &out), RC_SHORT);
		assert_int_equal(vision_features_get(b, n + 1, &out), RC_TOO_BIG);
	}
}

/* A flipped bit is refused or gives a message that writes back the same. */
static void
features_with_a_flipped_bit_stay_exact(void **state)
{
	struct vision_features in = sample_features(2, 192), out;
	uint8_t b[VISION_FEATURES_MAX], back[VISION_FEATURES_MAX];
	size_t n = vision_features_put(&in, b), accepted = 0;

	(void)state;
	for (size_t bit = 0; bit < n * 8; bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (vision_features_get(b, n, &out) == RC_OK) {
			assert_int_equal(vision_features_put(&out, back), n);
			assert_memory_equal(b, back, n);
			accepted++;
		}
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(accepted > 0 && accepted < n * 8);
}

static void
request_and_hello_with_a_flipped_bit_stay_exact(void **state)
{
	struct vision_request request = { 77, VISION_WANT_EYES, 12345, { 1, 2, 30, 40, .5f } }, got_request;
	struct vision_hello hello = { "mobilefacenet-expo", 1, 192 }, got_hello;
	uint8_t r[VISION_REQUEST_BYTES], h[VISION_HELLO_BYTES], back[VISION_HELLO_BYTES];

	(void)state;
	vision_request_put(&request, r);
	vision_hello_put(&hello, h);
	for (size_t bit = 0; bit < sizeof r * 8; bit++) {
		r[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (vision_request_get(r, sizeof r, &got_request) == RC_OK) {
			assert_int_equal(vision_request_put(&got_request, back), sizeof r);
			assert_memory_equal(back, r, sizeof r);
		}
		r[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof h * 8; bit++) {
		h[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (vision_hello_get(h, sizeof h, &got_hello) == RC_OK) {
			assert_int_equal(vision_hello_put(&got_hello, back), sizeof h);
			assert_memory_equal(back, h, sizeof h);
		}
		h[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void
features_refuse(void (*spoil)(struct vision_features *))
{
	struct vision_features in = sample_features(2, 192), out = { .seq = 42 };
	uint8_t b[VISION_FEATURES_MAX];

	spoil(&in);
	assert_int_equal(vision_features_get(b, vision_features_put(&in, b), &out), RC_MALFORMED);
	assert_int_equal(out.seq, 42);	/* a failed decode leaves the output alone */
}

static void spoil_nan(struct vision_features *f) { f->landmark[3][1] = NAN; }
static void spoil_inf(struct vision_features *f) { f->yaw = INFINITY; }
static void spoil_far(struct vision_features *f) { f->face[0].x = 1e9f; }
static void spoil_width(struct vision_features *f) { f->face[1].w = -1.0f; }
static void spoil_flat(struct vision_features *f) { f->face[f->faces - 1].h = 0.0f; }
static void spoil_thin(struct vision_features *f) { f->face[f->faces - 1].w = 0.0f; }
static void spoil_score(struct vision_features *f) { f->face[1].score = 1.5f; }
static void spoil_order(struct vision_features *f) { f->face[1].w = 500.0f; }
static void spoil_size(struct vision_features *f) { f->width = IMAGE_SIDE_MAX + 1; }
static void spoil_rc(struct vision_features *f) { f->rc = -12345; }
static void spoil_rc_faces(struct vision_features *f) { f->rc = RC_IMAGE_BAD; }
static void spoil_flag(struct vision_features *f) { f->has_eyes = 2; }
static void spoil_picture(struct vision_features *f) { f->has_picture = 2; }
static void spoil_tracked(struct vision_features *f) { f->tracked = 1; }
static void spoil_texture(struct vision_features *f) { f->has_texture = 0; }
static void spoil_pattern(struct vision_features *f) { f->has_texture = 0; f->texture = f->edge = 0.0f; }
static void spoil_edge(struct vision_features *f) { f->has_texture = 0; f->texture = f->pattern = 0.0f; }
static void spoil_edge_nan(struct vision_features *f) { f->edge = NAN; }
static void spoil_skin(struct vision_features *f) { f->skin[2] = 256.0f; }
static void spoil_back(struct vision_features *f) { f->back[0] = -1.0f; }
static void spoil_error(struct vision_features *f) { f->pose_error = -0.1f; }
static void spoil_shut(struct vision_features *f) { f->shut_right = 1.01f; }
static void spoil_second(struct vision_features *f) { f->second[67][1] = 1e9f; }
static void spoil_logit(struct vision_features *f) { f->texture = 1e4f; }
static void spoil_eyes(struct vision_features *f) { f->has_eyes = 0; memset(f->second, 0, sizeof f->second); }
static void
spoil_points(struct vision_features *f)
{
	f->has_eyes = 0;
	f->eye_left = f->eye_right = f->shut_left = f->shut_right = 0.0f;
}
static void spoil_unit(struct vision_features *f) { f->embedding[0] = 0.9f; }
static void spoil_embed_nan(struct vision_features *f) { f->embedding[7] = NAN; }
static void spoil_zero(struct vision_features *f) { memset(f->embedding, 0, sizeof f->embedding); }
static void spoil_time(struct vision_features *f) { f->ms_decode = -1.0f; }

static void
features_refuse_what_no_worker_sends(void **state)
{
	static void (*const row[])(struct vision_features *) = {
		spoil_nan, spoil_inf, spoil_far, spoil_width, spoil_flat, spoil_thin, spoil_score, spoil_order, spoil_size,
		spoil_rc, spoil_rc_faces, spoil_flag, spoil_tracked, spoil_texture, spoil_logit, spoil_eyes, spoil_unit,
		spoil_embed_nan, spoil_zero, spoil_time, spoil_pattern, spoil_edge, spoil_edge_nan, spoil_skin,
		spoil_back, spoil_error, spoil_shut, spoil_second, spoil_points,
		spoil_picture,
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		features_refuse(row[i]);
}

/* The codes a picture can cause, and no others: a worker does not speak for the server. */
static void
features_carry_only_codes_of_pictures(void **state)
{
	static const enum rc all[] = {
#define X(name, num, text) name,
		RC_LIST(X)
#undef X
	};
	size_t accepted = 0;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct vision_features in = sample_features(0, 0), out = { 0 };
		uint8_t b[VISION_FEATURES_MAX];
		bool ours = all[i] == RC_OK || all[i] == RC_IMAGE_BAD || all[i] == RC_IMAGE_BIG || all[i] == RC_NOMEM;

		in.rc = all[i];
		if (all[i] != RC_OK)	/* such a picture has none */
			memset(in.scene, 0, sizeof in.scene);
		assert_int_equal(vision_features_get(b, vision_features_put(&in, b), &out), ours ? RC_OK : RC_MALFORMED);
		accepted += ours;
	}
	assert_int_equal(accepted, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_survives),
		cmocka_unit_test(request_refuses_what_is_out_of_range),
		cmocka_unit_test(hello_survives),
		cmocka_unit_test(features_survive),
		cmocka_unit_test(features_with_a_flipped_bit_stay_exact),
		cmocka_unit_test(request_and_hello_with_a_flipped_bit_stay_exact),
		cmocka_unit_test(features_refuse_what_no_worker_sends),
		cmocka_unit_test(features_carry_only_codes_of_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
