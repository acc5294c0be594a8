/*
 * gallery.c - see gallery.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows lie in segments of locked memory: one of the size asked for at open,
 * later ones of SEGMENT_ROWS, so that nothing is ever moved but the last row
 * (into the place of a removed one). An open-addressing table with linear
 * probing finds the row of an id.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "models/gallery.h"
#include "models/gallery_code.h"
#include "proto/crypto.h"
#include "proto/vector.h"

#define SEGMENT_FIRST 256u	/* rows of the first segment, at least */
#define SEGMENT_ROWS  1024u	/* of each later one */
#define SEGMENTS_MAX  (1 + (GALLERY_ROWS_MAX + SEGMENT_ROWS - 1) / SEGMENT_ROWS)

struct segment {
	void    *memory;
	size_t   bytes;
	uint32_t first, rows;		/* number of its first row; room */
	float   *row;			/* [rows][dim] */
	uint64_t *id;
	struct gallery_code *code;
	uint8_t *codes;			/* [rows][stride] */
};

struct gallery {
	uint32_t dim, rows, room;
	size_t   stride;
	gallery_scan *scan;
	struct segment segment[SEGMENTS_MAX];
	uint32_t segments;
	uint32_t *table;		/* row + 1, 0: free; indexed by hash of the id */
	uint32_t table_n;		/* a power of two, at least twice the rows */
};

/* ---- memory ---- */

/* errno says why so many bytes more cannot be had; of locked memory, mlock() means the limit unless it says EAGAIN. */
static void
say(const struct gallery *g, char *err, size_t err_n, bool locking, size_t bytes)
{
	struct rlimit limit = { 0 };
	size_t held = 0;
	int why = errno;

	if (err_n == 0)
		return;
	for (uint32_t i = 0; i < g->segments; i++)
		held += g->segment[i].bytes;
	(void)getrlimit(RLIMIT_MEMLOCK, &limit);
	if (locking && why != EAGAIN && limit.rlim_cur != RLIM_INFINITY)
		(void)snprintf(err, err_n, "the gallery of faces: %zu MiB of locked memory are needed, the limit for all of "
		    "the process is %zu MiB; raise LimitMEMLOCK of the service (ulimit -l)",
		    ((held + bytes) >> 20) + 1, (size_t)limit.rlim_cur >> 20);
	else
		(void)snprintf(err, err_n, "the gallery of faces: no %zu MiB of memory: %s", (bytes >> 20) + 1, strerror(why));
}

static size_t
round_up(size_t n, size_t step)
{
	return (n + step - 1) / step * step;
}

static size_t
row_stride(uint32_t dim)
{
	return round_up((dim + 1) / 2, GALLERY_STRIDE_STEP);
}

/* Of a segment; the codes take the first *codes, the rows the next *floats. */
static size_t
segment_bytes(uint32_t dim, uint32_t rows, size_t *codes, size_t *floats)
{
	*codes = round_up(rows * row_stride(dim), 64);
	*floats = round_up((size_t)rows * dim * 4, 64);
	return *codes + *floats + (size_t)rows * (sizeof(uint64_t) + sizeof(struct gallery_code));
}

size_t
gallery_bytes_locked(uint32_t dim, uint32_t rows)
{
	size_t codes, floats, n = segment_bytes(dim, SEGMENT_FIRST, &codes, &floats);

	for (uint32_t room = SEGMENT_FIRST; room < rows; room += SEGMENT_ROWS)
		n += segment_bytes(dim, SEGMENT_ROWS, &codes, &floats);
	return n;
}

/* Room for so many rows more. */
static enum rc
segment_add(struct gallery *g, uint32_t rows, char *err, size_t err_n)
{
	size_t codes, floats, bytes = segment_bytes(g->dim, rows, &codes, &floats);
	struct segment *s = g->segment + g->segments;
	uint8_t *at;

	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED) {
		say(g, err, err_n, false, bytes);
		return RC_NOMEM;
	}
	(void)madvise(at, bytes, MADV_HUGEPAGE);	/* only faster */
	if (madvise(at, bytes, MADV_DONTDUMP) != 0 || mlock(at, bytes) != 0) {
		say(g, err, err_n, true, bytes);
		(void)munmap(at, bytes);
		return RC_NOMEM;
	}
	*s = (struct segment){ .memory = at, .bytes = bytes, .first = g->room, .rows = rows, .codes = at };
	s->row = (float *)(void *)(at + codes);
	s->id = (uint64_t *)(void *)(at + codes + floats);
	s->code = (struct gallery_code *)(void *)(s->id + rows);
	g->segments++;
	g->room += rows;
	return RC_OK;
}

/* Where a row is; what the pointers of a segment point at may be changed. */
static const struct segment *
segment_of(const struct gallery *g, uint32_t row, uint32_t *at)
{
	uint32_t first = g->segment[0].rows, i = row < first ? 0 : 1 + (row - first) / SEGMENT_ROWS;

	*at = row - g->segment[i].first;
	return g->segment + i;
}

/* ---- ids ---- */

static uint32_t
table_start(const struct gallery *g, uint64_t id)
{
	id ^= id >> 31;
	return (uint32_t)((id * 0x9e3779b97f4a7c15u) >> 32) & (g->table_n - 1);
}

static uint64_t
row_id(const struct gallery *g, uint32_t row)
{
	uint32_t at;
	const struct segment *s = segment_of(g, row, &at);

	return s->id[at];
}

/* Its slot, or the free one where it would be. */
static uint32_t
table_find(const struct gallery *g, uint64_t id)
{
	uint32_t i = table_start(g, id);

	while (g->table[i] != 0 && row_id(g, g->table[i] - 1) != id)
		i = (i + 1) & (g->table_n - 1);
	return i;
}

static enum rc
table_grow(struct gallery *g, uint32_t rows, char *err, size_t err_n)
{
	uint32_t n = 1024, *old = g->table;

	while (n < rows * 2)
		n *= 2;
	if (n <= g->table_n)
		return RC_OK;
	if ((g->table = calloc(n, sizeof *g->table)) == NULL) {
		g->table = old;
		(void)snprintf(err, err_n, "the gallery of faces: out of memory");
		return RC_NOMEM;
	}
	g->table_n = n;
	for (uint32_t row = 0; row < g->rows; row++)
		g->table[table_find(g, row_id(g, row))] = row + 1;
	free(old);
	return RC_OK;
}

/* Frees a slot; the ones behind it move up (Knuth 6.4, algorithm R). */
static void
table_remove(struct gallery *g, uint32_t hole)
{
	uint32_t mask = g->table_n - 1, i = hole;

	for (;;) {
		uint32_t start;

		g->table[hole] = 0;
		do {
			i = (i + 1) & mask;
			if (g->table[i] == 0)
				return;
			start = table_start(g, row_id(g, g->table[i] - 1));
		} while (((i - start) & mask) < ((i - hole) & mask));
		g->table[hole] = g->table[i];
		hole = i;
	}
}

/* ---- open and close ---- */

enum rc
gallery_open(struct gallery **out, uint32_t dim, uint32_t rows, char *err, size_t err_n)
{
	struct gallery *g;
	enum rc r;

	if (dim == 0 || dim > VISION_EMBED_MAX || rows > GALLERY_ROWS_MAX)
		return RC_INVALID;
	if ((g = calloc(1, sizeof *g)) == NULL) {
		(void)snprintf(err, err_n, "the gallery of faces: out of memory");
		return RC_NOMEM;
	}
	g->dim = dim;
	g->stride = row_stride(dim);
	g->scan = gallery_scan_for(cpu_isa_best());
	rows = rows < SEGMENT_FIRST ? SEGMENT_FIRST : rows;
	if ((r = table_grow(g, rows, err, err_n)) != RC_OK || (r = segment_add(g, rows, err, err_n)) != RC_OK) {
		gallery_close(g);
		return r;
	}
	*out = g;
	return RC_OK;
}

void
gallery_close(struct gallery *g)
{
	if (g == NULL)
		return;
	for (uint32_t i = 0; i < g->segments; i++) {
		crypto_wipe(g->segment[i].memory, g->segment[i].bytes);
		(void)munmap(g->segment[i].memory, g->segment[i].bytes);
	}
	free(g->table);
	free(g);
}

uint32_t
gallery_rows(const struct gallery *g)
{
	return g->rows;
}

size_t
gallery_bytes(const struct gallery *g)
{
	size_t n = sizeof *g + g->table_n * sizeof *g->table;

	for (uint32_t i = 0; i < g->segments; i++)
		n += g->segment[i].bytes;
	return n;
}

/* ---- add, remove ---- */

enum rc
gallery_add(struct gallery *g, uint64_t id, const float *row, char *err, size_t err_n)
{
	const struct segment *s;
	uint32_t at;
	enum rc r;

	if (!gallery_unit(row, g->dim))
		return RC_INVALID;
	if (g->table[table_find(g, id)] != 0)
		return RC_EXISTS;
	if (g->rows == GALLERY_ROWS_MAX)
		return RC_TOO_BIG;
	if (g->rows == g->room && ((r = table_grow(g, g->room + SEGMENT_ROWS, err, err_n)) != RC_OK ||
	    (r = segment_add(g, SEGMENT_ROWS, err, err_n)) != RC_OK))
		return r;
	s = segment_of(g, g->rows, &at);
	memcpy(s->row + (size_t)at * g->dim, row, g->dim * sizeof *row);
	s->id[at] = id;
	gallery_code_row(row, g->dim, g->stride, s->codes + at * g->stride, s->code + at);
	g->table[table_find(g, id)] = ++g->rows;
	return RC_OK;
}

enum rc
gallery_remove(struct gallery *g, uint64_t id)
{
	uint32_t slot = table_find(g, id), row, to, from;
	const struct segment *a, *b;

	if (g->table[slot] == 0)
		return RC_NOT_FOUND;
	row = g->table[slot] - 1;
	table_remove(g, slot);
	a = segment_of(g, row, &to);
	b = segment_of(g, g->rows - 1, &from);
	if (row != g->rows - 1) {
		g->table[table_find(g, b->id[from])] = row + 1;
		memcpy(a->row + (size_t)to * g->dim, b->row + (size_t)from * g->dim, g->dim * sizeof(float));
		memcpy(a->codes + to * g->stride, b->codes + from * g->stride, g->stride);
		a->code[to] = b->code[from];
		a->id[to] = b->id[from];
	}
	crypto_wipe(b->row + (size_t)from * g->dim, g->dim * sizeof(float));
	crypto_wipe(b->codes + from * g->stride, g->stride);
	g->rows--;
	return RC_OK;
}

/* ---- search ---- */

struct best {
	struct gallery_hit *hit;
	uint32_t n, k;
	float threshold;
};

static float
best_bar(const struct best *b)
{
	return b->n == b->k && b->hit[b->n - 1].cosine > b->threshold ? b->hit[b->n - 1].cosine : b->threshold;
}

static bool
better(struct gallery_hit a, struct gallery_hit b)
{
	return a.cosine > b.cosine || (a.cosine >= b.cosine && a.id < b.id);
}

static void
best_add(struct best *b, struct gallery_hit h)
{
	uint32_t i;

	if (h.cosine < b->threshold || (b->n == b->k && !better(h, b->hit[b->n - 1])))
		return;
	if (b->n < b->k)
		b->n++;
	for (i = b->n - 1; i > 0 && better(h, b->hit[i - 1]); i--)
		b->hit[i] = b->hit[i - 1];
	b->hit[i] = h;
}

static void
search_segment(const struct gallery *g, const struct segment *s, uint32_t n, const struct gallery_query *q,
    const float *query, struct best *b)
{
	uint32_t may[GALLERY_SCAN_ROWS];

	for (uint32_t from = 0; from < n; from += GALLERY_SCAN_ROWS) {
		size_t rows = n - from < GALLERY_SCAN_ROWS ? n - from : GALLERY_SCAN_ROWS;
		size_t found = g->scan(q, s->codes + from * g->stride, g->stride, s->code + from, rows, best_bar(b), may);

		for (size_t i = 0; i < found; i++) {
			size_t at = from + may[i];

			best_add(b, (struct gallery_hit){ s->id[at], vector_dot(query, s->row + at * g->dim, g->dim) });
		}
	}
}

enum rc
gallery_search(const struct gallery *g, const float *query, uint32_t k, float threshold, struct gallery_hit *hits,
    uint32_t *n)
{
	struct best b = { hits, 0, k, threshold };
	struct gallery_query q;

	*n = 0;
	if (k == 0 || k > GALLERY_BEST_MAX || isnan(threshold) || !gallery_unit(query, g->dim))
		return RC_INVALID;
	gallery_code_query(query, g->dim, g->stride, &q);
	for (uint32_t i = 0; i < g->segments && g->segment[i].first < g->rows; i++) {
		const struct segment *s = g->segment + i;

		search_segment(g, s, g->rows - s->first < s->rows ? g->rows - s->first : s->rows, &q, query, &b);
	}
	crypto_wipe(&q, sizeof q);
	*n = b.n;
	return RC_OK;
}
