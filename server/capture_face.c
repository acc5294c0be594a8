/*
 * capture_face.c - whose face it is, from one stretch of the capture to the
 * next.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A stretch ends where the face was not seen in a frame, for a while, or
 * jumped: somebody else may have come behind it. So a new one owes an embedding
 * at once and another soon after, and nothing counts that was answered in a
 * stretch of which no embedding agreed: it is asked anew.
 *
 * What the matcher has against a face is kept until the challenges and the
 * passive cues have had their say, and everything goes on as if it agreed: how
 * a capture runs and ends tells nobody who is not alive that a face is right.
 */
#include <math.h>

#include "server/capture_impl.h"

#define MISSES_EARLY       2u	/* poor embeddings forgiven before two agreed ... */
#define MISSES_LATER       1u	/* ... and after */
#define MISS_APART_MS      300	/* one bad moment is one miss */
#define JUMPS_MAX          4u	/* of the face box, once a challenge was asked */
#define VOIDS_MAX          2u	/* answers that were nobody's; a finder may lose a face twice in a row */

/* ---- stretches ---- */

static bool
capture_has_asked(const struct capture *c)
{
	return c->l.phase == LIVENESS_CHALLENGE || c->l.step > 0;
}

static void
capture_stretch_begin(struct capture *c, int64_t at_ms, int64_t now)
{
	bool nobodys = !c->proven && (c->l.phase == LIVENESS_CHALLENGE || c->l.step > c->stretch_step);

	if (nobodys && ++c->voids > VOIDS_MAX)
		liveness_refuse(&c->l, LIVENESS_FACE_CHANGED, RC_NOT_LIVE);
	else if (nobodys)
		liveness_repeat(&c->l, now);
	c->proven = false;
	c->stretch_step = c->l.step;
	if (!capture_has_asked(c))
		return;
	c->probe_ms = at_ms;
	c->again = true;
}

bool
capture_face_follow(struct capture *c, const struct vision_features *f, int64_t at_ms, int64_t now)
{
	enum capture_track_result t = capture_track_feed(&c->track, f, at_ms);

	if (t == CAPTURE_TRACK_NEW || t == CAPTURE_TRACK_JUMP)
		capture_stretch_begin(c, at_ms, now);
	if (t == CAPTURE_TRACK_JUMP && capture_has_asked(c) && ++c->jumps > JUMPS_MAX)
		liveness_refuse(&c->l, LIVENESS_FACE_CHANGED, RC_NOT_LIVE);
	return t == CAPTURE_TRACK_JUMP;
}

/* ---- embeddings ---- */

/* Two before the first ask, as others are compared with them; one in every later part, and CAPTURE_PROBES in all. */
bool
capture_face_owed(const struct capture *c, uint32_t more)
{
	return (!c->proven && more == 0) || c->good[c->l.step] + more < (c->l.step == 0 ? 2 : 1) ||
	    (c->l.step == c->l.steps && c->agreed + more < CAPTURE_PROBES);
}

/* Does this embedding look like the enrolled face and like the ones before it? *cosine: the lower one. */
static enum rc
capture_agrees(struct capture *c, const struct vision_hello *by, const struct vision_features *f, float *cosine)
{
	float with = 1.0f;
	enum rc r = RC_OK;

	*cosine = 1.0f;
	if (!c->o.enrol) {
		if ((r = match_frame(&c->o.enrolled, by, f, cosine)) != RC_OK)
			return r;
		c->low = fminf(c->low, *cosine);
		if (!(*cosine >= c->o.match.cosine_frame))
			return RC_FACE_OTHER;
	}
	if (c->set.n == 0)
		return RC_OK;
	if ((r = match_frame(&c->mean, by, f, &with)) != RC_OK)
		return r;
	if (c->o.enrol)
		c->low = fminf(c->low, with);
	*cosine = fminf(*cosine, with);
	return with >= c->o.match.cosine_frame ? RC_OK : RC_FACE_OTHER;
}

/* One that does not look like it. Many strangers, and hardly ever the right face, look as little like it as `never`. */
static void
capture_miss(struct capture *c, float cosine, int64_t at_ms)
{
	bool never = capture_has_asked(c) && !(cosine >= c->o.match.cosine_never);

	if (!never && c->misses > 0 && at_ms - c->miss_ms < MISS_APART_MS)
		return;
	c->miss_ms = at_ms;
	if (++c->misses <= (c->set.n < 2 ? MISSES_EARLY : MISSES_LATER) && !never)
		return;
	if (c->o.enrol)
		liveness_refuse(&c->l, LIVENESS_FACE_CHANGED, RC_NOT_LIVE);
	else
		c->other = c->set.n > 0 ? LIVENESS_FACE_CHANGED : LIVENESS_FACE_OTHER;
}

void
capture_face_probe(struct capture *c, const struct capture_slot *s, uint32_t part, bool counts)
{
	float cosine = 0.0f;
	enum rc r = capture_agrees(c, &s->by, &s->f, &cosine);

	if (r == RC_INVALID)
		return;
	c->probes++;
	if (r == RC_OK && c->other == LIVENESS_FINE && (r = match_set_add(&c->set, &s->by, &s->f)) == RC_OK)
		r = match_set_template(&c->set, &c->mean);
	if (r == RC_FACE_OTHER && c->other == LIVENESS_FINE)
		capture_miss(c, cosine, s->at_ms);
	if (r == RC_OK || (r == RC_FACE_OTHER && c->other != LIVENESS_FINE)) {
		c->good[part] += counts;
		c->agreed++;
		c->proven = true;
	} else if (r != RC_FACE_OTHER) {
		liveness_refuse(&c->l, LIVENESS_NETWORK, r);
	}
}
