/*
 * seal_file.h - the file outside the database in which the heads of all audit
 * lanes are signed every few seconds.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lines are only ever appended (format: db/AUDIT.md). A seal is the heads that
 * moved since the seal before, then one signed line that also holds the hash
 * of the seal before, so that a seal cannot be taken out unseen. Seals are
 * written when idle too: the newest one tells until when the trail is whole.
 * Verifying needs the public key only; ship copies of the file off the host.
 *
 * The writer (struct seal_writer) belongs to one thread of one process: it
 * locks the file. The reader has no state outside its arguments.
 */
#ifndef DB_SEAL_FILE_H
#define DB_SEAL_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "db/audit_store.h"
#include "proto/crypto.h"

#define SEAL_LINE_MAX 512u

struct seal_writer;

/*
 * Opens or makes the file (0640) for appending, reads what is there to go on
 * from it, and locks it. An incomplete seal at its end (power failure) is
 * closed with a line that says so. RC_BUSY: another process seals there.
 * RC_MALFORMED or RC_FORGED: the file was changed; err names the line.
 */
enum rc seal_writer_open(const char *path, const uint8_t secret[SIGN_SECRET_BYTES], struct seal_writer **out,
    char *err, size_t err_n) MUST_CHECK;
/* Appends one seal over these heads with fsync. The secret was copied by open. */
enum rc seal_writer_append(struct seal_writer *w, int64_t now_ms, const struct audit_head *heads, size_t n) MUST_CHECK;
void    seal_writer_close(struct seal_writer *w);	/* wipes; NULL is fine */

/* ---- reading ---- */
struct seal {
	uint64_t number;		/* 1, 2, 3 ... */
	int64_t  at_ms;
	uint32_t heads_n;		/* heads of this seal: those that moved */
	uint8_t  prev[DIGEST_BYTES];	/* hash of the seal before; zero for the first */
	uint8_t  sig[SIGN_BYTES];
};

enum seal_line_kind { SEAL_LINE_HEAD, SEAL_LINE_SEAL, SEAL_LINE_TORN };

struct seal_line {
	enum seal_line_kind kind;
	struct audit_head head;		/* SEAL_LINE_HEAD */
	struct seal seal;		/* SEAL_LINE_SEAL */
};

/* One line without its newline. RC_MALFORMED. Whatever is accepted is written back the same by seal_line_put. */
enum rc seal_line_get(const char *line, size_t n, struct seal_line *out) MUST_CHECK;
/* dst holds SEAL_LINE_MAX; returns the length, without newline. */
size_t  seal_line_put(const struct seal_line *l, char *dst);

struct seal_reader {
	/* A head within a seal whose signature is right; called after it was checked. NULL: not wanted. */
	enum rc (*head)(void *ctx, const struct seal *s, const struct audit_head *h);
	/* The seal itself, after its heads. NULL: not wanted. */
	enum rc (*seal)(void *ctx, const struct seal *s);
	/* Something wrong; reading goes on. line counts from 1. NULL: the first one ends the reading. */
	enum rc (*fault)(void *ctx, uint64_t line, enum rc why, const char *text);
	void *ctx;
};

/*
 * Reads a whole file: signatures, numbers without a gap, the chain of hashes.
 * Faults go to r->fault, or end it with RC_MALFORMED / RC_FORGED. A seal still
 * being written at the end is no fault.
 */
enum rc seal_file_read(FILE *f, const uint8_t pub[SIGN_PUBLIC_BYTES], const struct seal_reader *r) MUST_CHECK;

#endif
