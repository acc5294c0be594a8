/*
 * cues.c - see cues.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "proto/crypto.h"
#include "server/cues.h"
#include "server/cues_fuse.h"

static const char *const names[CUES] = {
	[CUE_TEXTURE] = "texture",
	[CUE_PATTERN] = "pattern",
	[CUE_EDGE] = "edge",
	[CUE_DEPTH] = "depth",
	[CUE_RIGID] = "rigid",
	[CUE_STILL] = "still",
	[CUE_LIGHT] = "light",
	[CUE_FEED] = "feed",
};

const char *
cue_name(enum cue k)
{
	return k < CUES ? names[k] : "unknown";
}

void
cues_defaults(struct cues_options *o)
{
	*o = (struct cues_options){ .timed = true, .fps_most = 65.0f };
}

void
cues_begin(struct cues *c, const struct cues_options *o)
{
	memset(c, 0, sizeof *c);
	c->o = *o;
}

void
cues_feed(struct cues *c, const struct vision_features *f, int64_t at_ms, int64_t camera_us, uint64_t hash)
{
	cue_feed_frame(&c->feed, f, at_ms, camera_us, hash);
	cue_cut_frame(&c->cut, f, at_ms, c->recall.trace.asked != 0);
	cue_texture_feed(&c->texture, f);
	cue_depth_feed(&c->depth, f);
	cue_rigid_feed(&c->rigid, f, at_ms);
	cue_still_feed(&c->still, f, at_ms);
	cue_light_feed(&c->light, f, at_ms);
	cue_loop_feed(&c->loop, f, at_ms);
	cue_recall_frame(&c->recall, c->o.recall, f, at_ms, hash);
}

void
cues_light(struct cues *c, uint32_t rgb, int64_t since_ms)
{
	cue_light_show(&c->light, rgb, since_ms);
}

enum liveness_reason
cues_alarm(const struct cues *c)
{
	if (c->recall.replayed)
		return LIVENESS_REPLAYED;
	if (c->recall.looped || cue_loop_seen(&c->loop))
		return LIVENESS_LOOP;
	return c->cut.cut ? LIVENESS_FACE_CHANGED : cue_feed_alarm(&c->feed);
}

static void
judge_texture(const struct cue_texture *t, struct cue_value out[static CUES])
{
	struct cue_texture_value v;

	if (!cue_texture_value(t, &v))
		return;
	out[CUE_TEXTURE] = (struct cue_value){ true, v.texture };
	out[CUE_PATTERN] = (struct cue_value){ !v.noisy, v.pattern };
	out[CUE_EDGE] = (struct cue_value){ true, v.edge };
}

enum liveness_reason
cues_judge(const struct cues *c, struct cue_value out[static CUES], float *fused)
{
	enum liveness_reason r = cues_alarm(c), whole;

	memset(out, 0, CUES * sizeof *out);
	judge_texture(&c->texture, out);
	out[CUE_DEPTH].measured = cue_depth_value(&c->depth, &out[CUE_DEPTH].value);
	out[CUE_RIGID].measured = cue_rigid_value(&c->rigid, &out[CUE_RIGID].value);
	out[CUE_STILL].measured = cue_still_value(&c->still, &out[CUE_STILL].value);
	out[CUE_LIGHT].measured = cue_light_value(&c->light, &out[CUE_LIGHT].value);
	out[CUE_FEED].measured = cue_feed_value(&c->feed, &out[CUE_FEED].value);
	whole = cues_fuse(out, fused);
	if (r == LIVENESS_FINE)
		r = cue_feed_reason(&c->feed, c->o.timed, c->o.fps_most);
	return r == LIVENESS_FINE ? whole : r;
}

const struct trace *
cues_trace(const struct cues *c)
{
	return &c->recall.trace;
}

void
cues_asked(struct cues *c, uint32_t asked)
{
	c->recall.trace.asked = asked;
}

void
cues_end(struct cues *c)
{
	crypto_wipe(c, sizeof *c);
}
