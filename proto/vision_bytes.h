/*
 * vision_bytes.h - numbers and boxes of the vision worker's messages as bytes:
 * private to the codec (vision_wire.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * All integers little endian, floats as the bits of IEEE 754 binary32, read
 * byte by byte: nothing is expected to be aligned.
 */
#ifndef PROTO_VISION_BYTES_H
#define PROTO_VISION_BYTES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define VISION_WIRE_VERSION 5u
#define COORD_MAX           (4.0f * (float)IMAGE_SIDE_MAX)	/* a box may reach beyond the border */

_Static_assert(sizeof(float) == 4, "floats travel as IEEE 754 binary32");

/* ---- writing: the caller has made room ---- */

static inline uint8_t *
put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

static inline uint8_t *
put_u64(uint8_t *p, uint64_t v)
{
	p = put_u32(p, (uint32_t)v);
	return put_u32(p, (uint32_t)(v >> 32));
}

static inline uint8_t *
put_f32(uint8_t *p, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof bits);
	return put_u32(p, bits);
}

static inline uint8_t *
put_floats(uint8_t *p, const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p = put_f32(p, v[i]);
	return p;
}

static inline uint8_t *
put_box(uint8_t *p, const struct vision_box *b)
{
	p = put_f32(p, b->x);
	p = put_f32(p, b->y);
	p = put_f32(p, b->w);
	p = put_f32(p, b->h);
	return put_f32(p, b->score);
}

/* ---- reading: the first failure sticks, later reads give zero ---- */

struct reader {
	const uint8_t *p;
	size_t left;
	enum rc r;
};

static inline uint32_t
read_u32(struct reader *in)
{
	uint32_t v = 0;

	if (in->r != RC_OK)
		return 0;
	if (in->left < 4) {
		in->r = RC_SHORT;
		return 0;
	}
	for (int i = 0; i < 4; i++)
		v |= (uint32_t)in->p[i] << (8 * i);
	in->p += 4;
	in->left -= 4;
	return v;
}

static inline uint64_t
read_u64(struct reader *in)
{
	uint64_t low = read_u32(in);

	return low | (uint64_t)read_u32(in) << 32;
}

/* A number at most max. */
static inline uint32_t
read_count(struct reader *in, uint32_t max)
{
	uint32_t v = read_u32(in);

	if (in->r == RC_OK && v > max)
		in->r = RC_MALFORMED;
	return in->r == RC_OK ? v : 0;
}

/* A finite float in low ... high. */
static inline float
read_f32(struct reader *in, float low, float high)
{
	uint32_t bits = read_u32(in);
	float v;

	memcpy(&v, &bits, sizeof v);
	if (in->r == RC_OK && (!isfinite(v) || v < low || v > high))
		in->r = RC_MALFORMED;
	return in->r == RC_OK ? v : 0.0f;
}

static inline struct vision_box
read_box(struct reader *in)
{
	struct vision_box b;

	b.x = read_f32(in, -COORD_MAX, COORD_MAX);
	b.y = read_f32(in, -COORD_MAX, COORD_MAX);
	b.w = read_f32(in, 0.0f, COORD_MAX);
	b.h = read_f32(in, 0.0f, COORD_MAX);
	b.score = read_f32(in, 0.0f, 1.0f);
	return b;
}

static inline void
read_head(struct reader *in, uint32_t magic)
{
	uint32_t got = read_u32(in), version = read_u32(in);

	if (in->r == RC_OK && got != magic)
		in->r = RC_MALFORMED;
	if (in->r == RC_OK && version != VISION_WIRE_VERSION)
		in->r = RC_VERSION;
}

static inline enum rc
read_end(const struct reader *in)
{
	if (in->r == RC_OK && in->left > 0)
		return RC_TOO_BIG;
	return in->r;
}

#endif
