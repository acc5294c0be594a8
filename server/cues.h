/*
 * cues.h - passive cues: is what the camera sees a living head and not a
 * picture of one, whatever is asked of it?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   several independent measures over one capture, fed with the
 *               features of its frames in order: the texture of the skin
 *               (cue_texture.h), motion in depth (cue_depth.h), face against
 *               background (cue_rigid.h), lids and brows that move of
 *               themselves (cue_still.h), the answer to the terminal's light
 *               (cue_light.h), the stream itself (cue_feed.h), whether it
 *               repeats itself (cue_loop.h) or is an earlier capture played
 *               again (cue_recall.h); and the rule that makes one verdict of
 *               them (cues_fuse.h).
 * What it isn't: it asks nothing of the person (liveness.h) and knows nobody's
 *               face. It has no clock and no heap.
 *
 * A cue that cannot be seen in this capture (no turn: no depth; a bright room:
 * no light) is not measured, and says nothing either way.
 *
 * Ownership: the caller's struct; cues_end() wipes it. Threads: none.
 */
#ifndef SERVER_CUES_H
#define SERVER_CUES_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"
#include "server/cue_depth.h"
#include "server/cue_cut.h"
#include "server/cue_feed.h"
#include "server/cue_light.h"
#include "server/cue_loop.h"
#include "server/cue_recall.h"
#include "server/cue_rigid.h"
#include "server/cue_still.h"
#include "server/cue_texture.h"
#include "server/liveness.h"

enum cue {
	CUE_TEXTURE,	/* the network for skin */
	CUE_PATTERN,	/* local patterns of brightness and colour */
	CUE_EDGE,	/* edge of a device or a paper round the face */
	CUE_DEPTH,	/* the turning head is no plane */
	CUE_RIGID,	/* face and background do not move as one sheet */
	CUE_STILL,	/* lids and brows move by themselves */
	CUE_LIGHT,	/* the terminal's colours come back from the skin */
	CUE_FEED,	/* times, sizes and noise as of a camera */
	CUES
};

struct cue_value {
	bool  measured;
	float value;		/* > 0 speaks for a living person; about the logarithm of the odds */
};

struct cues_options {
	bool  timed;	/* camera_us comes from a camera; a file of pictures has no such times */
	float fps_most;	/* pictures a second, more are not believed */
	const struct recall *recall;	/* earlier captures of the person, borrowed for the life of the cues; NULL: none */
};
/* The shipped values; nobody to recall. */
void cues_defaults(struct cues_options *o);

/* Read only outside server/cues.c. */
struct cues {
	struct cues_options o;
	struct cue_texture texture;
	struct cue_depth depth;
	struct cue_rigid rigid;
	struct cue_still still;
	struct cue_light light;
	struct cue_feed feed;
	struct cue_cut cut;
	struct cue_recall recall;
	struct cue_loop loop;
};

void cues_begin(struct cues *c, const struct cues_options *o);
/*
 * One frame that came in at at_ms (the server's monotonic clock), in the order of arrival; f->rc is RC_OK. camera_us: the terminal's
 * claim of when it was taken, microseconds of any clock. hash: of the JPEG's
 * bytes, under a key that no terminal knows.
 */
void cues_feed(struct cues *c, const struct vision_features *f, int64_t at_ms, int64_t camera_us, uint64_t hash);
/* From since_ms on the terminal was told to show this colour, 0xRRGGBB; 0: none. */
void cues_light(struct cues *c, uint32_t rgb, int64_t since_ms);

/* What is already certain (LIVENESS_FROZEN, _LOOP, _TIMING, _REPLAYED, ...), or LIVENESS_FINE. */
enum liveness_reason cues_alarm(const struct cues *c);
/* All cues, their fusion, and LIVENESS_FINE or why the capture is refused. May be called at any time. */
enum liveness_reason cues_judge(const struct cues *c, struct cue_value out[static CUES], float *fused);
/* What to remember of the capture so far; lives as long as c. */
const struct trace *cues_trace(const struct cues *c);
/* What the person has been asked so far goes into it (struct liveness). */
void cues_asked(struct cues *c, uint32_t asked);
void cues_end(struct cues *c);

/* "depth", for audit records, tools and tests. */
const char *cue_name(enum cue k);

#endif
