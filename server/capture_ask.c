/*
 * capture_ask.c - what is asked of the next frame: to search the picture or to
 * follow the face (capture_look.h), and whether to compute its embedding and
 * texture, and to bring a small picture of it along.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Embeddings cost most. The quota of a part goes to frames that are as good as
 * the best of that part so far, judged by the frame before. A few more are
 * taken at any time. The texture is looked at in the frame after one of the
 * first of them: both in one would keep a worker, and all who wait for it,
 * twice as long. All moments are drawn, so that nobody outside can foresee
 * which frame will show whose face it is and which one whether it is skin; a
 * busy pool may put each off for a few frames.
 */
#include <math.h>

#include "server/capture_ask.h"
#include "server/capture_impl.h"

#define PROBE_SETTLED     2u	/* frames settled before one is taken: nobody is judged while sitting down */
#define PROBE_GOOD        .80f	/* of the best quality in this part */
#define PROBE_LEAST_MS    300	/* from one embedding to the next one beyond the quota, and a drawn part on top */
#define PROBE_SPREAD_MS  1000
#define PROBE_ASKED_MS    500	/* after an ask one comes within so long: who answers is to be the one who looked */
#define QUALITY_SHARP     40.0f	/* variance of the Laplacian that is worth half */
#define QUALITY_LIGHT     60.0f	/* mean luma from which on light is good enough ... */
#define QUALITY_BRIGHT   180.0f	/* ... and up to which */
#define QUALITY_TURN      24.0f	/* degrees off the frontal level: worth nothing */

void
capture_ask_begin(struct capture *c, int64_t now)
{
	c->probe_ms = now + PROBE_LEAST_MS + rng_below(c->g, PROBE_SPREAD_MS + 1);
}

/* ---- what the last frame tells ---- */

/* 0 ... 1: how well an embedding of this frame would show whose face it is. */
static float
capture_quality(const struct capture *c, const struct vision_features *f)
{
	float light = fminf(f->brightness / QUALITY_LIGHT, (255.0f - f->brightness) / (255.0f - QUALITY_BRIGHT));
	float pose = 1.0f - fabsf(c->l.live.head.turned) / QUALITY_TURN;

	return f->sharpness / (f->sharpness + QUALITY_SHARP) * fmaxf(0.0f, fminf(1.0f, light)) * fmaxf(0.0f, pose);
}

/* The texture network surely did not run: the worker says so, the frame never reached it, or was no picture. */
static bool
capture_texture_spared(const struct capture_slot *s)
{
	return s->rc == RC_OK ? s->f.has_texture == 0 : s->rc == RC_BUSY || s->rc == RC_IMAGE_BAD;
}

/* What was asked for and did not come is due again: a busy pool delays it, and lets nobody off. */
static void
capture_owe(struct capture *c, const struct capture_slot *s, bool came)
{
	bool spared = capture_texture_spared(s);

	if ((s->want & VISION_WANT_EMBEDDING) != 0) {
		c->put_off = came ? 0 : c->put_off + 1;
		if (!came)
			c->probe_ms = s->at_ms;
	}
	if ((s->want & VISION_WANT_TEXTURE) != 0) {
		c->textures_put_off = spared ? c->textures_put_off + 1 : 0;
		c->textures_asked -= spared;
		c->texture_due |= spared;
	}
}

void
capture_ask_lost(struct capture *c, const struct capture_slot *s)
{
	capture_owe(c, s, false);
}

void
capture_ask_saw(struct capture *c, const struct capture_slot *s, bool jumped)
{
	const struct vision_features *f = &s->f;

	capture_owe(c, s, f->embed_dim > 0);
	capture_look_saw(&c->look, f, s->at_ms, !jumped);
	if (c->l.phase == LIVENESS_CHALLENGE && c->asked_ms != c->l.phase_ms) {
		int64_t due = s->at_ms + rng_below(c->g, PROBE_ASKED_MS + 1);

		c->asked_ms = c->l.phase_ms;
		c->probe_ms = due < c->probe_ms ? due : c->probe_ms;
	}
	if (c->quality_part != c->l.step) {
		c->quality_part = c->l.step;
		c->quality_best = 0.0f;
	}
	c->quality = c->l.frontal ? capture_quality(c, f) : 0.0f;
	c->quality_best = fmaxf(c->quality_best, c->quality);
}

/* ---- the next frame ---- */

/* An embedding for the quota of this part? Each good frame will do when only they are waited for. */
static bool
capture_draw_quota(const struct capture *c)
{
	if (c->l.settle_done)
		return true;
	return c->quality >= PROBE_GOOD * c->quality_best && rng_below(c->g, 2) == 0;
}

static bool
capture_draw_probe(const struct capture *c, int64_t now)
{
	uint32_t coming = 0;

	if (!c->l.frontal || (c->l.phase == LIVENESS_SETTLE && c->l.settled < PROBE_SETTLED))
		return false;
	for (uint32_t i = 0; i < c->in_flight; i++)
		coming += (c->slot[i].want & VISION_WANT_EMBEDDING) != 0;
	if (c->l.phase == LIVENESS_SETTLE && capture_face_owed(c, coming) && capture_draw_quota(c))
		return true;
	return now >= c->probe_ms;
}

bool
capture_ask_owes(const struct capture *c)
{
	return c->l.step == c->l.steps && c->textures_asked < CAPTURE_TEXTURES_LEAST;
}

/* What of a frame costs most, and which bits of it a busy pool may leave out this time. */
static uint32_t
capture_ask_costly(struct capture *c, bool probe, int64_t now, uint32_t *spare)
{
	*spare = 0;
	if (probe) {
		c->texture_due |= c->textures_asked < CAPTURE_TEXTURES_MOST;
		c->probe_ms = now + (c->again ? rng_below(c->g, PROBE_ASKED_MS + 1) :
		    PROBE_LEAST_MS + rng_below(c->g, PROBE_SPREAD_MS + 1));
		c->again = false;
		*spare = c->put_off < CAPTURE_PUT_OFF_MOST ? VISION_WANT_EMBEDDING : 0;
		return VISION_WANT_EMBEDDING;
	}
	if (!c->l.frontal || !(c->texture_due || capture_ask_owes(c)))
		return 0;
	c->texture_due = false;
	c->textures_asked++;
	*spare = c->textures_put_off < CAPTURE_PUT_OFF_MOST ? VISION_WANT_TEXTURE : 0;
	return VISION_WANT_TEXTURE;
}

uint32_t
capture_ask(struct capture *c, int64_t now, struct vision_request *ask)
{
	bool probe = capture_draw_probe(c, now);
	uint32_t spare, costly = capture_ask_costly(c, probe, now, &spare);
	const struct vision_box *box;

	ask->want = VISION_WANT_EYES | costly;
	if (probe || c->picture_worth == 0.0f)
		ask->want |= VISION_WANT_PICTURE;
	if ((box = capture_look_next(&c->look, c->g, now, costly != 0 ? CAPTURE_SEARCH_LATE_MS : 0)) != NULL)
		ask->track = *box;
	return spare;
}
