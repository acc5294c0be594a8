/*
 * capture_impl.h - the inside of a capture, for capture.c (frames and judging)
 * and capture_out.c (verdict and what the desk is told) only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SERVER_CAPTURE_IMPL_H
#define SERVER_CAPTURE_IMPL_H

#include "server/capture.h"
#include "server/capture_track.h"

#define CAPTURE_PARTS_MAX (LIVENESS_CHALLENGES_MAX + 1)	/* before, between and after the challenges */

struct capture_slot {
	uint32_t seq;
	uint32_t want;
	int64_t  at_ms;
	bool     answered;
	enum rc  rc;		/* RC_OK: f is there, computed by by */
	struct vision_hello by;
	struct vision_features f;
};

struct capture_shown {		/* what the terminal was told last */
	enum liveness_ask ask;
	const char *hint;
	uint32_t step;
	int32_t  x, y;
	uint32_t w, h;
	int64_t  hint_ms, sent_ms;
	bool     any;
};

struct capture {
	struct capture_options o;
	const struct rng *g;
	struct liveness l;
	struct capture_track track;
	struct match_set set;		/* agreed embeddings */
	struct match_template mean;	/* of set, once it is not empty */

	struct capture_slot slot[CAPTURE_CREDITS];	/* the first in_flight, oldest first */
	uint32_t in_flight;
	bool     seq_any;
	uint32_t seq_newest;
	uint32_t returns;		/* credits to give back */
	int64_t  offered_ms;

	uint32_t good[CAPTURE_PARTS_MAX];	/* agreed embeddings per part of the capture */
	uint32_t need[CAPTURE_PARTS_MAX];
	uint32_t probes, misses;
	int64_t  miss_ms;
	float    low, cosine;		/* lowest of a frame, final one; for the auditor */

	uint32_t frames, dropped, errors, errors_row, bad_row, jumps;
	int64_t  began_ms, ended_ms, sighted_ms;	/* sighted: last features */
	int64_t  camera_first, camera_last;
	enum rc  verdict;		/* RC_AGAIN while running */
	struct capture_shown shown;
	struct vision_box box;		/* of the last frame, in thousandths */
};

/* Draws the conclusion if there is one, then fills *out. Ends every call that may change something. */
void capture_finish_call(struct capture *c, int64_t now, struct capture_out *out);

#endif
