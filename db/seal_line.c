/*
 * seal_line.c - the lines of a seal file, read and written (AUDIT.md).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <string.h>

#include "db/seal_file_impl.h"

/* The next word of a line: up to one blank or the end. */
static bool
next_word(const char **p, const char *end, const char **word, size_t *n)
{
	const char *blank;

	if (*p == NULL || *p == end)
		return false;
	blank = memchr(*p, ' ', (size_t)(end - *p));
	*word = *p;
	*n = (size_t)((blank != NULL ? blank : end) - *p);
	if (blank != NULL && blank + 1 == end)
		return false;	/* a blank at the end */
	*p = blank != NULL ? blank + 1 : end;
	return *n > 0;
}

/* Decimal without leading zeros, so that there is one way to write it. */
static bool
next_number(const char **p, const char *end, uint64_t *v)
{
	const char *w;
	size_t n;

	if (!next_word(p, end, &w, &n) || n > 20 || (n > 1 && w[0] == '0'))
		return false;
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t digit = (uint64_t)(w[i] - '0');

		if (w[i] < '0' || w[i] > '9' || *v > (UINT64_MAX - digit) / 10)
			return false;
		*v = *v * 10 + digit;
	}
	return true;
}

static bool
next_hex(const char **p, const char *end, uint8_t *dst, size_t bytes)
{
	char text[2 * SIGN_BYTES + 1];
	const char *w;
	size_t n;

	if (!next_word(p, end, &w, &n) || n != 2 * bytes || n >= sizeof text)
		return false;
	for (size_t i = 0; i < n; i++)
		if (w[i] >= 'A' && w[i] <= 'F')
			return false;
	memcpy(text, w, n);
	text[n] = '\0';
	return hex_get(text, dst, bytes) == RC_OK;
}

static bool
next_literal(const char **p, const char *end, const char *want)
{
	const char *w;
	size_t n;

	return next_word(p, end, &w, &n) && n == strlen(want) && memcmp(w, want, n) == 0;
}

static bool
next_name(const char **p, const char *end, char *dst)
{
	const char *w;
	size_t n;

	if (!next_word(p, end, &w, &n) || n >= LANE_NAME_BYTES)
		return false;
	for (size_t i = 0; i < n; i++)
		if (w[i] <= ' ' || w[i] > '~')
			return false;
	memcpy(dst, w, n);
	dst[n] = '\0';
	return true;
}

enum rc
seal_line_get(const char *line, size_t n, struct seal_line *out)
{
	struct seal_line got = { 0 };
	const char *p = line, *end = line + n;
	uint64_t heads = 0, at = 0;

	if (n >= SEAL_LINE_MAX)
		return RC_MALFORMED;
	if (n == strlen(SEAL_TORN) && memcmp(line, SEAL_TORN, n) == 0) {
		got.kind = SEAL_LINE_TORN;
	} else if (n > 5 && memcmp(line, "head ", 5) == 0) {
		got.kind = SEAL_LINE_HEAD;
		p += 5;
		if (!next_number(&p, end, &got.head.lane) || !next_name(&p, end, got.head.name) ||
		    !next_number(&p, end, &got.head.seq) || !next_hex(&p, end, got.head.hash, DIGEST_BYTES) || p != end)
			return RC_MALFORMED;
	} else if (n > 5 && memcmp(line, "seal ", 5) == 0) {
		got.kind = SEAL_LINE_SEAL;
		p += 5;
		if (!next_literal(&p, end, "1") || !next_number(&p, end, &got.seal.number) || !next_number(&p, end, &at) ||
		    !next_number(&p, end, &heads) || !next_hex(&p, end, got.seal.prev, DIGEST_BYTES) ||
		    !next_hex(&p, end, got.seal.sig, SIGN_BYTES) || p != end || at > INT64_MAX || heads > LANES_MAX)
			return RC_MALFORMED;
		got.seal.at_ms = (int64_t)at;
		got.seal.heads_n = (uint32_t)heads;
	} else {
		return RC_MALFORMED;
	}
	*out = got;
	return RC_OK;
}

size_t
seal_line_put(const struct seal_line *l, char *dst)
{
	char hash[2 * DIGEST_BYTES + 1], sig[2 * SIGN_BYTES + 1];
	int n = 0;

	switch (l->kind) {
	case SEAL_LINE_TORN:
		n = snprintf(dst, SEAL_LINE_MAX, SEAL_TORN);
		break;
	case SEAL_LINE_HEAD:
		hex_put(l->head.hash, DIGEST_BYTES, hash);
		n = snprintf(dst, SEAL_LINE_MAX, "head %" PRIu64 " %s %" PRIu64 " %s", l->head.lane, l->head.name, l->head.seq, hash);
		break;
	case SEAL_LINE_SEAL:
		hex_put(l->seal.prev, DIGEST_BYTES, hash);
		hex_put(l->seal.sig, SIGN_BYTES, sig);
		n = snprintf(dst, SEAL_LINE_MAX, "seal 1 %" PRIu64 " %" PRId64 " %" PRIu32 " %s %s", l->seal.number, l->seal.at_ms,
		    l->seal.heads_n, hash, sig);
		break;
	}
	return (size_t)n;
}
