/*
 * vision_queue.c - see vision_queue.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/crypto.h"
#include "server/vision_queue.h"

struct vision_queue {
	size_t   n, cap;
	uint64_t turn;		/* the last place in the line */
	uint64_t begun;		/* frames given to workers */
	struct vision_waiting e[];	/* in no order */
};

struct vision_queue *
vision_queue_new(size_t cap)
{
	struct vision_queue *q = calloc(1, sizeof *q + cap * sizeof q->e[0]);

	if (q != NULL)
		q->cap = cap;
	return q;
}

void
vision_queue_free(struct vision_queue *q)
{
	if (q == NULL)
		return;
	while (q->n > 0)
		vision_queue_remove(q, &q->e[q->n - 1]);
	crypto_wipe(q, sizeof *q + q->cap * sizeof q->e[0]);
	free(q);
}

static bool
same_capture(const struct vision_who *a, const struct vision_who *b)
{
	return memcmp(a->job.capture, b->job.capture, ID_BYTES) == 0 && a->desk_n == b->desk_n &&
	    memcmp(a->desk, b->desk, a->desk_n) == 0;
}

void
vision_queue_remove(struct vision_queue *q, struct vision_waiting *e)
{
	struct vision_waiting *last = &q->e[--q->n];
	enum rc r;

	link_msg_close(&e->jpeg);
	if (e == last)
		return;
	e->who = last->who;
	e->turn = last->turn;
	e->came_ms = last->came_ms;
	e->begun = last->begun;
	link_msg_init(&e->jpeg);
	r = link_msg_move(&e->jpeg, &last->jpeg, 0);
	assert(r == RC_OK);	/* an empty message has room for one part */
	link_msg_close(&last->jpeg);
}

void
vision_queue_serve(struct vision_queue *q, struct vision_waiting *e)
{
	q->begun++;
	vision_queue_remove(q, e);
}

enum rc
vision_queue_add(struct vision_queue *q, const struct vision_who *who, struct link_msg *m, size_t part, int64_t now_ms,
    struct vision_who *overtaken)
{
	uint64_t turn = 0;
	struct vision_waiting *e;

	*overtaken = (struct vision_who){ 0 };
	for (size_t i = 0; i < q->n; i++)
		if (same_capture(&q->e[i].who, who)) {
			turn = q->e[i].turn;
			*overtaken = q->e[i].who;
			vision_queue_remove(q, &q->e[i]);
			break;
		}
	if (q->n == q->cap)
		return RC_BUSY;
	e = &q->e[q->n];
	e->who = *who;
	e->turn = turn > 0 ? turn : ++q->turn;
	e->came_ms = now_ms;
	e->begun = q->begun;
	link_msg_init(&e->jpeg);
	if (link_msg_move(&e->jpeg, m, part) != RC_OK)
		return RC_NOMEM;
	q->n++;
	return RC_OK;
}

struct vision_waiting *
vision_queue_first(struct vision_queue *q)
{
	size_t best = 0;

	for (size_t i = 1; i < q->n; i++)
		if (q->e[i].turn < q->e[best].turn)
			best = i;
	return q->n > 0 ? &q->e[best] : NULL;
}

struct vision_waiting *
vision_queue_late(struct vision_queue *q, int64_t until_ms)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->e[i].came_ms <= until_ms)
			return &q->e[i];
	return NULL;
}

bool
vision_queue_oldest(const struct vision_queue *q, int64_t *came_ms)
{
	*came_ms = INT64_MAX;
	for (size_t i = 0; i < q->n; i++)
		if (q->e[i].came_ms < *came_ms)
			*came_ms = q->e[i].came_ms;
	return q->n > 0;
}

uint32_t
vision_queue_want(const struct vision_queue *q, const struct vision_waiting *e)
{
	uint32_t want = e->who.job.ask.want;

	return q->n > VISION_CROWD || q->begun - e->begun >= VISION_CROWD ? want & ~e->who.job.spare : want;
}
