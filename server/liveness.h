/*
 * liveness.h - does a living person answer? A state machine over the features
 * of a sequence of frames.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a plan of challenges drawn at random per capture, asked one
 *               after another, and the rules for what counts as an answer.
 * What it isn't: it has no clock, no picture, no template and no heap; it does
 *               not follow the face from frame to frame (capture_track.h),
 *               compares no embeddings (capture.h), sees the movements through
 *               live.h and leaves what needs no answer to cues.h.
 *
 *   SETTLE -> ASK 1 -> SETTLE -> ASK 2 -> ... -> SETTLE -> PASSED
 *
 * SETTLE waits for one frontal face of good quality for some frames, and for a
 * drawn pause. An answer has to begin after the ask, and later than anybody
 * can read it: one that began before is none, and the second such ends it
 * (EARLY). So do clear movements that were not asked for, when there are more
 * than are forgiven (OTHER_MOVE). What is forgiven costs a further challenge,
 * of a kind that was not seen so far: a recording whose movements come in
 * another order, or to the other side, does not hold it. Natural blinks are
 * always free.
 *
 * Times are milliseconds of one monotonic clock, the server's. at_ms is when a
 * frame arrived, now_ms when its features did; a terminal's own times are not
 * believed. Frames are fed in the order in which they arrived.
 * Threads: none.
 */
#ifndef SERVER_LIVENESS_H
#define SERVER_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/crypto.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"
#include "server/live.h"

#define LIVENESS_CHALLENGES_MAX 3u
#define LIVENESS_EXTRA_MAX      2u	/* challenges more, one for each mistake that is forgiven */
#define LIVENESS_STEPS_MAX      (LIVENESS_CHALLENGES_MAX + LIVENESS_EXTRA_MAX)
#define LIVENESS_HELD_MAX       4u	/* newest captures whose movements a plan stays away from: enough is left to draw */

/* What the person is asked; left and right are the person's own. Numbers as in CaptureAsk of countersign.proto. */
enum liveness_ask {
	LIVENESS_ASK_NONE = 0,
	LIVENESS_ASK_LOOK = 1,
	LIVENESS_ASK_BLINK = 2,
	LIVENESS_ASK_TURN_LEFT = 3,
	LIVENESS_ASK_TURN_RIGHT = 4,
	LIVENESS_ASK_WAIT = 5,
	LIVENESS_ASK_BLINK_TWICE = 6,
	LIVENESS_ASK_CLOSE_EYES = 7,	/* one challenge with the next: */
	LIVENESS_ASK_OPEN_EYES = 8,	/* who has closed their eyes cannot read, so the terminal rings its bell */
	LIVENESS_ASK_NOD = 9,
	LIVENESS_ASK_OPEN_MOUTH = 10,
	LIVENESS_ASKS
};

/* Kinds of challenges, as bits. */
enum liveness_kind {
	LIVENESS_BLINK       = 1u << 0,
	LIVENESS_BLINK_TWICE = 1u << 1,
	LIVENESS_CLOSE       = 1u << 2,
	LIVENESS_TURN        = 1u << 3,	/* to a drawn side */
	LIVENESS_NOD         = 1u << 4,
	LIVENESS_MOUTH       = 1u << 5,
};
#define LIVENESS_KIND_N 6u
#define LIVENESS_EYES  ((uint32_t)LIVENESS_BLINK | LIVENESS_BLINK_TWICE | LIVENESS_CLOSE)
#define LIVENESS_KINDS (LIVENESS_EYES | LIVENESS_TURN | LIVENESS_NOD | LIVENESS_MOUTH)

/* Why things are not well: guidance while running, the reason at the end. */
enum liveness_reason {
	LIVENESS_FINE,
	LIVENESS_NO_FACE,
	LIVENESS_SEVERAL_FACES,
	LIVENESS_TOO_FAR,
	LIVENESS_TOO_CLOSE,
	LIVENESS_CUT,		/* by the border of the picture */
	LIVENESS_DARK,
	LIVENESS_BRIGHT,
	LIVENESS_BLURRED,
	LIVENESS_TILTED,
	LIVENESS_NOT_FRONTAL,
	LIVENESS_MOVING,
	LIVENESS_EYES_SHUT,	/* longer than a blink */
	LIVENESS_OTHER_SIDE,	/* turned to the wrong side */
	/* reasons of a refusal */
	LIVENESS_NO_BLINK,
	LIVENESS_NO_TURN,
	LIVENESS_WRONG_TURNS,	/* to the wrong side too often */
	LIVENESS_FACE_LOST,
	LIVENESS_FACE_CHANGED,
	LIVENESS_FACE_OTHER,	/* not the enrolled one */
	LIVENESS_TIMEOUT,
	LIVENESS_NETWORK,	/* the vision worker failed too often */
	LIVENESS_NO_NOD,
	LIVENESS_NO_MOUTH,
	LIVENESS_NO_CLOSURE,
	LIVENESS_EARLY,		/* answered before it was asked */
	LIVENESS_OTHER_MOVE,	/* did something else than asked */
	/* by the passive cues (cues.h) */
	LIVENESS_FLAT,		/* skin like a picture's */
	LIVENESS_SHEET,		/* no depth, or face and background move as one */
	LIVENESS_STILL,		/* nothing in the face moves by itself */
	LIVENESS_DEVICE,	/* an edge of a device or a paper round the face */
	LIVENESS_LIGHT,		/* the terminal's colours do not come back */
	LIVENESS_FROZEN,	/* the same picture again and again */
	LIVENESS_LOOP,
	LIVENESS_TIMING,	/* not as a camera gives its pictures */
	LIVENESS_NO_NOISE,
	LIVENESS_SIZE,		/* pictures of another size in between */
	LIVENESS_REPLAYED,	/* an earlier capture, played again */
	LIVENESS_REASONS
};

struct liveness_options {
	uint32_t challenges;	/* 1 ... LIVENESS_CHALLENGES_MAX; every kind comes up once before one repeats */
	uint32_t kinds;		/* of which the plan is made */
	uint32_t without;	/* kinds that this person is spared; if no other is left in `kinds`, all the others
				   stand in, and without any at all nothing is asked */
	uint32_t held[LIVENESS_HELD_MAX], held_n;	/* `asked` of earlier captures, newest first: recordings that
				   somebody may have */
	bool     mirrored;	/* the camera's pictures are mirrored */
	struct live_rule live;	/* what is a movement */
	uint32_t wrong_turns;	/* to the wrong side that are forgiven */
	uint32_t early, others;	/* answers before the ask, movements not asked for: forgiven */
	uint32_t settle_frames;
	int64_t  settle_ms;	/* first and last of them at least this far apart */
	int64_t  react_ms;	/* nobody answers faster than this after an ask */
	int64_t  pause_ms;	/* a random wait up to this before an ask */
	int64_t  hold_ms;	/* eyes are to be held shut for so long, and a drawn part on top */
	int64_t  challenge_ms;	/* window of one challenge */
	int64_t  lost_ms;	/* without a face during a challenge */
	int64_t  timeout_ms;	/* the whole of it */
	float    face_min_px;	/* shorter side of the box */
	float    face_min_part, face_max_part;	/* of the picture's height */
	float    dark, bright;	/* mean luma */
	float    sharp;		/* least variance of the Laplacian */
	float    roll;		/* degrees */
};
/* The shipped values. */
void liveness_defaults(struct liveness_options *o);
/* RC_INVALID when no plan can be made of it. */
enum rc liveness_options_check(const struct liveness_options *o) MUST_CHECK;

enum liveness_phase {
	LIVENESS_SETTLE,	/* look at the camera */
	LIVENESS_CHALLENGE,	/* plan[step] is asked */
	LIVENESS_PASSED,
	LIVENESS_REFUSED,	/* reason says why */
};

/* May be zeroed; liveness_begin() fills it. Read only outside liveness*.c. */
struct liveness {
	struct liveness_options o;
	uint32_t steps;			/* challenges in the plan */
	enum liveness_ask plan[LIVENESS_STEPS_MAX];
	int64_t  pause[LIVENESS_STEPS_MAX];	/* drawn waits */
	enum liveness_kind order[LIVENESS_KIND_N];	/* all kinds, in drawn order: what a mistake costs */
	uint32_t seen;			/* kinds that were asked, or shown unasked */
	int64_t  hold_ms;		/* drawn */
	uint32_t drawn;			/* bits for what is asked again */
	enum liveness_phase phase;
	enum liveness_reason reason;	/* guidance now, or why refused */
	enum rc  verdict;		/* RC_AGAIN while running */
	uint32_t step;			/* challenges passed */
	int64_t  began_ms, phase_ms;	/* phase_ms: when this phase began, or was asked again */
	int64_t  fed_ms, face_ms;	/* last frame, last frame with a face */
	bool     face_seen;		/* at least once */
	struct live live;		/* the person's movements */
	/* settling */
	uint32_t settled;		/* good frames in a row */
	int64_t  settled_from, settled_since;	/* first of them; when settling was complete */
	bool     settle_done;
	/* the running challenge */
	uint32_t blinks;
	int64_t  blink_ms;		/* the last of them */
	int64_t  open_ms;		/* told to open the eyes again then; 0: not yet */
	bool     shut_too_long;		/* a closure instead of a blink */
	bool     halfway;		/* turned to the right side, not far enough yet */
	uint32_t asked;			/* a bit 1 << liveness_ask for each that was asked so far */
	uint32_t wrong, early, others;	/* so far, of all challenges */
	int64_t  passed_ms;		/* the last challenge was */
	uint32_t crowd;			/* consecutive frames with several faces, of those searched */
	/* the last frame, for whoever picks frames */
	bool     frontal;		/* it showed one good frontal face */
};

/* Draws the plan from g. o is copied and must pass liveness_options_check(). */
void liveness_begin(struct liveness *l, const struct liveness_options *o, const struct rng *g, int64_t now_ms);
/*
 * One frame. hold: the caller is not ready to leave SETTLE (it still wants
 * frames of the settled face). f->rc must be RC_OK. No effect after the end.
 */
void liveness_feed(struct liveness *l, const struct vision_features *f, int64_t at_ms, int64_t now_ms, bool hold);
/* Windows and time-outs; call every 100 ms or so also when no frame comes. */
void liveness_tick(struct liveness *l, int64_t now_ms);
/* From outside: what was answered last, or is being asked, shall be shown once more (nobody saw whose answer it was). */
void liveness_repeat(struct liveness *l, int64_t now_ms);
/* Ends it from outside (the face jumped, the network failed). No effect after the end. */
void liveness_refuse(struct liveness *l, enum liveness_reason why, enum rc verdict);

bool liveness_done(const struct liveness *l);
/* What to show now: the ask and one sentence for the person, never NULL, never a score. */
enum liveness_ask liveness_ask(const struct liveness *l);
const char *liveness_hint(const struct liveness *l);
/* "no_blink", for logs, audit records and tests. */
const char *liveness_reason_name(enum liveness_reason r);
const char *liveness_ask_name(enum liveness_ask a);
/* The refusal of a challenge that was not answered in time. */
enum liveness_reason liveness_unanswered(enum liveness_ask a);

/*
 * The one place where picture and person meet: the sign that yaw and turn have
 * (+1 or -1, vision_wire.h) when the person turns to the asked side of their
 * own. 0 for asks that are no turn.
 */
float liveness_turn_sign(enum liveness_ask a, bool mirrored);

#endif
