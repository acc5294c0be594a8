/*
 * vision_queue.h - which frame a vision worker gets next.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the line of captures that wait, each with its newest frame. The
 *               capture that waited longest is first; a newer frame overtakes
 *               the older one of its capture and keeps the place in the line.
 * What it isn't: it knows no worker, no socket and no clock.
 *
 * Ownership: a frame is moved in and wiped when it is removed.
 * Threads: none of its own; one thread at a time.
 */
#ifndef SERVER_VISION_QUEUE_H
#define SERVER_VISION_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/link.h"
#include "server/vision_pool.h"

#define VISION_DESK_BYTES 64u		/* name of a spoke */
#define VISION_CROWD      2u		/* frames; tests/bench/RESULTS.md says what that is worth */

struct vision_who {		/* whose frame it is, and what is asked of it */
	uint8_t  desk[VISION_DESK_BYTES];
	size_t   desk_n;
	struct vision_job job;
};

struct vision_waiting {
	struct vision_who who;
	struct link_msg jpeg;	/* one part */
	uint64_t turn;		/* the capture's place in the line; smaller ones are served first */
	int64_t  came_ms;	/* this frame came */
	uint64_t begun;		/* frames that workers had been given by then */
};

struct vision_queue;

/* For `cap` captures. NULL: out of memory. */
struct vision_queue *vision_queue_new(size_t cap);
void    vision_queue_free(struct vision_queue *q);	/* NULL is fine */

/*
 * Takes part `part` of m as the newest frame of who's capture. *overtaken: the
 * frame that had to go for it, desk_n 0 where there was none. RC_BUSY: the
 * queue is full; RC_NOMEM. Then this frame is not taken.
 */
enum rc vision_queue_add(struct vision_queue *q, const struct vision_who *who, struct link_msg *m, size_t part,
    int64_t now_ms, struct vision_who *overtaken) MUST_CHECK;
/* What vision_queue_first() and _late() give stays until the queue is changed. NULL: none. */
struct vision_waiting *vision_queue_first(struct vision_queue *q);
/* A frame that came at `until_ms` or before. */
struct vision_waiting *vision_queue_late(struct vision_queue *q, int64_t until_ms);
void    vision_queue_remove(struct vision_queue *q, struct vision_waiting *e);
/* The same, and counts e as given to a worker. */
void    vision_queue_serve(struct vision_queue *q, struct vision_waiting *e);
/* When the oldest frame came; false: none waits. */
bool    vision_queue_oldest(const struct vision_queue *q, int64_t *came_ms);
/*
 * What is asked of e now: less what its capture can spare where VISION_CROWD
 * others wait, for whom it would be long, or that many were served since e
 * came, so that nobody's long wait has a long frame on top.
 */
uint32_t vision_queue_want(const struct vision_queue *q, const struct vision_waiting *e);

#endif
