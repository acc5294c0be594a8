/*
 * seal_file_impl.h - what seal_line.c, seal_file.c and seal_writer.c share; for
 * no one else.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DB_SEAL_FILE_IMPL_H
#define DB_SEAL_FILE_IMPL_H

#include <stdbool.h>

#include "db/seal_file.h"

/* The line that ends a seal which was not written whole. */
#define SEAL_TORN "torn"

/* A file while it is read: how far it holds together. */
struct seal_reading {
	const uint8_t *pub;
	const struct seal_reader *r;
	struct audit_head heads[LANES_MAX];	/* of the seal being read */
	uint32_t n;
	uint64_t line;
	uint64_t bad_line;			/* a line that could not be read; forgiven if "torn" follows */
	uint64_t number;			/* of the last seal */
	uint8_t  link[DIGEST_BYTES];		/* what the next prev has to be */
};

/* What a seal over these heads signs. */
void    seal_message(const struct seal *s, const struct audit_head *heads, uint8_t out[static DIGEST_BYTES]);
/* What the next seal has to name as the one before it. */
void    seal_link(const uint8_t message[static DIGEST_BYTES], const uint8_t sig[static SIGN_BYTES], uint8_t out[static DIGEST_BYTES]);
/* Reads all complete lines; *open tells whether an unfinished seal is at the end. */
enum rc seal_read_all(struct seal_reading *g, FILE *f, bool *open) MUST_CHECK;

#endif
