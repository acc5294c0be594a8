/*
 * vision_wire_features.c - the features of one frame, see vision_wire.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A message is only as long as its content: a refused picture's has no scene,
 * what nobody asked for has no small picture, without a face it ends there,
 * without an embedding after the norm.
 */
#include <stdbool.h>

#include "proto/vision_bytes.h"

#define MAGIC_FEATURES  0x54465643u	/* "CVFT" */

#define ANGLE_MAX       180.0f
#define RATIO_MAX       100.0f
#define LOGIT_MAX       1000.0f
#define MS_MAX          1e7f
#define UNIT_SLACK      1e-3f	/* of the squared length of an embedding */
#define SCENE_BYTES     ((size_t)VISION_SCENE_H * VISION_SCENE_W)
#define FACE_WORDS      (1 + 9 + 6 + 5 + 4 + 2)	/* tracked; to mouth; colours; eyes; texture; embedding's head */

_Static_assert(52 + VISION_FACES_MAX * 20 + 8 + SCENE_BYTES + EVIDENCE_BYTES + 2 * VISION_LANDMARKS * 8 + FACE_WORDS * 4 +
    VISION_EMBED_MAX * 4 <= VISION_FEATURES_MAX, "the bound of a features message holds");

static uint8_t *
put_face(uint8_t *p, const struct vision_features *m)
{
	p = put_u32(p, m->tracked);
	p = put_floats(p, &m->landmark[0][0], (size_t)VISION_LANDMARKS * 2);
	p = put_f32(p, m->brightness);
	p = put_f32(p, m->sharpness);
	p = put_f32(p, m->yaw);
	p = put_f32(p, m->pitch);
	p = put_f32(p, m->roll);
	p = put_f32(p, m->pose_error);
	p = put_f32(p, m->turn);
	p = put_f32(p, m->nod);
	p = put_f32(p, m->mouth);
	p = put_floats(p, m->skin, 3);
	p = put_floats(p, m->back, 3);
	p = put_u32(p, m->has_eyes);
	p = put_f32(p, m->eye_left);
	p = put_f32(p, m->eye_right);
	p = put_f32(p, m->shut_left);
	p = put_f32(p, m->shut_right);
	p = put_floats(p, &m->second[0][0], (size_t)VISION_LANDMARKS * 2);
	p = put_u32(p, m->has_texture);
	p = put_f32(p, m->texture);
	p = put_f32(p, m->pattern);
	p = put_f32(p, m->edge);
	p = put_u32(p, m->embed_dim);
	p = put_f32(p, m->embed_norm);
	return put_floats(p, m->embedding, m->embed_dim);
}

size_t
vision_features_put(const struct vision_features *m, uint8_t *dst)
{
	uint8_t *p = dst;

	p = put_u32(p, MAGIC_FEATURES);
	p = put_u32(p, VISION_WIRE_VERSION);
	p = put_u64(p, m->seq);
	p = put_u32(p, (uint32_t)m->rc);
	p = put_u32(p, m->width);
	p = put_u32(p, m->height);
	p = put_f32(p, m->light);
	p = put_f32(p, m->ms_decode);
	p = put_f32(p, m->ms_detect);
	p = put_f32(p, m->ms_landmarks);
	p = put_f32(p, m->ms_embed);
	p = put_u32(p, m->faces);
	for (uint32_t i = 0; i < m->faces; i++)
		p = put_box(p, &m->face[i]);
	if (m->rc == RC_OK) {
		memcpy(p, m->scene, SCENE_BYTES);
		p = put_u32(p + SCENE_BYTES, m->has_picture);
		if (m->has_picture != 0) {
			memcpy(p, m->picture, EVIDENCE_BYTES);
			p += EVIDENCE_BYTES;
		}
	}
	if (m->faces > 0)
		p = put_face(p, m);
	return (size_t)(p - dst);
}

static void
read_boxes(struct reader *in, struct vision_features *m)
{
	for (uint32_t i = 0; i < m->faces; i++) {
		struct vision_box *b = &m->face[i];

		*b = read_box(in);
		if (in->r == RC_OK && !(b->w > 0.0f && b->h > 0.0f))
			in->r = RC_MALFORMED;
		if (i > 0 && b->w * b->h > b[-1].w * b[-1].h && in->r == RC_OK)
			in->r = RC_MALFORMED;	/* largest first */
	}
}

static void
read_embedding(struct reader *in, struct vision_features *m)
{
	float square = 0.0f;

	m->embed_dim = read_count(in, VISION_EMBED_MAX);
	m->embed_norm = read_f32(in, 0.0f, 1e6f);
	for (uint32_t i = 0; i < m->embed_dim; i++) {
		m->embedding[i] = read_f32(in, -1.0f - UNIT_SLACK, 1.0f + UNIT_SLACK);
		square += m->embedding[i] * m->embedding[i];
	}
	if (in->r != RC_OK)
		return;
	if (m->embed_dim == 0 ? m->embed_norm != 0.0f : fabsf(square - 1.0f) > UNIT_SLACK)
		in->r = RC_MALFORMED;
}

static void
read_floats(struct reader *in, float *v, size_t n, float low, float high)
{
	for (size_t i = 0; i < n; i++)
		v[i] = read_f32(in, low, high);
}

static void
read_pixels(struct reader *in, uint8_t *dst, size_t n)
{
	if (in->r == RC_OK && in->left < n)
		in->r = RC_SHORT;
	if (in->r != RC_OK)
		return;
	memcpy(dst, in->p, n);
	in->p += n;
	in->left -= n;
}

static void
read_scene(struct reader *in, struct vision_features *m)
{
	read_pixels(in, m->scene[0], SCENE_BYTES);
	m->has_picture = read_count(in, 1);
	if (m->has_picture != 0)
		read_pixels(in, m->picture[0], EVIDENCE_BYTES);
}

static bool
all_zero(const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] != 0.0f)
			return false;
	return true;
}

static void
read_eyes(struct reader *in, struct vision_features *m)
{
	float *lids[4] = { &m->eye_left, &m->eye_right, &m->shut_left, &m->shut_right };

	m->has_eyes = read_count(in, 1);
	for (int i = 0; i < 4; i++)
		*lids[i] = read_f32(in, 0.0f, i < 2 ? RATIO_MAX : 1.0f);
	read_floats(in, &m->second[0][0], (size_t)VISION_LANDMARKS * 2, -COORD_MAX, COORD_MAX);
	if (in->r != RC_OK || m->has_eyes != 0)
		return;
	for (int i = 0; i < 4; i++)
		if (*lids[i] != 0.0f)
			in->r = RC_MALFORMED;
	if (!all_zero(&m->second[0][0], (size_t)VISION_LANDMARKS * 2))
		in->r = RC_MALFORMED;
}

static void
read_texture(struct reader *in, struct vision_features *m)
{
	m->has_texture = read_count(in, 1);
	m->texture = read_f32(in, -LOGIT_MAX, LOGIT_MAX);
	m->pattern = read_f32(in, -LOGIT_MAX, LOGIT_MAX);
	m->edge = read_f32(in, -LOGIT_MAX, LOGIT_MAX);
	if (in->r == RC_OK && m->has_texture == 0 &&
	    (m->texture != 0.0f || m->pattern != 0.0f || m->edge != 0.0f))
		in->r = RC_MALFORMED;
}

static void
read_face(struct reader *in, struct vision_features *m)
{
	m->tracked = read_count(in, 1);
	if (in->r == RC_OK && m->tracked == 1 && m->faces != 1)
		in->r = RC_MALFORMED;
	read_floats(in, &m->landmark[0][0], (size_t)VISION_LANDMARKS * 2, -COORD_MAX, COORD_MAX);
	m->brightness = read_f32(in, 0.0f, 255.0f);
	m->sharpness = read_f32(in, 0.0f, 1e7f);
	m->yaw = read_f32(in, -ANGLE_MAX, ANGLE_MAX);
	m->pitch = read_f32(in, -ANGLE_MAX, ANGLE_MAX);
	m->roll = read_f32(in, -ANGLE_MAX, ANGLE_MAX);
	m->pose_error = read_f32(in, 0.0f, RATIO_MAX);
	m->turn = read_f32(in, -RATIO_MAX, RATIO_MAX);
	m->nod = read_f32(in, -RATIO_MAX, RATIO_MAX);
	m->mouth = read_f32(in, 0.0f, RATIO_MAX);
	read_floats(in, m->skin, 3, 0.0f, 255.0f);
	read_floats(in, m->back, 3, 0.0f, 255.0f);
	read_eyes(in, m);
	read_texture(in, m);
	read_embedding(in, m);
}

/* What a picture can cause in a worker; any other code is not a worker's to give. */
static bool
features_rc_ok(int32_t rc)
{
	return rc == RC_OK || rc == RC_IMAGE_BAD || rc == RC_IMAGE_BIG || rc == RC_NOMEM;
}

enum rc
vision_features_get(const uint8_t *src, size_t n, struct vision_features *m)
{
	struct reader in = { src, n, RC_OK };
	struct vision_features got = { 0 };
	enum rc r;

	if (n > VISION_FEATURES_MAX)
		return RC_TOO_BIG;
	read_head(&in, MAGIC_FEATURES);
	got.seq = read_u64(&in);
	got.rc = (int32_t)read_u32(&in);
	got.width = read_count(&in, IMAGE_SIDE_MAX);
	got.height = read_count(&in, IMAGE_SIDE_MAX);
	got.light = read_f32(&in, 0.0f, 255.0f);
	got.ms_decode = read_f32(&in, 0.0f, MS_MAX);
	got.ms_detect = read_f32(&in, 0.0f, MS_MAX);
	got.ms_landmarks = read_f32(&in, 0.0f, MS_MAX);
	got.ms_embed = read_f32(&in, 0.0f, MS_MAX);
	got.faces = read_count(&in, VISION_FACES_MAX);
	read_boxes(&in, &got);
	if (got.rc == RC_OK)
		read_scene(&in, &got);
	if (got.faces > 0)
		read_face(&in, &got);
	if ((r = read_end(&in)) != RC_OK)
		return r;
	if (!features_rc_ok(got.rc) || (got.rc != RC_OK && got.faces > 0))
		return RC_MALFORMED;
	*m = got;
	return RC_OK;
}
