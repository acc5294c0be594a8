/*
 * capture_impl.h - the inside of a capture, for capture.c (frames and judging),
 * capture_ask.c (what is asked of the next frame), capture_face.c (whose face it
 * is), capture_picture.c (what is kept to be looked at) and capture_out.c (verdict and what the desk is told) only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SERVER_CAPTURE_IMPL_H
#define SERVER_CAPTURE_IMPL_H

#include "server/capture.h"
#include "server/capture_look.h"
#include "server/capture_track.h"

#define CAPTURE_PARTS_MAX (LIVENESS_STEPS_MAX + 1)	/* before, between and after the challenges */

struct capture_slot {
	struct capture_frame frame;
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
	uint32_t light;
	int64_t  hint_ms, sent_ms;
	bool     any;
};

struct capture {
	struct capture_options o;
	const struct rng *g;
	struct liveness l;
	struct capture_track track;
	struct cues cues;
	struct light light;
	int64_t  light_ms;		/* when its first colour was told; 0: not yet */
	uint32_t colour;		/* that shows now */
	struct match_set set;		/* agreed embeddings */
	struct match_template mean;	/* of set, once it is not empty */

	struct capture_slot slot[CAPTURE_CREDITS];	/* the first in_flight, oldest first */
	uint32_t in_flight;
	bool     seq_any;
	uint32_t seq_newest;
	uint32_t returns;		/* credits to give back */
	int64_t  offered_ms;

	uint32_t good[CAPTURE_PARTS_MAX];	/* agreed embeddings per part of the capture */
	uint32_t agreed;		/* of all, those during challenges among them */
	uint32_t probes, misses;
	int64_t  miss_ms;
	bool     proven;		/* an embedding agreed in this stretch: since the face came, came back or jumped */
	uint32_t stretch_step;		/* challenges passed when it began */
	uint32_t voids;			/* answers of a stretch that nobody proved */
	enum liveness_reason other;	/* what the matcher has against it; LIVENESS_FINE: nothing yet */
	float    low, cosine;		/* lowest of a frame, the mean's with the template; NAN: none; for the auditor */

	struct capture_look look;
	int64_t  probe_ms;		/* the next embedding beyond the quota is due */
	int64_t  asked_ms;		/* the challenge for which that was drawn began then */
	bool     again;			/* and once more soon after it */
	uint32_t put_off;		/* times in a row that an embedding was asked for and did not come */
	float    quality, quality_best;	/* of the last frame, of the best one in this part */
	uint32_t quality_part;

	bool     texture_due;		/* in the next frontal frame without an embedding */
	uint32_t textures_asked;	/* and not refused */
	uint32_t textures_put_off;	/* times in a row */
	uint32_t frames, errors, errors_row, bad_row, jumps;
	int64_t  began_ms, ended_ms, sighted_ms;	/* sighted: last features */
	struct cue_value cue[CUES];	/* judged at the end */
	float    fused;
	enum rc  verdict;		/* RC_AGAIN while running */
	float    picture_worth;		/* of picture; 0: there is none */
	uint8_t  picture[EVIDENCE_H][EVIDENCE_W];
	struct capture_shown shown;
	struct vision_box box;		/* of the last frame, in thousandths */
};

/*
 * capture_face.c; follow: before liveness is fed with the frame; true: the face jumped. owed: this part may not be
 * left yet, even if so many more agree. probe: a frontal frame with an embedding, after it was fed; counts: made
 * while settling in this part.
 */
bool capture_face_follow(struct capture *c, const struct vision_features *f, int64_t at_ms, int64_t now);
bool capture_face_owed(const struct capture *c, uint32_t more);
void capture_face_probe(struct capture *c, const struct capture_slot *s, uint32_t part, bool counts);

/* capture_ask.c; begin: before the first frame; saw: after liveness was fed with it; lost: it got no features. */
void capture_ask_begin(struct capture *c, int64_t now);
void capture_ask_saw(struct capture *c, const struct capture_slot *s, bool jumped);
void capture_ask_lost(struct capture *c, const struct capture_slot *s);
/*
 * Fills want and track of a request that is about to be sent, and returns the
 * bits that may be left out; the new frame is not in a slot yet.
 */
uint32_t capture_ask(struct capture *c, int64_t now, struct vision_request *ask);
/* So few textures were asked for, and not refused, that the last part may not be left yet. */
bool capture_ask_owes(const struct capture *c);

/* capture_picture.c; after the frame was judged. missed: its face did not look like the one it should be. */
void capture_picture_saw(struct capture *c, const struct capture_slot *s, bool missed);

/* Draws the conclusion if there is one, then fills *out. Ends every call that may change something. */
void capture_finish_call(struct capture *c, int64_t now, struct capture_out *out);

#endif
