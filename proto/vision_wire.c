/*
 * vision_wire.c - hello and request of the vision worker's messages; the
 * layout is in PROTOCOL.md, "Vision worker".
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>

#include "proto/vision_bytes.h"

#define MAGIC_REQUEST   0x51525643u	/* "CVRQ" */
#define MAGIC_HELLO     0x48485643u	/* "CVHH" */

#define WANT_ALL        (VISION_WANT_EYES | VISION_WANT_EMBEDDING | VISION_WANT_TEXTURE | VISION_WANT_PICTURE)

/* ---- request ---- */

size_t
vision_request_put(const struct vision_request *m, uint8_t *dst)
{
	uint8_t *p = dst;

	p = put_u32(p, MAGIC_REQUEST);
	p = put_u32(p, VISION_WIRE_VERSION);
	p = put_u64(p, m->seq);
	p = put_u32(p, m->want);
	p = put_u32(p, m->jpeg_bytes);
	p = put_box(p, &m->track);
	return (size_t)(p - dst);
}

/* A box with an area, or nothing but zeros. */
static bool
track_ok(const struct vision_box *b)
{
	if (b->w > 0.0f)
		return b->h > 0.0f;
	return b->x == 0.0f && b->y == 0.0f && b->h == 0.0f && b->score == 0.0f;
}

enum rc
vision_request_get(const uint8_t *src, size_t n, struct vision_request *m)
{
	struct reader in = { src, n, RC_OK };
	struct vision_request got;
	enum rc r;

	read_head(&in, MAGIC_REQUEST);
	got.seq = read_u64(&in);
	got.want = read_u32(&in);
	got.jpeg_bytes = read_u32(&in);
	got.track = read_box(&in);
	if ((r = read_end(&in)) != RC_OK)
		return r;
	if ((got.want & ~(uint32_t)WANT_ALL) != 0 || !track_ok(&got.track))
		return RC_MALFORMED;
	if (got.jpeg_bytes > JPEG_MAX_BYTES)
		return RC_TOO_BIG;
	*m = got;
	return RC_OK;
}

/* ---- hello ---- */

size_t
vision_hello_put(const struct vision_hello *m, uint8_t *dst)
{
	uint8_t *p = dst;
	size_t n = strnlen(m->embedder, EMBEDDER_NAME_BYTES);

	p = put_u32(p, MAGIC_HELLO);
	p = put_u32(p, VISION_WIRE_VERSION);
	memset(p, 0, EMBEDDER_NAME_BYTES + 1);
	memcpy(p, m->embedder, n);
	p += EMBEDDER_NAME_BYTES + 1;
	p = put_u32(p, m->embedder_version);
	p = put_u32(p, m->embed_dim);
	return (size_t)(p - dst);
}

/* Lower-case letters, digits and '-', at least one, zeros to the end of the field. */
static bool
hello_name_ok(const char name[static EMBEDDER_NAME_BYTES + 1])
{
	size_t n = 0;

	while (n < EMBEDDER_NAME_BYTES && ((name[n] >= 'a' && name[n] <= 'z') ||
	    (name[n] >= '0' && name[n] <= '9') || name[n] == '-'))
		n++;
	if (n == 0)
		return false;
	for (; n <= EMBEDDER_NAME_BYTES; n++)
		if (name[n] != '\0')
			return false;
	return true;
}

enum rc
vision_hello_get(const uint8_t *src, size_t n, struct vision_hello *m)
{
	struct reader in = { src, n, RC_OK };
	struct vision_hello got = { 0 };
	enum rc r;

	read_head(&in, MAGIC_HELLO);
	if (in.r == RC_OK && in.left < EMBEDDER_NAME_BYTES + 1)
		in.r = RC_SHORT;
	if (in.r == RC_OK) {
		memcpy(got.embedder, in.p, EMBEDDER_NAME_BYTES + 1);
		in.p += EMBEDDER_NAME_BYTES + 1;
		in.left -= EMBEDDER_NAME_BYTES + 1;
	}
	got.embedder_version = read_u32(&in);
	got.embed_dim = read_count(&in, VISION_EMBED_MAX);
	if ((r = read_end(&in)) != RC_OK)
		return r;
	if (!hello_name_ok(got.embedder) || got.embed_dim == 0)
		return RC_MALFORMED;
	*m = got;
	return RC_OK;
}
