/*
 * seal_writer.c - seals appended to their file, each with fsync.
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

#include "db/seal_file_impl.h"

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
	struct seal_reading *g = NULL;
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
	r = seal_read_all(g, f, &w->torn);
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
	if (w->torn && (r = write_all(w->fd, SEAL_TORN "\n", strlen(SEAL_TORN) + 1)) == RC_OK)
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
