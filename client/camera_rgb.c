/*
 * camera_rgb.c - see camera_rgb.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

#include "client/camera_rgb.h"
#include "proto/crypto.h"

/* The padded picture, of this size. */
static bool
rgb_room(struct camera_rgb *c, int w, int h)
{
	if (c->to != NULL && c->to->width == w && c->to->height == h)
		return true;
	if (c->to != NULL && c->to->buf[0] != NULL)
		crypto_wipe(c->to->buf[0]->data, c->to->buf[0]->size);
	av_frame_free(&c->to);
	if ((c->to = av_frame_alloc()) == NULL)
		return false;
	c->to->width = w;
	c->to->height = h;
	c->to->format = AV_PIX_FMT_RGB24;
	if (av_frame_get_buffer(c->to, 0) < 0) {
		av_frame_free(&c->to);
		return false;
	}
	return true;
}

enum rc
camera_rgb_convert(struct camera_rgb *c, const struct AVFrame *from, int w, int h, uint8_t *rgb)
{
	const size_t row = (size_t)w * 3;

	/* The scaler ends the program at a format it does not know. */
	if (w < 1 || h < 1 || from->width < 1 || from->height < 1 || sws_isSupportedInput((enum AVPixelFormat)from->format) == 0)
		return RC_IMAGE_BAD;
	c->scale = sws_getCachedContext(c->scale, from->width, from->height, (enum AVPixelFormat)from->format, w, h,
	    AV_PIX_FMT_RGB24, SWS_BILINEAR, NULL, NULL, NULL);
	if (c->scale == NULL)
		return RC_IMAGE_BAD;
	if (!rgb_room(c, w, h))
		return RC_NOMEM;
	if (sws_scale(c->scale, (const uint8_t *const *)from->data, from->linesize, 0, from->height, c->to->data,
	    c->to->linesize) != h)
		return RC_IMAGE_BAD;
	for (int y = 0; y < h; y++)
		memcpy(rgb + (size_t)y * row, c->to->data[0] + (ptrdiff_t)y * c->to->linesize[0], row);
	return RC_OK;
}

void
camera_rgb_close(struct camera_rgb *c)
{
	if (c->to != NULL && c->to->buf[0] != NULL)
		crypto_wipe(c->to->buf[0]->data, c->to->buf[0]->size);
	av_frame_free(&c->to);
	sws_freeContext(c->scale);
	c->scale = NULL;
}
