/*
 * capture_out.c - how a capture ends, and what the desk is told.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Guidance is for the person and holds no number; the detail is for the audit
 * record alone and does.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/capture_impl.h"
#include "server/cues_fuse.h"

#define BLIND_LEAST        3u	/* errors in a row before a missing answer is the worker's fault */
#define BLIND_WAIT_MS      2000	/* or the oldest frame waiting so long */
#define BOX_STEP           10	/* thousandths: a smaller move is not worth a message */
#define GUIDE_BOX_MS       100	/* a moving box is told at most this often */
#define HINT_HOLD_MS       400	/* a sentence stands at least so long, so that it can be read */

/* ---- the end ---- */

/* The clock ended it while no picture was examined: the person could not show anything. */
static bool
capture_was_blind(const struct capture *c, int64_t now)
{
	enum liveness_reason r = c->l.reason;

	return (r == LIVENESS_TIMEOUT || (c->l.step < c->l.steps && r == liveness_unanswered(c->l.plan[c->l.step]))) &&
	    (c->errors_row >= BLIND_LEAST || (c->in_flight > 0 && now - c->slot[0].at_ms >= BLIND_WAIT_MS));
}

/* Would the passive cues have it so? They are asked in any case, for the record. */
static void
capture_cues(struct capture *c)
{
	enum liveness_reason why = cues_judge(&c->cues, c->cue, &c->fused);

	if (c->l.phase != LIVENESS_PASSED || why == LIVENESS_FINE)
		return;
	c->l.phase = LIVENESS_REFUSED;
	c->l.reason = why;
	c->l.verdict = RC_NOT_LIVE;
}

static void
capture_conclude(struct capture *c, int64_t now)
{
	struct liveness *l = &c->l;

	if (c->verdict != RC_AGAIN || !liveness_done(l))
		return;
	c->ended_ms = now;
	if (l->phase == LIVENESS_REFUSED && capture_was_blind(c, now)) {
		l->reason = LIVENESS_NETWORK;
		l->verdict = RC_VISION_DOWN;
	}
	capture_cues(c);
	c->verdict = l->verdict;
	/* Who was not shown to be alive is not told whether the face was right. */
	if (l->phase == LIVENESS_PASSED && c->other != LIVENESS_FINE)
		c->verdict = RC_FACE_OTHER;
	else if (l->phase == LIVENESS_PASSED && c->o.enrol)
		c->verdict = c->set.n > 0 ? RC_OK : RC_NOT_LIVE;
	else if (l->phase == LIVENESS_PASSED)
		c->verdict = match_decide(&c->o.enrolled, &c->mean, c->o.match.cosine, &c->cosine);
	if (c->verdict != RC_OK && isnan(c->cosine) && !c->o.enrol && c->set.n > 0)
		(void)!match_cosine(&c->o.enrolled, &c->mean, &c->cosine);	/* nothing is decided by it */
	if (l->phase == LIVENESS_PASSED && c->verdict != RC_OK) {
		l->phase = LIVENESS_REFUSED;
		l->reason = LIVENESS_FACE_OTHER;
		l->verdict = c->verdict;
	}
}

/* "-" for what was not measured. */
static const char *
capture_number(char dst[static 16], int decimals, float v)
{
	if (isnan(v))
		return "-";
	snprintf(dst, 16, "%.*f", decimals, (double)v);
	return dst;
}

/* Appends to the words in dst, as far as they fit. */
static void __attribute__((format(printf, 2, 3)))
capture_words(char dst[static CAPTURE_DETAIL_BYTES], const char *format, ...)
{
	size_t n = strlen(dst);
	va_list args;

	va_start(args, format);
	if (vsnprintf(dst + n, CAPTURE_DETAIL_BYTES - n, format, args) < 0)
		dst[n] = '\0';
	va_end(args);
}

/* " name=value/least": what was measured, and below which it would have refused; "" in place of a least that there is not. */
static void
capture_score(char dst[static CAPTURE_DETAIL_BYTES], const char *name, int decimals, float v, float least)
{
	char value[16], limit[16];

	capture_words(dst, " %s=%s", name, capture_number(value, decimals, v));
	if (isfinite(v) && isfinite(least))
		capture_words(dst, "/%s", capture_number(limit, decimals, least));
}

/* Reason, plan, cues, numbers: what is most worth knowing first, as the record may be cut. */
static void
capture_detail(const struct capture *c, char dst[static CAPTURE_DETAIL_BYTES])
{
	enum liveness_reason why = c->l.phase == LIVENESS_PASSED ? LIVENESS_FINE : c->l.reason;
	char number[16];

	dst[0] = '\0';
	capture_words(dst, "%s", liveness_reason_name(c->other != LIVENESS_FINE ? c->other : why));
	for (uint32_t i = 0; i < c->l.steps; i++)
		capture_words(dst, "%s%s", i > 0 ? "," : " plan=", liveness_ask_name(c->l.plan[i]));
	if (c->other != LIVENESS_FINE && why != LIVENESS_FACE_OTHER)
		capture_words(dst, " told=%s", liveness_reason_name(why));
	capture_words(dst, " passed=%u probes=%u misses=%u low=%s", c->l.step, c->probes, c->misses,
	    capture_number(number, 3, c->low));
	capture_score(dst, "cosine", 3, c->cosine, c->o.match.cosine);
	capture_words(dst, " score=%s", capture_number(number, 1,
	    isnan(c->cosine) ? NAN : match_rule_score(&c->o.match, c->cosine)));
	for (unsigned k = 0; k < CUES; k++)
		if (k == CUE_LIGHT && !c->cue[k].measured)	/* a bright room is no one's fault, and is said */
			capture_words(dst, " %s=%s", cue_name(k), c->o.light ? "not-measurable" : "off");
		else
			capture_score(dst, cue_name(k), 1, c->cue[k].measured ? c->cue[k].value : NAN, cues_floor(k));
	capture_score(dst, "fused", 1, c->fused, 0.0f);
	capture_words(dst, " frames=%u ms=%lld", c->frames, (long long)(c->ended_ms - c->began_ms));
	if (c->errors > 0 || c->jumps > 0)
		capture_words(dst, " errors=%u jumps=%u", c->errors, c->jumps);
}

/* ---- what the desk has to do ---- */

static int32_t
capture_thousandths(float v, float low, float high)
{
	return (int32_t)lrintf(fmaxf(low, fminf(high, v)));
}

void
capture_state(const struct capture *c, struct capture_out *out)
{
	memset(out, 0, sizeof *out);
	out->ask = liveness_ask(&c->l);
	out->hint = liveness_hint(&c->l);
	out->step = c->l.step;
	out->steps = c->l.steps;
	out->x = capture_thousandths(c->box.x, -1000, 2000);
	out->y = capture_thousandths(c->box.y, -1000, 2000);
	out->w = (uint32_t)capture_thousandths(c->box.w, 0, 2000);
	out->h = (uint32_t)capture_thousandths(c->box.h, 0, 2000);
	out->light = c->colour;
	out->credit_seq = c->seq_newest;
	out->verdict = c->verdict;
	if (c->verdict == RC_AGAIN)
		return;
	out->done = true;
	out->counts = c->verdict == RC_FACE_OTHER || c->verdict == RC_NOT_LIVE;
	capture_detail(c, out->detail);
}

static bool
capture_box_moved(const struct capture_shown *s, const struct capture_out *out)
{
	return abs(s->x - out->x) >= BOX_STEP || abs(s->y - out->y) >= BOX_STEP ||
	    abs((int)s->w - (int)out->w) >= BOX_STEP || abs((int)s->h - (int)out->h) >= BOX_STEP ||
	    (s->w == 0) != (out->w == 0);
}

static void
capture_guide(struct capture *c, int64_t now, struct capture_out *out)
{
	struct capture_shown *s = &c->shown;
	bool other = !s->any || out->ask != s->ask || out->step != s->step || out->light != s->light;

	if (!other && out->hint != s->hint && now - s->hint_ms < HINT_HOLD_MS)
		out->hint = s->hint;
	if (!other && out->hint == s->hint && !(now - s->sent_ms >= GUIDE_BOX_MS && capture_box_moved(s, out)))
		return;
	if (other || out->hint != s->hint)
		s->hint_ms = now;
	*s = (struct capture_shown){ out->ask, out->hint, out->step, out->x, out->y, out->w, out->h, out->light,
	    s->hint_ms, now, true };
	out->guide = true;
}

/* The lamp goes on with the first face, and through its colours by the clock. */
static void
capture_shine(struct capture *c, int64_t now)
{
	uint32_t rgb;

	if (c->light.n == 0 || c->verdict != RC_AGAIN || (c->light_ms == 0 && !c->l.face_seen))
		return;
	if (c->light_ms == 0)
		c->light_ms = now;
	if ((rgb = light_at(&c->light, now - c->light_ms)) == c->colour)
		return;
	c->colour = rgb;
	cues_light(&c->cues, rgb, now);
}

void
capture_finish_call(struct capture *c, int64_t now, struct capture_out *out)
{
	capture_conclude(c, now);
	capture_shine(c, now);
	capture_state(c, out);
	if (out->done)
		return;
	capture_guide(c, now, out);
	out->credits = c->returns;
	c->returns = 0;
}
