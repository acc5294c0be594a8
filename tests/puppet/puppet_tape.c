/*
 * puppet_tape.c - see puppet_tape.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In a JPEG stream the bytes FF D8 FF stand at the beginning of a picture only:
 * inside the entropy-coded part every FF is followed by 00 or a restart mark.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "tests/puppet/puppet_tape.h"

#define TAPE_FIRST_BYTES (4u << 20)

static enum rc
tape_room(struct puppet_tape *t, size_t n)
{
	size_t cap = t->cap == 0 ? TAPE_FIRST_BYTES : t->cap;
	uint8_t *more;

	while (cap - t->n < n)
		cap *= 2;
	if (cap == t->cap)
		return RC_OK;
	if ((more = realloc(t->bytes, cap)) == NULL)
		return RC_NOMEM;
	t->bytes = more;
	t->cap = cap;
	return RC_OK;
}

enum rc
puppet_tape_add(struct puppet_tape *t, const uint8_t *jpeg, size_t n)
{
	enum rc r;

	if (t->frames == PUPPET_TAPE_FRAMES)
		return RC_TOO_BIG;
	if ((r = tape_room(t, n)) != RC_OK)
		return r;
	memcpy(t->bytes + t->n, jpeg, n);
	t->n += n;
	t->end[t->frames++] = t->n;
	return RC_OK;
}

const uint8_t *
puppet_tape_at(const struct puppet_tape *t, unsigned i, size_t *n)
{
	size_t from = i == 0 ? 0 : t->end[i - 1];

	*n = t->end[i] - from;
	return t->bytes + from;
}

void
puppet_tape_free(struct puppet_tape *t)
{
	free(t->bytes);
	*t = (struct puppet_tape){ 0 };
}

/* The next beginning of a picture at or after from; n if there is none. */
static size_t
tape_begin(const uint8_t *b, size_t n, size_t from)
{
	for (; from + 3 <= n; from++)
		if (b[from] == 0xff && b[from + 1] == 0xd8 && b[from + 2] == 0xff)
			return from;
	return n;
}

static enum rc
tape_cut(struct puppet_tape *t, const uint8_t *b, size_t n)
{
	size_t at = tape_begin(b, n, 0), next;
	enum rc r = RC_MALFORMED;

	for (; at < n && t->frames < PUPPET_TAPE_FRAMES; at = next) {
		next = tape_begin(b, n, at + 3);
		if ((r = puppet_tape_add(t, b + at, next - at)) != RC_OK)
			break;
	}
	return r;
}

enum rc
puppet_tape_read(struct puppet_tape *t, const char *path, char *err, size_t err_n)
{
	const size_t most = (size_t)PUPPET_TAPE_FRAMES * JPEG_MAX_BYTES / 4;
	uint8_t *bytes = malloc(most);
	FILE *f = fopen(path, "rbe");
	size_t n = 0;
	enum rc r = RC_IO;

	*t = (struct puppet_tape){ 0 };
	if (bytes == NULL || f == NULL)
		snprintf(err, err_n, "%s: %s", path, f == NULL ? strerror(errno) : rc_text(r = RC_NOMEM));
	else if ((n = fread(bytes, 1, most, f)) == 0 || (r = tape_cut(t, bytes, n)) != RC_OK)
		snprintf(err, err_n, "%s: no recorded pictures in it", path);
	if (f != NULL)
		fclose(f);
	free(bytes);
	if (r != RC_OK)
		puppet_tape_free(t);
	return r;
}
