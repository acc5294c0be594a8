/*
 * eval_cross.c - see eval_cross.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Columns stand side by side in blocks of LANES, number by number, so that one
 * row meets a block in one loop that the compiler turns into vector code
 * without reordering a sum.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "eval_cross.h"
#include "proto/crypto.h"

#define LANES 32u

struct cross_work {
	const struct cross_side *row, *col;
	bool once;		/* rows are the columns: only column > row */
	uint32_t dim;
	size_t blocks;
	float *packed;		/* [blocks][dim][LANES] */
	double part[SCORES_KINDS];	/* of the pairs that are compared */
	atomic_size_t next;
	pthread_mutex_t lock;
	size_t done;
};

struct cross_thread {
	struct cross_work *of;
	struct cross own;
	pthread_t id;
	bool started, ok;
};

/* The same pair gives the same number, 0 to 1 (mixing of splitmix64). */
static double
cross_draw(size_t i, size_t j)
{
	uint64_t z = (uint64_t)i * 0x9e3779b97f4a7c15u ^ ((uint64_t)j + 1) * 0xd1b54a32d192ed03u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void
cross_dots(const float *a, const float *block, uint32_t dim, float out[static LANES])
{
	float sum[LANES] = { 0 };

	for (uint32_t d = 0; d < dim; d++)
		for (uint32_t k = 0; k < LANES; k++)
			sum[k] += a[d] * block[(size_t)d * LANES + k];
	memcpy(out, sum, sizeof sum);
}

bool
cross_add_genuine(struct cross *c, uint32_t who, float cosine)
{
	if (c->genuine_n == c->genuine_cap) {
		size_t cap = c->genuine_cap == 0 ? 4096 : c->genuine_cap * 2;
		struct cross_genuine *g = realloc(c->genuine, cap * sizeof *g);

		if (g == NULL)
			return false;
		c->genuine = g;
		c->genuine_cap = cap;
	}
	c->genuine[c->genuine_n++] = (struct cross_genuine){ who, scores_bin(cosine) };
	scores_add(&c->scores, SCORES_GENUINE, cosine);
	return true;
}

/* Whether the block holds a column of the row's identity. */
static bool
cross_has_genuine(const struct cross_work *w, size_t i, size_t from, size_t to)
{
	for (size_t j = from; j < to; j++)
		if (w->col->who[j] == w->row->who[i])
			return true;
	return false;
}

static bool
cross_block(struct cross_thread *t, size_t i, size_t b)
{
	const struct cross_work *w = t->of;
	size_t from = b * LANES, to = from + LANES < w->col->n ? from + LANES : w->col->n;
	bool impostors = w->part[SCORES_IMPOSTOR] >= 1.0 || cross_draw(i, b) < w->part[SCORES_IMPOSTOR];
	float cosine[LANES];

	if (!impostors && !cross_has_genuine(w, i, from, to))
		return true;
	cross_dots(w->row->v[i], w->packed + b * w->dim * LANES, w->dim, cosine);
	for (size_t j = w->once && from <= i ? i + 1 : from; j < to; j++) {
		if (w->col->who[j] != w->row->who[i]) {
			if (impostors)
				scores_add(&t->own.scores, SCORES_IMPOSTOR, cosine[j - from]);
		} else if ((w->col->taken == NULL || !w->col->taken[j]) &&
		    (w->part[SCORES_GENUINE] >= 1.0 || cross_draw(j, i) < w->part[SCORES_GENUINE]) &&
		    !cross_add_genuine(&t->own, w->row->who[i], cosine[j - from])) {
			return false;
		}
	}
	return true;
}

static void *
cross_thread(void *arg)
{
	struct cross_thread *t = arg;
	struct cross_work *w = t->of;
	size_t i;

	while (t->ok && (i = atomic_fetch_add(&w->next, 1)) < w->row->n) {
		for (size_t b = w->once ? i / LANES : 0; t->ok && b < w->blocks; b++)
			t->ok = cross_block(t, i, b);
		(void)pthread_mutex_lock(&w->lock);
		eval_progress("rows of pairs", ++w->done, w->row->n);
		(void)pthread_mutex_unlock(&w->lock);
	}
	return NULL;
}

static bool
cross_pack(struct cross_work *w)
{
	w->blocks = (w->col->n + LANES - 1) / LANES;
	if ((w->packed = calloc(w->blocks * w->dim * LANES + 1, sizeof *w->packed)) == NULL)
		return false;
	for (size_t j = 0; j < w->col->n; j++)
		for (uint32_t d = 0; d < w->dim; d++)
			w->packed[(j / LANES * w->dim + d) * LANES + j % LANES] = w->col->v[j][d];
	return true;
}

/* What share of each kind the caps leave. False: out of memory. */
static bool
cross_parts(struct cross_work *w, const struct cross_most *cap)
{
	uint32_t most = 0, *count;
	double all = (double)w->row->n * (double)w->col->n, genuine = 0;

	for (size_t j = 0; j < w->col->n; j++)
		most = w->col->who[j] > most ? w->col->who[j] : most;
	if ((count = calloc((size_t)most + 1, sizeof *count)) == NULL)
		return false;
	for (size_t j = 0; j < w->col->n; j++)
		if (w->col->taken == NULL || !w->col->taken[j])
			count[w->col->who[j]]++;
	for (size_t i = 0; i < w->row->n; i++)
		if (w->row->who[i] <= most)
			genuine += count[w->row->who[i]];
	free(count);
	if (w->once) {	/* none with itself, none twice */
		all = (all - (double)w->row->n) / 2;
		genuine = (genuine - (double)w->row->n) / 2;
	}
	w->part[SCORES_IMPOSTOR] = cap->impostor / (all > 1 ? all : 1);
	w->part[SCORES_GENUINE] = cap->genuine / (genuine > 1 ? genuine : 1);
	return true;
}

static bool
cross_merge(struct cross *to, const struct cross *from)
{
	scores_merge(&to->scores, &from->scores);
	if (from->genuine_n == 0)
		return true;
	if (to->genuine_n + from->genuine_n > to->genuine_cap) {
		size_t cap = to->genuine_n + from->genuine_n;
		struct cross_genuine *g = realloc(to->genuine, cap * sizeof *g);

		if (g == NULL)
			return false;
		to->genuine = g;
		to->genuine_cap = cap;
	}
	memcpy(to->genuine + to->genuine_n, from->genuine, from->genuine_n * sizeof *from->genuine);
	to->genuine_n += from->genuine_n;
	return true;
}

bool
cross_all(struct cross *c, const struct cross_side *row, const struct cross_side *col, uint32_t dim,
    const struct cross_most *most, unsigned threads)
{
	struct cross_work w = { .row = row, .col = col != NULL ? col : row, .once = col == NULL, .dim = dim,
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	struct cross_thread *t = calloc(threads, sizeof *t);
	bool ok;

	*c = (struct cross){ 0 };
	ok = t != NULL && scores_open(&c->scores) && cross_parts(&w, most) && cross_pack(&w);
	for (unsigned i = 0; ok && i < threads; i++) {
		t[i].of = &w;
		t[i].ok = ok = scores_open(&t[i].own.scores);
		if (ok)
			ok = t[i].started = pthread_create(&t[i].id, NULL, cross_thread, &t[i]) == 0;
	}
	if (!ok)
		atomic_store(&w.next, row->n);	/* threads that run end */
	for (unsigned i = 0; t != NULL && i < threads; i++) {
		if (t[i].started)
			(void)pthread_join(t[i].id, NULL);
		ok = ok && t[i].ok && cross_merge(c, &t[i].own);
		cross_close(&t[i].own);
	}
	if (w.packed != NULL)
		crypto_wipe(w.packed, w.blocks * w.dim * LANES * sizeof *w.packed);
	free(w.packed);
	free(t);
	if (!ok)
		cross_close(c);
	return ok;
}

void
cross_close(struct cross *c)
{
	scores_close(&c->scores);
	free(c->genuine);
	*c = (struct cross){ 0 };
}

bool
cross_interval(const struct cross *c, uint32_t bin, uint32_t identities, struct interval *out)
{
	struct interval_group *g = calloc((size_t)identities + 1, sizeof *g);
	bool ok = g != NULL;

	for (size_t i = 0; ok && i < c->genuine_n; i++) {
		g[c->genuine[i].who].pairs++;
		g[c->genuine[i].who].refused += c->genuine[i].bin < bin;
	}
	ok = ok && interval_bootstrap(g, identities, out);
	free(g);
	return ok;
}
