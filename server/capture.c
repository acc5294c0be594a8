/*
 * capture.c - see capture.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Frames in flight stand in `slot` in order of arrival. An answer waits there
 * until everything before it has been answered, so the judges see the frames
 * in the order in which the camera made them, however many workers there are.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/capture_impl.h"

#define BAD_PICTURES_MAX   10u	/* in a row */
#define BLIND_MS           8000	/* the vision worker down for so long ends it */
#define SILENCE_MS         1000	/* no frame for so long: credits were lost on the way */

void
capture_defaults(struct capture_options *o)
{
	memset(o, 0, sizeof *o);
	liveness_defaults(&o->liveness);
	cues_defaults(&o->cues);
	o->frame_ms = 3 * VISION_DEADLINE_MS;
}

struct capture *
capture_new(const struct capture_options *o, const struct rng *g, int64_t now)
{
	struct capture *c;

	if (liveness_options_check(&o->liveness) != RC_OK || !(o->match.cosine > 0.0f && o->match.cosine < 1.0f) ||
	    !(o->match.cosine_frame > 0.0f && o->match.cosine_frame <= o->match.cosine) ||
	    !(o->match.cosine_never <= o->match.cosine_frame) || o->frame_ms <= 0 ||
	    (!o->enrol && o->enrolled.by.embed_dim == 0))
		return NULL;
	if ((c = calloc(1, sizeof *c)) == NULL)
		return NULL;
	c->o = *o;
	c->o.liveness.held_n = recall_asked(o->cues.recall, c->o.liveness.held, LIVENESS_HELD_MAX);
	c->g = g;
	c->verdict = RC_AGAIN;
	c->began_ms = c->offered_ms = c->sighted_ms = now;
	c->low = c->cosine = NAN;
	capture_ask_begin(c, now);
	cues_begin(&c->cues, &c->o.cues);
	if (c->o.light)
		light_draw(&c->light, g);
	liveness_begin(&c->l, &c->o.liveness, g, now);
	return c;
}

void
capture_free(struct capture *c)
{
	if (c == NULL)
		return;
	cues_end(&c->cues);
	crypto_wipe(c, sizeof *c);
	free(c);
}

/* ---- frames ---- */

enum rc
capture_offer(struct capture *c, const struct capture_frame *frame, int64_t now, struct vision_request *ask, uint32_t *spare)
{
	struct capture_slot *s;

	if (c->verdict != RC_AGAIN)
		return RC_EARLY;
	if ((c->seq_any && frame->seq <= c->seq_newest) || frame->camera_us < 0 || frame->camera_us > CAPTURE_CAMERA_US_MAX)
		return RC_INVALID;
	c->seq_any = true;
	c->seq_newest = frame->seq;
	c->offered_ms = now;
	if (c->in_flight == CAPTURE_CREDITS)
		return RC_BUSY;		/* sent without a credit: none comes back */
	c->frames++;
	s = &c->slot[c->in_flight];
	memset(s, 0, sizeof *s);
	s->frame = *frame;
	s->at_ms = now;
	*ask = (struct vision_request){ .seq = frame->seq };
	*spare = capture_ask(c, now, ask);
	s->want = ask->want;
	c->in_flight++;
	return RC_OK;
}

/* ---- judging one frame ---- */

static void
capture_judge(struct capture *c, const struct capture_slot *s, int64_t now)
{
	const struct vision_features *f = &s->f;
	uint32_t part, misses = c->misses;
	bool settling, jumped;
	enum liveness_reason alarm;

	c->errors_row = c->bad_row = 0;
	c->sighted_ms = now;
	memset(&c->box, 0, sizeof c->box);
	if (f->faces > 0 && f->width > 0 && f->height > 0)
		c->box = (struct vision_box){
			f->face[0].x * 1000 / (float)f->width, f->face[0].y * 1000 / (float)f->height,
			f->face[0].w * 1000 / (float)f->width, f->face[0].h * 1000 / (float)f->height,
			f->face[0].score };
	jumped = capture_face_follow(c, f, s->at_ms, now);
	part = c->l.step;
	settling = c->l.phase == LIVENESS_SETTLE;
	cues_feed(&c->cues, f, s->at_ms, s->frame.camera_us, s->frame.hash);
	if ((alarm = cues_alarm(&c->cues)) != LIVENESS_FINE)
		liveness_refuse(&c->l, alarm, RC_NOT_LIVE);
	liveness_feed(&c->l, f, s->at_ms, now,
	    capture_face_owed(c, 0) || capture_ask_owes(c) || (part == c->l.steps && c->colour != 0));
	cues_asked(&c->cues, c->l.asked);
	capture_ask_saw(c, s, jumped);
	if (c->l.phase != LIVENESS_REFUSED && c->l.frontal && f->embed_dim > 0)
		capture_face_probe(c, s, part, settling);
	capture_picture_saw(c, s, c->misses > misses);
}

/* The verdicts are ours: what a worker said only says which kind of failure it was. */
static void
capture_judge_error(struct capture *c, const struct capture_slot *s, int64_t now)
{
	enum rc why = s->rc;

	capture_ask_lost(c, s);
	if (why == RC_BUSY)
		return;		/* a newer frame took its place */
	c->errors++;
	if (why == RC_VISION_DOWN || why == RC_TIMEOUT) {
		c->errors_row++;
		if (now - c->sighted_ms >= BLIND_MS)
			liveness_refuse(&c->l, LIVENESS_NETWORK, RC_VISION_DOWN);
	} else if (++c->bad_row >= BAD_PICTURES_MAX) {
		liveness_refuse(&c->l, LIVENESS_NETWORK, RC_IMAGE_BAD);
	}
}

/* Everything answered at the head of the line. */
static void
capture_drain(struct capture *c, int64_t now)
{
	while (c->in_flight > 0 && c->slot[0].answered) {
		if (c->slot[0].rc == RC_OK)
			capture_judge(c, &c->slot[0], now);
		else
			capture_judge_error(c, &c->slot[0], now);
		c->in_flight--;
		c->returns++;
		memmove(&c->slot[0], &c->slot[1], c->in_flight * sizeof c->slot[0]);
		crypto_wipe(&c->slot[c->in_flight], sizeof c->slot[0]);
	}
}

static struct capture_slot *
capture_find(struct capture *c, uint32_t seq)
{
	for (uint32_t i = 0; i < c->in_flight; i++)
		if (c->slot[i].frame.seq == seq && !c->slot[i].answered)
			return &c->slot[i];
	return NULL;
}

void
capture_features(struct capture *c, uint32_t seq, const struct vision_hello *by, const struct vision_features *f,
    int64_t now, struct capture_out *out)
{
	struct capture_slot *s = capture_find(c, seq);

	if (s != NULL && c->verdict == RC_AGAIN) {
		s->answered = true;
		s->rc = rc_from_wire(f->rc);
		s->f = *f;
		s->by = *by;
		capture_drain(c, now);
	}
	capture_finish_call(c, now, out);
}

void
capture_error(struct capture *c, uint32_t seq, enum rc why, int64_t now, struct capture_out *out)
{
	struct capture_slot *s = capture_find(c, seq);

	if (s != NULL && c->verdict == RC_AGAIN) {
		s->answered = true;
		s->rc = why == RC_OK ? RC_BUG : why;
		capture_drain(c, now);
	}
	capture_finish_call(c, now, out);
}

void
capture_tick(struct capture *c, int64_t now, struct capture_out *out)
{
	if (c->verdict == RC_AGAIN) {
		for (uint32_t i = 0; i < c->in_flight; i++)
			if (!c->slot[i].answered && now - c->slot[i].at_ms >= c->o.frame_ms) {
				c->slot[i].answered = true;
				c->slot[i].rc = RC_TIMEOUT;
			}
		capture_drain(c, now);
		liveness_tick(&c->l, now);
		if (c->in_flight == 0 && now - c->offered_ms >= SILENCE_MS) {
			c->returns = CAPTURE_CREDITS;
			c->offered_ms = now;
		}
	}
	capture_finish_call(c, now, out);
}

const struct trace *
capture_trace(const struct capture *c)
{
	return cues_trace(&c->cues);
}

enum rc
capture_template(const struct capture *c, struct match_template *t)
{
	if (!c->o.enrol || c->verdict != RC_OK)
		return RC_EARLY;
	*t = c->mean;
	return RC_OK;
}
