/*
 * liveness_text.c - shipped values, the plan, and everything liveness says.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Texts for the person tell what to do, never how near a score was.
 */
#include <string.h>

#include "server/liveness.h"
#include "server/liveness_plan.h"

/* One sentence for all passive cues: which of them it was helps nobody honest. */
#define UNCONFIRMED "you could not be seen well enough; try again in even light, with nothing before or behind your head"
#define CAMERA_BAD  "the camera's pictures could not be used; try again, and report it if it happens again"

void
liveness_defaults(struct liveness_options *o)
{
	*o = (struct liveness_options){
		.challenges = 2,
		.blink_ratio = .70f,
		.blink_ms = 500,
		.turn = .15f,
		.turn_frames = 2,
		.wrong_turns = 1,
		.settle_frames = 5,
		.settle_ms = 400,
		.react_ms = 100,
		.pause_ms = 600,
		.challenge_ms = 7000,
		.lost_ms = 1500,
		.timeout_ms = CAPTURE_TIMEOUT_MS,
		.face_min_px = 64,
		.face_min_part = .16f,
		.face_max_part = .80f,
		.dark = 40,
		.bright = 200,
		.sharp = 8,
		.roll = 15,
	};
}

enum rc
liveness_options_check(const struct liveness_options *o)
{
	if (o->challenges < 1 || o->challenges > LIVENESS_CHALLENGES_MAX || (o->no_blink && o->no_turn) ||
	    !(o->blink_ratio > 0.0f && o->blink_ratio < 1.0f) || !(o->turn > 0.0f && o->turn < 1.0f) ||
	    o->turn_frames < 1 || o->settle_frames < 1 || o->settle_frames > LIVENESS_SETTLE_MAX)
		return RC_INVALID;
	if (o->blink_ms <= 0 || o->settle_ms < 0 || o->react_ms < 0 || o->pause_ms < 0 || o->pause_ms > 60000 ||
	    o->challenge_ms <= 0 || o->lost_ms <= 0 || o->timeout_ms <= 0)
		return RC_INVALID;
	return RC_OK;
}

void
liveness_draw_plan(struct liveness *l, const struct rng *g)
{
	bool turn_next = rng_below(g, 2) == 1, odd = true;

	for (uint32_t i = 0; i < l->o.challenges; i++, odd = !odd) {
		/* pairs of both kinds, the order within each pair drawn anew */
		if (i > 0 && odd)
			turn_next = rng_below(g, 2) == 1;
		if (l->o.no_blink || (turn_next && !l->o.no_turn))
			l->plan[i] = rng_below(g, 2) == 1 ? LIVENESS_ASK_TURN_LEFT : LIVENESS_ASK_TURN_RIGHT;
		else
			l->plan[i] = LIVENESS_ASK_BLINK;
		turn_next = !turn_next;
		l->pause[i] = (int64_t)rng_below(g, (uint32_t)l->o.pause_ms + 1);
	}
	rng_fill(g, &l->sides, sizeof l->sides);
}

float
liveness_turn_sign(enum liveness_ask a, bool mirrored)
{
	float sign;

	/* A camera faces the person: in its picture the person's left is on the right, where turn is positive. */
	switch (a) {
	case LIVENESS_ASK_TURN_LEFT:
		sign = 1.0f;
		break;
	case LIVENESS_ASK_TURN_RIGHT:
		sign = -1.0f;
		break;
	default:
		return 0.0f;
	}
	return mirrored ? -sign : sign;
}

enum liveness_ask
liveness_ask(const struct liveness *l)
{
	switch (l->phase) {
	case LIVENESS_SETTLE:
		return LIVENESS_ASK_LOOK;
	case LIVENESS_CHALLENGE:
		return l->plan[l->step];
	case LIVENESS_PASSED:
		return LIVENESS_ASK_WAIT;
	case LIVENESS_REFUSED:
		break;
	}
	return LIVENESS_ASK_NONE;
}

static const struct {
	const char *name, *hint;
} reasons[LIVENESS_REASONS] = {
	[LIVENESS_FINE] =          { "fine", "hold still" },
	[LIVENESS_NO_FACE] =       { "no_face", "look at the camera" },
	[LIVENESS_SEVERAL_FACES] = { "several_faces", "only one person may be in view" },
	[LIVENESS_TOO_FAR] =       { "too_far", "come closer" },
	[LIVENESS_TOO_CLOSE] =     { "too_close", "move back a little" },
	[LIVENESS_CUT] =           { "cut", "move to the middle of the picture" },
	[LIVENESS_DARK] =          { "dark", "more light please" },
	[LIVENESS_BRIGHT] =        { "bright", "less light please" },
	[LIVENESS_BLURRED] =       { "blurred", "hold still" },
	[LIVENESS_TILTED] =        { "tilted", "hold your head upright" },
	[LIVENESS_NOT_FRONTAL] =   { "not_frontal", "look at the camera" },
	[LIVENESS_MOVING] =        { "moving", "hold still" },
	[LIVENESS_EYES_SHUT] =     { "eyes_shut", "open your eyes" },
	[LIVENESS_OTHER_SIDE] =    { "other_side", "that was the other side; look at the camera" },
	[LIVENESS_NO_BLINK] =      { "no_blink", "no blink was seen; try again and blink when asked" },
	[LIVENESS_NO_TURN] =       { "no_turn", "no turn of the head was seen; try again and turn when asked" },
	[LIVENESS_WRONG_TURNS] =   { "wrong_turns", "the head was turned to the other side; try again" },
	[LIVENESS_FACE_LOST] =     { "face_lost", "the face left the picture; try again and stay in view" },
	[LIVENESS_FACE_CHANGED] =  { "face_changed", "the face changed during the capture; try again alone and stay in view" },
	[LIVENESS_FACE_OTHER] =    { "face_other", "the face could not be confirmed" },
	[LIVENESS_TIMEOUT] =       { "timeout", "that took too long; try again" },
	[LIVENESS_NETWORK] =       { "vision_down", "the pictures could not be examined; try again in a moment" },
	[LIVENESS_NO_NOD] =        { "no_nod", "no nod was seen; try again and nod when asked" },
	[LIVENESS_NO_MOUTH] =      { "no_mouth", "an open mouth was not seen; try again and open it wide when asked" },
	[LIVENESS_NO_CLOSURE] =    { "no_closure", "closed eyes were not seen; try again and close them when asked" },
	[LIVENESS_EARLY] =         { "early", "wait until you are asked, then do it; try again" },
	[LIVENESS_OTHER_MOVE] =    { "other_move", "something else than asked was seen; try again and do what is asked" },
	[LIVENESS_FLAT] =          { "flat", UNCONFIRMED },
	[LIVENESS_SHEET] =         { "sheet", UNCONFIRMED },
	[LIVENESS_DEVICE] =        { "device", UNCONFIRMED },
	[LIVENESS_LIGHT] =         { "light", UNCONFIRMED },
	[LIVENESS_FROZEN] =        { "frozen", CAMERA_BAD },
	[LIVENESS_LOOP] =          { "loop", CAMERA_BAD },
	[LIVENESS_TIMING] =        { "timing", CAMERA_BAD },
	[LIVENESS_NO_NOISE] =      { "no_noise", CAMERA_BAD },
	[LIVENESS_SIZE] =          { "size", CAMERA_BAD },
	[LIVENESS_REPLAYED] =      { "replayed", CAMERA_BAD },
};

const char *
liveness_reason_name(enum liveness_reason r)
{
	return (unsigned)r < LIVENESS_REASONS ? reasons[r].name : "?";
}

const char *
liveness_ask_name(enum liveness_ask a)
{
	static const char *const names[LIVENESS_ASKS] = {
		[LIVENESS_ASK_NONE] = "none", [LIVENESS_ASK_LOOK] = "look", [LIVENESS_ASK_BLINK] = "blink",
		[LIVENESS_ASK_TURN_LEFT] = "turn_left", [LIVENESS_ASK_TURN_RIGHT] = "turn_right",
		[LIVENESS_ASK_WAIT] = "wait", [LIVENESS_ASK_BLINK_TWICE] = "blink_twice",
		[LIVENESS_ASK_CLOSE_EYES] = "close_eyes", [LIVENESS_ASK_OPEN_EYES] = "open_eyes",
		[LIVENESS_ASK_NOD] = "nod", [LIVENESS_ASK_OPEN_MOUTH] = "open_mouth",
	};

	return (unsigned)a < LIVENESS_ASKS ? names[a] : "?";
}

/* While a challenge is asked its own sentence stands; only what keeps the answer from being seen replaces it. */
static const char *
liveness_hint_challenge(const struct liveness *l)
{
	if (l->reason == LIVENESS_SEVERAL_FACES)
		return reasons[l->reason].hint;
	if (l->plan[l->step] == LIVENESS_ASK_BLINK) {
		if (l->reason == LIVENESS_FINE)
			return l->shut_too_long > 0 ? "blink: close your eyes for a moment only" : "blink";
		return reasons[l->reason].hint;
	}
	if (l->reason == LIVENESS_OTHER_SIDE)
		return reasons[l->reason].hint;
	if (l->plan[l->step] == LIVENESS_ASK_TURN_LEFT)
		return l->halfway ? "a little further to your left" : "turn your head to your left";
	return l->halfway ? "a little further to your right" : "turn your head to your right";
}

const char *
liveness_hint(const struct liveness *l)
{
	switch (l->phase) {
	case LIVENESS_SETTLE:
		/* the first thing to say, and the thing to say after a challenge */
		if (l->reason == LIVENESS_FINE && !l->settle_done)
			return "look at the camera";
		break;
	case LIVENESS_CHALLENGE:
		return liveness_hint_challenge(l);
	case LIVENESS_PASSED:
		return "thank you";
	case LIVENESS_REFUSED:
		if (l->verdict == RC_FACE_QUALITY)
			return "the face could not be seen well enough; try again with more light, facing the camera";
		break;
	}
	return reasons[l->reason].hint;
}
