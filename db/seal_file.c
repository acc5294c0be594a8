/*
 * seal_file.c - signed heads of the audit lanes, written and read (AUDIT.md).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/seal_file.h"

#define SEAL_DOMAIN "countersign seal 1"
#define LINK_DOMAIN "countersign seal link 1"
#define TORN_LINE   "torn"

/* ---- lines ---- */

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
	if (n == strlen(TORN_LINE) && memcmp(line, TORN_LINE, n) == 0) {
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
		n = snprintf(dst, SEAL_LINE_MAX, TORN_LINE);
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

/* ---- what is signed ---- */

static void
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

static void
seal_link(const uint8_t message[static DIGEST_BYTES], const uint8_t sig[static SIGN_BYTES], uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, LINK_DOMAIN);
	hash_bytes(&h, message, DIGEST_BYTES);
	hash_bytes(&h, sig, SIGN_BYTES);
	hash_end(&h, out);
}

/* ---- reading ---- */

struct reading {
	const uint8_t *pub;
	const struct seal_reader *r;
	struct audit_head heads[LANES_MAX];	/* of the seal being read */
	uint32_t n;
	uint64_t line;
	uint64_t bad_line;			/* a line that could not be read; forgiven if "torn" follows */
	uint64_t number;			/* of the last seal */
	uint8_t  link[DIGEST_BYTES];		/* what the next prev has to be */
};

static enum rc
fault(struct reading *g, uint64_t line, enum rc why, const char *text)
{
	return g->r->fault != NULL ? g->r->fault(g->r->ctx, line, why, text) : why;
}

static enum rc
hand_over(struct reading *g, const struct seal *s)
{
	enum rc r;

	for (uint32_t i = 0; g->r->head != NULL && i < g->n; i++)
		if ((r = g->r->head(g->r->ctx, s, &g->heads[i])) != RC_OK)
			return r;
	return g->r->seal != NULL ? g->r->seal(g->r->ctx, s) : RC_OK;
}

static enum rc
read_seal(struct reading *g, const struct seal *s)
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
read_line(struct reading *g, const char *line, size_t n)
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

/* Reads all complete lines; *open tells whether an unfinished seal is at the end. */
static enum rc
read_all(struct reading *g, FILE *f, bool *open)
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
	struct reading g = { .pub = pub, .r = r };
	bool open;

	return read_all(&g, f, &open);
}

/* ---- writing ---- */

struct seal_writer {
	int      fd;
	uint8_t  secret[SIGN_SECRET_BYTES];
	uint64_t number;
	uint8_t  link[DIGEST_BYTES];
	bool     torn;			/* what is at the end of the file is unfinished, or unknown after a failure */
	struct audit_head sealed[LANES_MAX];	/* the newest sealed head of each lane */
	size_t   sealed_n;
};

static struct audit_head *
sealed_of(struct seal_writer *w, uint64_t lane)
{
	for (size_t i = 0; i < w->sealed_n; i++)
		if (w->sealed[i].lane == lane)
			return &w->sealed[i];
	return NULL;
}

static enum rc
remember(void *ctx, const struct seal *s, const struct audit_head *h)
{
	struct seal_writer *w = ctx;
	struct audit_head *known = sealed_of(w, h->lane);

	(void)s;
	if (known == NULL && w->sealed_n == LANES_MAX)
		return RC_TOO_BIG;
	if (known == NULL)
		known = &w->sealed[w->sealed_n++];
	*known = *h;
	return RC_OK;
}

struct first_fault {
	uint64_t line;
	const char *text;
	struct seal_writer *w;
};

static enum rc
remember_fault(void *ctx, uint64_t line, enum rc why, const char *text)
{
	struct first_fault *f = ctx;

	f->line = line;
	f->text = text;
	return why;
}

static enum rc
remember_head(void *ctx, const struct seal *s, const struct audit_head *h)
{
	return remember(((struct first_fault *)ctx)->w, s, h);
}

static enum rc
write_all(int fd, const char *p, size_t n)
{
	ssize_t put;

	for (size_t done = 0; done < n; done += (size_t)put) {
		put = write(fd, p + done, n - done);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put <= 0)
			return errno == ENOSPC || errno == EDQUOT ? RC_DISK_FULL : RC_IO;
	}
	return RC_OK;
}

/* Goes through what is there, so that the next seal follows on. */
static enum rc
writer_resume(struct seal_writer *w, const char *path, char *err, size_t err_n)
{
	struct first_fault fault_ctx = { .w = w };
	struct seal_reader reader = { .head = remember_head, .fault = remember_fault, .ctx = &fault_ctx };
	struct reading *g = NULL;
	FILE *f = NULL;
	int fd = -1;
	enum rc r = RC_BUG;

	if ((g = calloc(1, sizeof *g)) == NULL || (fd = dup(w->fd)) < 0 || (f = fdopen(fd, "r")) == NULL) {
		snprintf(err, err_n, "cannot read %s: %s", path, strerror(errno));
		r = RC_IO;
		goto out;
	}
	fd = -1;
	g->pub = w->secret + SIGN_SECRET_BYTES - SIGN_PUBLIC_BYTES;	/* libsodium and RFC 8032: seed, then public key */
	g->r = &reader;
	rewind(f);
	r = read_all(g, f, &w->torn);
	if (r != RC_OK) {
		snprintf(err, err_n, "line %" PRIu64 " of %s: %s; keep the file, verify the trail, and name a new seal file",
		    fault_ctx.line, path, fault_ctx.text != NULL ? fault_ctx.text : rc_text(r));
		goto out;
	}
	w->number = g->number;
	memcpy(w->link, g->link, DIGEST_BYTES);
out:
	if (fd >= 0)
		close(fd);
	if (f != NULL)
		fclose(f);
	free(g);
	return r;
}

/*
 * Closes an unfinished seal at the end. What stands there may lack nothing but
 * its newline, so that is written first and the file read again.
 */
static enum rc
writer_settle(struct seal_writer *w, const char *path, char *err, size_t err_n)
{
	enum rc r;

	if ((r = write_all(w->fd, "\n", 1)) != RC_OK || (r = writer_resume(w, path, err, err_n)) != RC_OK)
		return r;
	if (w->torn && (r = write_all(w->fd, TORN_LINE "\n", strlen(TORN_LINE) + 1)) == RC_OK)
		w->torn = false;
	return r;
}

enum rc
seal_writer_open(const char *path, const uint8_t secret[SIGN_SECRET_BYTES], struct seal_writer **out, char *err, size_t err_n)
{
	struct seal_writer *w;
	enum rc r = RC_IO;

	if ((w = calloc(1, sizeof *w)) == NULL) {
		snprintf(err, err_n, "out of memory");
		return RC_NOMEM;
	}
	memcpy(w->secret, secret, SIGN_SECRET_BYTES);
	if ((w->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)) < 0) {
		snprintf(err, err_n, "cannot open the seal file %s: %s", path, strerror(errno));
		goto fail;
	}
	if (flock(w->fd, LOCK_EX | LOCK_NB) != 0) {
		snprintf(err, err_n, "another process seals into %s", path);
		r = RC_BUSY;
		goto fail;
	}
	if ((r = writer_resume(w, path, err, err_n)) != RC_OK)
		goto fail;
	if (w->torn && (r = writer_settle(w, path, err, err_n)) != RC_OK)
		goto fail;
	*out = w;
	return RC_OK;
fail:
	seal_writer_close(w);
	return r;
}

void
seal_writer_close(struct seal_writer *w)
{
	if (w == NULL)
		return;
	if (w->fd >= 0)
		close(w->fd);
	crypto_wipe(w->secret, sizeof w->secret);
	free(w);
}

/* The heads that moved since they were sealed last, as lines. */
static enum rc
moved_heads(struct seal_writer *w, const struct audit_head *heads, size_t n, struct audit_head *moved, uint32_t *moved_n)
{
	*moved_n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct audit_head *known = sealed_of(w, heads[i].lane);

		if (known != NULL && known->seq == heads[i].seq && memcmp(known->hash, heads[i].hash, DIGEST_BYTES) == 0)
			continue;
		if (*moved_n == LANES_MAX)
			return RC_TOO_BIG;
		moved[(*moved_n)++] = heads[i];
	}
	return RC_OK;
}

static size_t
put_line(char *dst, const struct seal_line *l)
{
	size_t n = seal_line_put(l, dst);

	dst[n] = '\n';
	return n + 1;
}

enum rc
seal_writer_append(struct seal_writer *w, int64_t now_ms, const struct audit_head *heads, size_t n)
{
	struct seal_line line;
	struct audit_head *moved = NULL;
	uint8_t message[DIGEST_BYTES];
	char *text = NULL, why[256];
	size_t len = 0;
	enum rc r;

	if (w->torn && (r = writer_settle(w, "the seal file", why, sizeof why)) != RC_OK)
		return r;
	line = (struct seal_line){ .kind = SEAL_LINE_SEAL, .seal = { .number = w->number + 1, .at_ms = now_ms } };
	r = RC_NOMEM;
	if ((moved = calloc(LANES_MAX, sizeof *moved)) == NULL ||
	    (text = malloc((LANES_MAX + 3) * (SEAL_LINE_MAX + 1))) == NULL)
		goto out;
	if ((r = moved_heads(w, heads, n, moved, &line.seal.heads_n)) != RC_OK)
		goto out;
	memcpy(line.seal.prev, w->link, DIGEST_BYTES);
	seal_message(&line.seal, moved, message);
	sign_make(w->secret, message, DIGEST_BYTES, line.seal.sig);
	for (uint32_t i = 0; i < line.seal.heads_n; i++)
		len += put_line(text + len, &(struct seal_line){ .kind = SEAL_LINE_HEAD, .head = moved[i] });
	len += put_line(text + len, &line);
	w->torn = true;		/* until all of it is known to be on the disk */
	if ((r = write_all(w->fd, text, len)) != RC_OK)
		goto out;
	if (fdatasync(w->fd) != 0) {
		r = RC_IO;
		goto out;
	}
	w->torn = false;
	w->number++;
	seal_link(message, line.seal.sig, w->link);
	for (uint32_t i = 0; i < line.seal.heads_n && r == RC_OK; i++)
		r = remember(w, &line.seal, &moved[i]);
out:
	free(moved);
	free(text);
	return r;
}
