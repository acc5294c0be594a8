/*
 * cues.c - see cues.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "proto/crypto.h"
#include "server/cues.h"

static const char *const names[CUES] = {
	[CUE_TEXTURE] = "texture",
	[CUE_PATTERN] = "pattern",
	[CUE_EDGE] = "edge",
	[CUE_DEPTH] = "depth",
	[CUE_RIGID] = "rigid",
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
	*o = (struct cues_options){ .fps_least = 8.0f, .fps_most = 65.0f };
}

void
cues_begin(struct cues *c, const struct cues_options *o, int64_t now_ms)
{
	memset(c, 0, sizeof *c);
	c->o = *o;
	c->began_ms = now_ms;
}

void
cues_feed(struct cues *c, const struct vision_features *f, int64_t at_ms, int64_t camera_us, uint64_t hash)
{
	(void)f, (void)at_ms, (void)camera_us, (void)hash;
	c->frames++;
}

void
cues_light(struct cues *c, uint32_t rgb, int64_t since_ms)
{
	(void)c, (void)rgb, (void)since_ms;
}

enum liveness_reason
cues_alarm(const struct cues *c)
{
	(void)c;
	return LIVENESS_FINE;
}

enum liveness_reason
cues_judge(const struct cues *c, struct cue_value out[static CUES], float *fused)
{
	memset(out, 0, CUES * sizeof *out);
	*fused = 0.0f;
	return cues_alarm(c);
}

void
cues_end(struct cues *c)
{
	crypto_wipe(c, sizeof *c);
}
