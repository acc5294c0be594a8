/*
 * cue_recall.h - is this capture an earlier one, played again?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a comparison with the traces (cue_trace.h) of the person's
 *               earlier captures while the new one runs: the same pictures, byte
 *               for byte, a few of them in the order of then, from wherever
 *               it begins, with others left out or put between; or the same movement of the
 *               head over more than three seconds, however the pictures were
 *               shifted, scaled or compressed anew, and at any number a second.
 *               In the same way a capture is compared with itself: a loop.
 * What it isn't: a single likeness says nothing; neither does a head that
 *               keeps still, nor two captures in which somebody turned alike.
 *
 * Movement is compared as a sum of squares over turn, nod, mouth, eyes, roll,
 * place and size, each in units of what the landmarks themselves waver by, mean
 * taken out. Fast moves are given the slack of frames that come late.
 *
 * Ownership: recall_new() gives the only reference; recall_free() wipes.
 * Threads: none; one struct recall may be read by many captures at once.
 */
#ifndef SERVER_CUE_RECALL_H
#define SERVER_CUE_RECALL_H

#include <stdbool.h>
#include <stdint.h>

#include "server/cue_trace.h"

#define RECALL_TRACES_MAX 20u

struct recall;

struct recall *recall_new(void) MUST_CHECK;	/* NULL: out of memory */
void           recall_free(struct recall *r);	/* NULL is fine */
/* Newest first. Copies what is needed of t. RC_NOMEM, RC_TOO_BIG: RECALL_TRACES_MAX are there. */
enum rc        recall_add(struct recall *r, const struct trace *t) MUST_CHECK;
/* What was asked in the newest, at most max; returns in how many. r: NULL: none. */
uint32_t       recall_asked(const struct recall *r, uint32_t *dst, uint32_t max);

struct cue_recall_with {	/* one earlier capture */
	uint32_t hits;		/* the same pictures so far, most of them in order */
	uint8_t  chain[TRACE_FRAMES_MAX];	/* the same, most that end with this picture; counted no further than needed */
	bool     alike;		/* it moved like this ... */
	int64_t  alike_ms;	/* ... just before this time ... */
	int64_t  lag_ms;	/* ... so much later */
};

/* May be zeroed. */
struct cue_recall {
	struct trace trace;	/* of this capture */
	int64_t  compared_ms;
	struct cue_recall_with with[RECALL_TRACES_MAX];
	struct cue_recall_with before;	/* this capture itself, some seconds ago */
	bool     replayed, looped;
};

/* As cues_feed(); r: NULL: there are no earlier ones. */
void cue_recall_frame(struct cue_recall *c, const struct recall *r, const struct vision_features *f, int64_t at_ms,
    uint64_t hash);

#endif
