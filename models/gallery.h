/*
 * gallery.h - exact search among many faces: is this one enrolled already?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   unit vectors of one length with their ids, in memory that is
 *               locked (never swapped), left out of core dumps and wiped when
 *               given back; add and remove take constant time.
 * What it isn't: no index that may miss. A search finds every row that a plain
 *               scan of the float32 rows finds, with the same cosines.
 *
 * How: every row is kept as float32 and as 4 bits per number. A search reads
 * the 4-bit codes of all rows against the query in 8 bits. By the inequality
 * of Cauchy and Schwarz the true cosine differs from this estimate by at most
 * the length of what quantisation took away, known for each row and for the
 * query; only rows that may still reach the threshold, or the worst of the k
 * best so far, are computed from the float32 rows.
 *
 * Memory: dim * 4.5 + 16 bytes a row and an index of 8 to 16 bytes.
 * Threads: any number may search at once while none adds or removes; the
 * caller keeps these apart.
 */
#ifndef MODELS_GALLERY_H
#define MODELS_GALLERY_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

#define GALLERY_ROWS_MAX 4000000u
#define GALLERY_BEST_MAX 64u

struct gallery;

struct gallery_hit {
	uint64_t id;
	float    cosine;
};

/*
 * For vectors of dim numbers (1 to VISION_EMBED_MAX); memory for `rows` of them
 * is taken at once, more as they come. RC_NOMEM with a sentence in err: no
 * memory, or the limit of locked memory is too low.
 */
enum rc gallery_open(struct gallery **out, uint32_t dim, uint32_t rows, char *err, size_t err_n) MUST_CHECK;
void    gallery_close(struct gallery *g);	/* NULL is fine */

/*
 * row: dim float32 of unit length, copied. RC_EXISTS: the id is there.
 * RC_INVALID: not finite or not of unit length. RC_NOMEM (as above, err may
 * be NULL with err_n 0), RC_TOO_BIG at GALLERY_ROWS_MAX: nothing was added.
 */
enum rc gallery_add(struct gallery *g, uint64_t id, const float *row, char *err, size_t err_n) MUST_CHECK;
enum rc gallery_remove(struct gallery *g, uint64_t id) MUST_CHECK;	/* RC_NOT_FOUND */

/*
 * The best k rows (1 to GALLERY_BEST_MAX) whose cosine with query (dim float32,
 * unit length) is at least threshold (-2: any), best first, equal ones by id.
 * *n is how many there are, 0 if none. RC_INVALID: query or k.
 */
enum rc gallery_search(const struct gallery *g, const float *query, uint32_t k, float threshold,
    struct gallery_hit *hits, uint32_t *n) MUST_CHECK;

uint32_t gallery_rows(const struct gallery *g);
size_t   gallery_bytes(const struct gallery *g);	/* all memory taken */
/* What a gallery that was opened for 0 rows has locked once it holds this many of dim numbers. */
size_t   gallery_bytes_locked(uint32_t dim, uint32_t rows);

#endif
