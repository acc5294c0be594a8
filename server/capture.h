/*
 * capture.h - one capture: the conversation that proves a live, known face.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   joins liveness (server/liveness.h), following the face
 *               (capture_track.h) and the match (match.h) over one sequence of
 *               frames; decides which frames are sent to the vision worker and
 *               for what, grants credits, gives guidance and the verdict.
 * What it isn't: it sends nothing and stores nothing; the desk does, from what
 *               comes back in struct capture_out.
 *
 * A face swapped in the middle is caught by embeddings taken from at least
 * CAPTURE_PROBES frames that nobody can foresee, at least one in every part of
 * the capture (before, between and after the challenges). Between searches of
 * the whole picture, about three a second, the worker is told to follow the
 * one face that it found. In verification each
 * of them must look like the template; in enrolment they must agree. In other
 * such frames the texture of the skin is looked at, and no capture ends well
 * before it was asked for in a few of them.
 *
 * Usage by a desk, times in ms of the monotonic clock:
 *   capture_new()                 on CaptureBegin; CAPTURE_CREDITS are granted
 *   capture_offer()               for every frame of the video socket
 *   capture_features() / _error() for every answer of the vision pool
 *   capture_tick()                every 50 ... 100 ms
 *   capture_free()                after out.done, or when the session ends
 * After each of the middle three, act on *out: send guide and credits, finish
 * the capture when done is set.
 *
 * Ownership: the capture copies its options, template included, and wipes all
 * on capture_free(). Threads: none; one capture belongs to one desk.
 */
#ifndef SERVER_CAPTURE_H
#define SERVER_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/crypto.h"
#include "proto/limits.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"
#include "server/cues.h"
#include "server/light.h"
#include "server/liveness.h"
#include "server/match.h"
#include "server/match_rule.h"

#define CAPTURE_PROBES       5u		/* embeddings that must agree, at least */
#define CAPTURE_CAMERA_US_MAX (INT64_C(1) << 53)	/* 285 years on a terminal's clock */
#define CAPTURE_DETAIL_BYTES 240u	/* audit text with NUL */

struct capture_options {
	bool  enrol;		/* true: make a template; false: verify against one */
	struct liveness_options liveness;
	bool  light;		/* the terminal can show colours, and may */
	struct cues_options cues;
	struct match_rule match;	/* thresholds of the averaged frames and of every single one; borrowed */
	int64_t frame_ms;	/* a frame without an answer for so long is given up */
	struct match_template enrolled;	/* verification only */
};
/* Shipped values for everything but the rule and the template. */
void capture_defaults(struct capture_options *o);

/* What the desk has to do now. Texts live as long as the program. */
struct capture_out {
	bool guide;		/* something to show changed: send CaptureGuide */
	enum liveness_ask ask;	/* as CaptureAsk of countersign.proto */
	const char *hint;	/* for the person, at most HINT_MAX_BYTES; no score in it */
	uint32_t step, steps;	/* challenges passed, of how many */
	int32_t  x, y;		/* face box in thousandths of the picture; w 0: none */
	uint32_t w, h;

	uint32_t light;		/* colour that the terminal has to show, 0xRRGGBB; 0: none */

	uint32_t credits;	/* send VideoCredit with this many more frames; 0: none. Lost frames are made good after a
				   second of silence, so a terminal never counts above CAPTURE_CREDITS. */
	uint32_t credit_seq;	/* newest frame received */

	bool done;		/* the verdict stands; set once, then again on every later call */
	enum rc verdict;	/* RC_OK, RC_FACE_OTHER, RC_NOT_LIVE, RC_NO_FACE, RC_SEVERAL_FACES,
				   RC_FACE_QUALITY, RC_CAPTURE_TIMEOUT, RC_VISION_DOWN, RC_EMBEDDER_OTHER */
	bool counts;		/* the failure counts against the person */
	char detail[CAPTURE_DETAIL_BYTES];	/* for the audit record alone: reason and numbers */
};

/* A frame as it came in. */
struct capture_frame {
	uint32_t seq;
	int64_t  camera_us;	/* when it was taken, by a clock of the terminal's; a claim */
	uint64_t hash;		/* of the JPEG's bytes, under a key that no terminal knows */
};

struct capture;

/* NULL: out of memory or options that make no sense. g is used for the whole life of the capture. */
struct capture *capture_new(const struct capture_options *o, const struct rng *g, int64_t now);
void            capture_free(struct capture *c);	/* NULL is fine */

/* What to show before the first frame, and again whenever the terminal lost track. */
void capture_state(const struct capture *c, struct capture_out *out);

/*
 * A frame has come in. RC_OK: send it to the vision pool with *ask (all but
 * jpeg_bytes is filled) and *spare (bits of ask->want that a busy pool may
 * leave out this time); it is in flight until capture_features() or
 * capture_error(). Otherwise drop it: RC_BUSY (no credit left), RC_INVALID
 * (seq not newer than the last, camera_us out of bounds), RC_EARLY (the capture is over).
 */
enum rc capture_offer(struct capture *c, const struct capture_frame *frame, int64_t now, struct vision_request *ask,
    uint32_t *spare) MUST_CHECK;

/*
 * The worker's answer to frame seq; by is the worker's hello. Answers may
 * overtake each other, they are judged in order of arrival of the frames. An
 * answer to a frame that is not in flight is ignored.
 */
void capture_features(struct capture *c, uint32_t seq, const struct vision_hello *by, const struct vision_features *f,
    int64_t now, struct capture_out *out);
/* Frame seq got no features (RC_BUSY replaced by a newer one, RC_VISION_DOWN, RC_IMAGE_BAD, ...). Fatal only when repeated. */
void capture_error(struct capture *c, uint32_t seq, enum rc why, int64_t now, struct capture_out *out);
void capture_tick(struct capture *c, int64_t now, struct capture_out *out);

/* What to remember of the capture so far (cue_trace.h); lives as long as c. */
const struct trace *capture_trace(const struct capture *c);
/* The most telling picture so far of those that were judged, EVIDENCE_BYTES, as long as c; NULL: none came. */
const uint8_t *capture_picture(const struct capture *c);
/* Enrolment that ended with RC_OK: the template; RC_EARLY otherwise. The caller wipes it. */
enum rc  capture_template(const struct capture *c, struct match_template *t) MUST_CHECK;

#endif
