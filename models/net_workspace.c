/*
 * net_workspace.c - see net_workspace.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "models/net_workspace.h"
#include "proto/crypto.h"

struct net_workspace {
	uint8_t *block;
	size_t taken, used;	/* used: since it was wiped */
};

enum rc
net_workspace_open(struct net_workspace **out)
{
	struct net_workspace *w = calloc(1, sizeof *w);
	void *block = mmap(NULL, NET_WORKSPACE_MAX, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (w == NULL || block == MAP_FAILED) {
		if (block != MAP_FAILED)
			(void)munmap(block, NET_WORKSPACE_MAX);
		free(w);
		return RC_NOMEM;
	}
	w->block = block;
	*out = w;
	return RC_OK;
}

void
net_workspace_close(struct net_workspace *w)
{
	if (w == NULL)
		return;
	net_workspace_wipe(w);
	(void)munmap(w->block, NET_WORKSPACE_MAX);
	free(w);
}

enum rc
net_workspace_take(struct net_workspace *w, size_t bytes, uint8_t **at)
{
	if (bytes > NET_WORKSPACE_MAX)
		return RC_NOMEM;
	if (bytes > w->taken) {
		memset(w->block + w->taken, 0, bytes - w->taken);	/* pages come now, not in the first frame */
		w->taken = bytes;
	}
	*at = w->block;
	return RC_OK;
}

size_t
net_workspace_bytes(const struct net_workspace *w)
{
	return w->taken;
}

void
net_workspace_use(struct net_workspace *w, size_t bytes)
{
	if (bytes > w->used)
		w->used = bytes;
}

void
net_workspace_wipe(struct net_workspace *w)
{
	crypto_wipe(w->block, w->used);
	w->used = 0;
}

/* ---- planning ---- */

static bool
alive_together(const struct net_span *a, const struct net_span *b)
{
	return a->first <= b->last && b->first <= a->last;
}

static size_t
rounded(size_t bytes)
{
	return (bytes + NET_ALIGN - 1) / NET_ALIGN * NET_ALIGN;
}

/* The end of a placed span that lies in the way of s, or 0 if none does. */
static size_t
in_the_way(const struct net_span *span, const bool *placed, size_t n, const struct net_span *s)
{
	for (size_t i = 0; i < n; i++)
		if (placed[i] && alive_together(&span[i], s) && s->at < span[i].at + rounded(span[i].bytes) &&
		    span[i].at < s->at + rounded(s->bytes))
			return span[i].at + rounded(span[i].bytes);
	return 0;
}

static size_t
largest_left(const struct net_span *span, const bool *placed, size_t n)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (!placed[i] && (best == n || span[i].bytes > span[best].bytes))
			best = i;
	return best;
}

/* Lowest place: start at 0 and at the end of every other span, keep the smallest free one. */
static void
place(struct net_span *span, const bool *placed, size_t n, struct net_span *s)
{
	size_t best = SIZE_MAX;

	s->at = 0;
	if (in_the_way(span, placed, n, s) == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!placed[i] || !alive_together(&span[i], s))
			continue;
		s->at = span[i].at + rounded(span[i].bytes);
		if (s->at < best && in_the_way(span, placed, n, s) == 0)
			best = s->at;
	}
	s->at = best;
}

size_t
net_workspace_plan(struct net_span *span, size_t n)
{
	bool *placed = calloc(n + 1, sizeof *placed);
	size_t need = 0;

	if (placed == NULL)
		return SIZE_MAX;
	for (size_t k = 0; k < n; k++) {
		size_t i = largest_left(span, placed, n);

		if (span[i].bytes == 0)
			break;
		place(span, placed, n, &span[i]);
		placed[i] = true;
		if (span[i].at + rounded(span[i].bytes) > need)
			need = span[i].at + rounded(span[i].bytes);
	}
	free(placed);
	return need;
}
