/*
 * seal_file.c - signed heads of the audit lanes: what is signed, and reading it
 * back (AUDIT.md).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/seal_file_impl.h"

#define SEAL_DOMAIN "countersign seal 1"
#define LINK_DOMAIN "countersign seal link 1"

/* ---- what is signed ---- */

void
seal_message(const struct seal *s, const struct audit_head *heads, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, SEAL_DOMAIN);
	hash_u64(&h, s->number);
	hash_i64(&h, s->at_ms);
	hash_u32(&h, s->heads_n);
	hash_bytes(&h, s->prev, DIGEST_BYTES);
	for (uint32_t i = 0; i < s->heads_n; i++) {
		hash_u64(&h, heads[i].lane);
		hash_text(&h, heads[i].name);
		hash_u64(&h, heads[i].seq);
		hash_bytes(&h, heads[i].hash, DIGEST_BYTES);
	}
	hash_end(&h, out);
}

void
seal_link(const uint8_t message[static DIGEST_BYTES], const uint8_t sig[static SIGN_BYTES], uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, LINK_DOMAIN);
	hash_bytes(&h, message, DIGEST_BYTES);
	hash_bytes(&h, sig, SIGN_BYTES);
	hash_end(&h, out);
}

/* ---- reading ---- */

static enum rc
fault(struct seal_reading *g, uint64_t line, enum rc why, const char *text)
{
	return g->r->fault != NULL ? g->r->fault(g->r->ctx, line, why, text) : why;
}

static enum rc
hand_over(struct seal_reading *g, const struct seal *s)
{
	enum rc r;

	for (uint32_t i = 0; g->r->head != NULL && i < g->n; i++)
		if ((r = g->r->head(g->r->ctx, s, &g->heads[i])) != RC_OK)
			return r;
	return g->r->seal != NULL ? g->r->seal(g->r->ctx, s) : RC_OK;
}

static enum rc
read_seal(struct seal_reading *g, const struct seal *s)
{
	uint8_t message[DIGEST_BYTES];
	enum rc r = RC_OK;
	bool good = false;

	if (s->heads_n != g->n)
		r = fault(g, g->line, RC_MALFORMED, "the seal names another number of heads than stand before it");
	else {
		seal_message(s, g->heads, message);
		good = sign_check(g->pub, message, DIGEST_BYTES, s->sig) == RC_OK;
		if (!good)
			r = fault(g, g->line, RC_FORGED, "the signature is not right: changed, or made with another key");
		else if (s->number != g->number + 1 || memcmp(s->prev, g->link, DIGEST_BYTES) != 0)
			r = fault(g, g->line, RC_FORGED, "a seal before this one is missing or was exchanged");
		if (good && r == RC_OK)
			r = hand_over(g, s);
		if (good)
			seal_link(message, s->sig, g->link);
	}
	g->number = s->number;	/* one fault is told once, not for every seal that follows */
	g->n = 0;
	return r;
}

static enum rc
read_line(struct seal_reading *g, const char *line, size_t n)
{
	struct seal_line l;
	enum rc r = seal_line_get(line, n, &l);

	g->line++;
	if (r == RC_OK && l.kind == SEAL_LINE_TORN) {
		g->n = 0;
		g->bad_line = 0;
		return RC_OK;
	}
	if (g->bad_line != 0) {
		uint64_t bad = g->bad_line;

		g->bad_line = 0;
		if ((r = fault(g, bad, RC_MALFORMED, "the line cannot be read")) != RC_OK)
			return r;
		r = seal_line_get(line, n, &l);
	}
	if (r != RC_OK) {
		g->bad_line = g->line;
		return RC_OK;
	}
	if (l.kind == SEAL_LINE_SEAL)
		return read_seal(g, &l.seal);
	if (g->n == LANES_MAX) {
		g->n = 0;
		return fault(g, g->line, RC_MALFORMED, "too many heads in one seal");
	}
	g->heads[g->n++] = l.head;
	return RC_OK;
}

enum rc
seal_read_all(struct seal_reading *g, FILE *f, bool *open)
{
	char line[SEAL_LINE_MAX + 2];
	enum rc r = RC_OK;
	size_t n;

	*open = false;
	while (r == RC_OK && fgets(line, sizeof line, f) != NULL) {
		n = strlen(line);
		if (n > 0 && line[n - 1] == '\n') {
			r = read_line(g, line, n - 1);
		} else if (feof(f)) {
			*open = true;
		} else {	/* longer than any line can be: taken in pieces, none of which can be read */
			r = read_line(g, line, n);
		}
	}
	if (r == RC_OK && ferror(f))
		return RC_IO;
	if (g->n > 0 || g->bad_line != 0)
		*open = true;
	return r;
}

enum rc
seal_file_read(FILE *f, const uint8_t pub[SIGN_PUBLIC_BYTES], const struct seal_reader *r)
{
	struct seal_reading g = { .pub = pub, .r = r };
	bool open;

	return seal_read_all(&g, f, &open);
}
