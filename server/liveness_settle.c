/*
 * liveness_settle.c - what is wrong with a frame, and whether the person looks
 * at the camera and is still.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "proto/face_outcome.h"
#include "server/liveness_impl.h"

#define FRONTAL_OFF   9.0f	/* degrees off the frontal level: looks elsewhere, */
#define FRONTAL_MOST 18.0f	/* and off the camera, where no level is known */
#define BOWED        14.0f	/* degrees off the level of pitch */

/* The face is there and alone; is it where it should be, and in good light? */
static enum liveness_reason
liveness_judge_picture(const struct liveness *l, const struct vision_features *f)
{
	const struct liveness_options *o = &l->o;
	float side = fminf(f->face[0].w, f->face[0].h), tall = (float)f->height;

	if (side < o->face_min_px || side < o->face_min_part * tall)
		return LIVENESS_TOO_FAR;
	if (f->face[0].h > o->face_max_part * tall)
		return LIVENESS_TOO_CLOSE;
	if (face_cut(f))
		return LIVENESS_CUT;
	if (f->brightness < o->dark)
		return LIVENESS_DARK;
	if (f->brightness > o->bright)
		return LIVENESS_BRIGHT;
	return f->sharpness < o->sharp ? LIVENESS_BLURRED : LIVENESS_FINE;
}

enum liveness_reason
liveness_judge(const struct liveness *l, const struct vision_features *f)
{
	const struct live_head *h = &l->live.head;
	enum liveness_reason r;

	if (f->faces == 0 || f->height == 0)
		return f->height > 0 && face_outcome(f) == FACE_DARK ? LIVENESS_DARK : LIVENESS_NO_FACE;
	if (face_crowded(f) || (f->tracked != 0 && l->crowd > 0))
		return LIVENESS_SEVERAL_FACES;
	if ((r = liveness_judge_picture(l, f)) != LIVENESS_FINE)
		return r;
	if (fabsf(f->roll) > l->o.roll)
		return LIVENESS_TILTED;
	if (!h->yaw.known)
		return fabsf(f->yaw) > FRONTAL_MOST ? LIVENESS_NOT_FRONTAL : LIVENESS_FINE;
	return fabsf(h->turned) > FRONTAL_OFF || (h->pitch.known && fabsf(h->bowed) > BOWED) ? LIVENESS_NOT_FRONTAL :
	    LIVENESS_FINE;
}

/* Nothing moves that could be an answer to the next ask. */
static bool
liveness_still(const struct liveness *l)
{
	const struct live *v = &l->live;

	if (!v->head.yaw.known || v->head.turn.side != 0 || v->eyes.low)
		return false;
	if (l->step == l->steps)
		return true;
	return (l->plan[l->step] != LIVENESS_ASK_NOD || (v->head.pitch.known && v->head.nod.side == 0)) &&
	    (l->plan[l->step] != LIVENESS_ASK_OPEN_MOUTH || (v->mouth.level.known && v->mouth.swing.side == 0));
}

void
liveness_feed_settle(struct liveness *l, int64_t at_ms, int64_t now_ms, bool hold)
{
	if (l->reason == LIVENESS_FINE && !l->live.head.yaw.known && l->live.head.yaw.n == LIVE_LEVEL_FRAMES)
		l->reason = LIVENESS_MOVING;
	if (l->reason != LIVENESS_FINE) {
		l->settled = 0;
		l->settle_done = false;
		return;
	}
	if (l->settled == 0)
		l->settled_from = at_ms;
	l->settled++;
	if (!l->settle_done && l->settled >= l->o.settle_frames && at_ms - l->settled_from >= l->o.settle_ms) {
		l->settle_done = true;
		l->settled_since = now_ms;
	}
	if (!l->settle_done || hold || !liveness_still(l))
		return;
	if (l->step == l->steps)
		liveness_enter(l, LIVENESS_PASSED, now_ms);
	else if (now_ms - l->settled_since >= l->pause[l->step])
		liveness_enter(l, LIVENESS_CHALLENGE, now_ms);
}
