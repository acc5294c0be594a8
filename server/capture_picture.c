/*
 * capture_picture.c - which one of the judged frames is kept to be looked at.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A face that did not look like the one it should be tells more than one that
 * did, one that was compared more than one that was only seen, and any face more
 * than none; among equals the better frame.
 */
#include <math.h>
#include <string.h>

#include "server/capture_impl.h"

void
capture_picture_saw(struct capture *c, const struct capture_slot *s, bool missed)
{
	const struct vision_features *f = &s->f;
	float worth = 1.0f + (f->faces == 0 ? 0.0f : missed ? 3.0f : f->embed_dim > 0 ? 2.0f : 1.0f) + fminf(c->quality, .99f);

	if ((s->want & VISION_WANT_PICTURE) == 0 || f->has_picture == 0 || worth <= c->picture_worth)
		return;
	c->picture_worth = worth;
	memcpy(c->picture, f->picture, sizeof c->picture);
}

const uint8_t *
capture_picture(const struct capture *c)
{
	return c->picture_worth > 0.0f ? c->picture[0] : NULL;
}
