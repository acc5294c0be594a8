/*
 * puppet.c - motion, paint and warp put together, once per picture.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_head.h"
#include "tests/puppet/puppet_paint.h"
#include "tests/puppet/puppet_warp.h"

#define NOISE_SIGMA 1.7f	/* grey levels, a webcam indoors */

struct puppet {
	struct image room, plate, painted, shown;	/* plate is empty until somebody is there */
	struct puppet_head *head;
	struct puppet_paint paint;
	struct puppet_motion motion;
	uint64_t random;
	int8_t noise[PUPPET_NOISE_BYTES];
};

enum rc
puppet_open(struct puppet **out, uint32_t width, uint32_t height, uint64_t seed)
{
	struct puppet *p;
	enum rc r;

	if (width < IMAGE_SIDE_MIN || height < IMAGE_SIDE_MIN || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return RC_INVALID;
	if ((p = calloc(1, sizeof *p)) == NULL)
		return RC_NOMEM;
	if ((r = puppet_plate_room(&p->room, width, height)) != RC_OK ||
	    (r = image_make(&p->painted, width, height)) != RC_OK ||
	    (r = image_make(&p->shown, width, height)) != RC_OK) {
		puppet_close(p);
		return r;
	}
	p->random = seed;
	puppet_noise_make(p->noise, NOISE_SIGMA, &p->random);
	puppet_motion_start(&p->motion, seed);
	*out = p;
	return RC_OK;
}

void
puppet_close(struct puppet *p)
{
	if (p == NULL)
		return;
	puppet_head_close(p->head);
	image_free(&p->room);
	image_free(&p->plate);
	image_free(&p->painted);
	image_free(&p->shown);
	free(p);
}

enum rc
puppet_become(struct puppet *p, const struct puppet_photo *photo)
{
	float point[VISION_LANDMARKS][2];
	struct puppet_head *head = NULL;
	struct image plate = { 0 };
	enum rc r;

	if ((r = puppet_plate_make(photo, p->room.width, p->room.height, &plate, point)) != RC_OK)
		return r;
	if ((r = puppet_head_open(&head, point, plate.width, plate.height)) != RC_OK) {
		image_free(&plate);
		return r;
	}
	puppet_head_close(p->head);
	image_free(&p->plate);
	p->head = head;
	p->plate = plate;
	puppet_paint_measure(&p->paint, point);
	return RC_OK;
}

enum rc
puppet_act(struct puppet *p, enum puppet_action action, int64_t now_ms)
{
	return puppet_motion_act(&p->motion, action, now_ms);
}

static size_t
puppet_picture_bytes(const struct image *im)
{
	return (size_t)im->width * im->height * 3;
}

const struct image *
puppet_render(struct puppet *p, int64_t now_ms)
{
	const struct image *face = &p->plate;
	struct puppet_pose pose;

	puppet_motion_pose(&p->motion, now_ms, &pose);
	if (pose.away || p->head == NULL) {
		memcpy(p->shown.rgb, p->room.rgb, puppet_picture_bytes(&p->room));
	} else {
		if (!pose.sheet && (pose.lid > 0 || pose.mouth > 0)) {
			memcpy(p->painted.rgb, p->plate.rgb, puppet_picture_bytes(&p->plate));
			puppet_paint_mouth(&p->paint, pose.mouth, &p->plate, &p->painted);
			puppet_paint_lids(&p->paint, pose.lid, &p->plate, &p->painted);
			face = &p->painted;
		}
		puppet_head_draw(p->head, &pose, face, &p->shown);
	}
	puppet_noise_add(p->noise, &p->shown, &p->random);
	return &p->shown;
}
