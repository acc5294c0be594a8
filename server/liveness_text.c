/*
 * liveness_text.c - everything liveness says.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Texts for the person tell what to do, never how near a score was.
 */
#include "server/liveness.h"

/* One sentence for all passive cues: which of them it was helps nobody honest. */
#define UNCONFIRMED "you could not be seen well enough; try again in even light, with nothing before or behind your head"
#define CAMERA_BAD  "the camera's pictures could not be used; try again, and report it if it happens again"

enum liveness_ask
liveness_ask(const struct liveness *l)
{
	switch (l->phase) {
	case LIVENESS_SETTLE:
		return LIVENESS_ASK_LOOK;
	case LIVENESS_CHALLENGE:
		return l->open_ms > 0 ? LIVENESS_ASK_OPEN_EYES : l->plan[l->step];
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
	[LIVENESS_STILL] =         { "still", UNCONFIRMED },
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

enum liveness_reason
liveness_unanswered(enum liveness_ask a)
{
	switch (a) {
	case LIVENESS_ASK_BLINK:
	case LIVENESS_ASK_BLINK_TWICE:
		return LIVENESS_NO_BLINK;
	case LIVENESS_ASK_CLOSE_EYES:
	case LIVENESS_ASK_OPEN_EYES:
		return LIVENESS_NO_CLOSURE;
	case LIVENESS_ASK_NOD:
		return LIVENESS_NO_NOD;
	case LIVENESS_ASK_OPEN_MOUTH:
		return LIVENESS_NO_MOUTH;
	default:
		return LIVENESS_NO_TURN;
	}
}

static const char *
liveness_hint_blink(const struct liveness *l)
{
	if (l->shut_too_long)
		return "blink: close your eyes for a moment only";
	return l->plan[l->step] == LIVENESS_ASK_BLINK ? "blink" : "blink twice";
}

/* While a challenge is asked its own sentence stands; only what keeps the answer from being seen replaces it. */
static const char *
liveness_hint_challenge(const struct liveness *l)
{
	if (l->reason == LIVENESS_SEVERAL_FACES || l->reason == LIVENESS_OTHER_SIDE)
		return reasons[l->reason].hint;
	switch (l->plan[l->step]) {
	case LIVENESS_ASK_TURN_LEFT:
		return l->halfway ? "a little further to your left" : "turn your head to your left";
	case LIVENESS_ASK_TURN_RIGHT:
		return l->halfway ? "a little further to your right" : "turn your head to your right";
	case LIVENESS_ASK_NOD:
		return "nod: look down, and up again";
	case LIVENESS_ASK_OPEN_MOUTH:
		return "open your mouth wide";
	case LIVENESS_ASK_CLOSE_EYES:
		return l->open_ms > 0 ? "open your eyes" : "close your eyes until the bell rings";
	default:
		return l->reason == LIVENESS_FINE ? liveness_hint_blink(l) : reasons[l->reason].hint;
	}
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
