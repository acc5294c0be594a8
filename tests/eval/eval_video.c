/*
 * eval_video.c - see eval_video.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>

#include "client/camera_rgb.h"
#include "eval_video.h"
#include "models/image_jpeg.h"
#include "proto/limits.h"

#define VIDEO_QUALITY 80	/* as terminals send */

struct eval_video {
	const char *path;
	AVFormatContext *format;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *picture;
	struct camera_rgb rgb;
	int stream;
	unsigned quarters;		/* turns clockwise until the picture stands upright */
	bool ended;			/* the decoder has been told that no more comes */
	int64_t first_us, last_us, frames;
	struct image_jpeg *jpeg;
	struct image im, upright;
	uint8_t bytes[JPEG_MAX_BYTES];
};

/* How often to turn clockwise, from the file's display matrix. */
static unsigned
video_quarters(const AVStream *s)
{
	const uint8_t *matrix = av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, NULL);
	double angle = matrix == NULL ? 0.0 : av_display_rotation_get((const int32_t *)(const void *)matrix);

	/* The angle is counter-clockwise, -180 ... 180, or no number for a matrix that is none. */
	return angle > 45.0 && angle < 135.0 ? 3 : angle < -45.0 && angle > -135.0 ? 1 :
	    angle >= 135.0 || angle <= -135.0 ? 2 : 0;
}

static int
video_decoder(struct eval_video *v)
{
	const AVCodec *decoder = NULL;
	int r = av_find_best_stream(v->format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);

	if (r < 0)
		return r;
	v->stream = r;
	if ((v->codec = avcodec_alloc_context3(decoder)) == NULL || (v->packet = av_packet_alloc()) == NULL ||
	    (v->picture = av_frame_alloc()) == NULL)
		return AVERROR(ENOMEM);
	v->codec->thread_count = 1;
	v->quarters = video_quarters(v->format->streams[v->stream]);
	if ((r = avcodec_parameters_to_context(v->codec, v->format->streams[v->stream]->codecpar)) < 0)
		return r;
	return avcodec_open2(v->codec, decoder, NULL);
}

/* Why a file cannot be used; FFmpeg's own words where it has good ones. */
static void
video_words(int code, const char *path, char *err, size_t err_n)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "it cannot be decoded";

	if (code == AVERROR_STREAM_NOT_FOUND)
		(void)snprintf(err, err_n, "%s: there is no video in it", path);
	else if (code == AVERROR_DECODER_NOT_FOUND)
		(void)snprintf(err, err_n, "%s: its video is of a kind that cannot be decoded here, or damaged", path);
	else if (code == AVERROR_INVALIDDATA)
		(void)snprintf(err, err_n, "%s: it is no video, or damaged", path);
	else {
		(void)av_strerror(code, text, sizeof text);
		(void)snprintf(err, err_n, "%s: %s", path, text);
	}
}

enum rc
eval_video_open(struct eval_video **out, const char *path, char *err, size_t err_n)
{
	struct eval_video *v = calloc(1, sizeof *v);
	int r;

	av_log_set_level(AV_LOG_QUIET);		/* what matters is said once, by us */
	if (v == NULL || image_jpeg_open(&v->jpeg) != RC_OK) {
		free(v);
		(void)snprintf(err, err_n, "%s: out of memory", path);
		return RC_NOMEM;
	}
	v->path = path;
	if ((r = avformat_open_input(&v->format, path, NULL, NULL)) >= 0 &&
	    (r = avformat_find_stream_info(v->format, NULL)) >= 0)
		r = video_decoder(v);
	if (r < 0) {
		video_words(r, path, err, err_n);
		eval_video_close(v);
		return RC_IO;
	}
	*out = v;
	return RC_OK;
}

void
eval_video_close(struct eval_video *v)
{
	if (v == NULL)
		return;
	camera_rgb_close(&v->rgb);
	av_frame_free(&v->picture);
	av_packet_free(&v->packet);
	avcodec_free_context(&v->codec);
	avformat_close_input(&v->format);
	image_free(&v->im);
	image_free(&v->upright);
	image_jpeg_close(v->jpeg);
	free(v);
}

double
eval_video_fps(const struct eval_video *v)
{
	AVRational rate = v->format->streams[v->stream]->avg_frame_rate;

	return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0.0;
}

/* The next picture of the decoder in v->picture. RC_NOT_FOUND at the end. */
static enum rc
video_decode(struct eval_video *v)
{
	for (;;) {
		int r = avcodec_receive_frame(v->codec, v->picture);

		if (r == 0)
			return RC_OK;
		if (r == AVERROR_EOF || v->ended)
			return RC_NOT_FOUND;
		if (av_read_frame(v->format, v->packet) < 0) {
			v->ended = true;
			if (avcodec_send_packet(v->codec, NULL) < 0)
				return RC_NOT_FOUND;
			continue;
		}
		if (v->packet->stream_index == v->stream)
			(void)avcodec_send_packet(v->codec, v->packet);	/* a damaged one: the next */
		av_packet_unref(v->packet);
	}
}

/* Memory for a picture of this size. */
static enum rc
video_room(struct image *im, uint32_t width, uint32_t height)
{
	if (im->width == width && im->height == height)
		return RC_OK;
	image_free(im);
	return image_make(im, width, height);
}

/* v->im turned upright into v->upright. */
static enum rc
video_turn(struct eval_video *v)
{
	uint32_t w = v->im.width, h = v->im.height;
	bool across = v->quarters % 2 != 0;
	uint32_t to_w = across ? h : w, to_h = across ? w : h;
	enum rc r;

	if ((r = video_room(&v->upright, to_w, to_h)) != RC_OK)
		return r;
	for (uint32_t y = 0; y < h; y++)
		for (uint32_t x = 0; x < w; x++) {
			uint32_t to_x = v->quarters == 1 ? h - 1 - y : v->quarters == 3 ? y : w - 1 - x;
			uint32_t to_y = v->quarters == 1 ? x : v->quarters == 3 ? w - 1 - x : h - 1 - y;

			for (unsigned c = 0; c < 3; c++)
				v->upright.rgb[((size_t)to_y * to_w + to_x) * 3 + c] =
				    v->im.rgb[((size_t)y * w + x) * 3 + c];
		}
	return RC_OK;
}

/* v->picture to v->im, no longer than EVAL_VIDEO_SIDE. */
static enum rc
video_convert(struct eval_video *v)
{
	const AVFrame *p = v->picture;
	int longer = p->width > p->height ? p->width : p->height, side = (int)EVAL_VIDEO_SIDE;
	int w = longer > side ? p->width * side / longer : p->width;
	int h = longer > side ? p->height * side / longer : p->height;
	enum rc r;

	if (w < 1 || h < 1)
		return RC_IMAGE_BAD;
	if ((r = video_room(&v->im, (uint32_t)w, (uint32_t)h)) != RC_OK ||
	    (r = camera_rgb_convert(&v->rgb, p, w, h, v->im.rgb)) != RC_OK)
		return r;
	return v->quarters == 0 ? RC_OK : video_turn(v);
}

/* When the picture was shown; a file without usable time stamps gets those of its mean rate. */
static int64_t
video_time(struct eval_video *v)
{
	AVRational base = v->format->streams[v->stream]->time_base;
	int64_t pts = v->picture->best_effort_timestamp, at = v->last_us;
	double fps = eval_video_fps(v);

	if (pts != AV_NOPTS_VALUE)
		at = av_rescale_q(pts, base, (AVRational){ 1, 1000000 });
	if (v->frames == 0)
		v->first_us = at;
	else if (pts == AV_NOPTS_VALUE || at <= v->last_us)
		at = v->last_us + (int64_t)(1e6 / (fps > 0.0 ? fps : 25.0));
	v->frames++;
	v->last_us = at;
	return at - v->first_us;
}

enum rc
eval_video_next(struct eval_video *v, struct eval_video_frame *f, char *err, size_t err_n)
{
	enum rc r = video_decode(v);

	if (r == RC_OK && (r = video_convert(v)) == RC_OK)
		r = image_jpeg_encode(v->jpeg, v->quarters == 0 ? &v->im : &v->upright, VIDEO_QUALITY, v->bytes,
		    sizeof v->bytes, &f->n);
	if (r == RC_NOT_FOUND && v->frames == 0)
		r = RC_IMAGE_BAD;
	if (r == RC_OK) {
		f->jpeg = v->bytes;
		f->at_us = video_time(v);
	} else if (r != RC_NOT_FOUND) {
		(void)snprintf(err, err_n, "%s: %s", v->path, rc_text(r));
	}
	av_frame_unref(v->picture);
	return r;
}
