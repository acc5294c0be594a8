/*
 * camera_av.c - cameras, files, network streams and a test pattern through
 * FFmpeg's libraries.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every blocking call of libavformat can be interrupted: by stop, or by a
 * deadline. Files and the pattern are paced by their time stamps and start
 * again at their end; live sources come at their own pace.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>

#include "client/camera.h"
#include "client/camera_rgb.h"

#define AV_OPEN_MS 8000
#define AV_READ_MS 2000
#define AV_OLD_US  2000000	/* a driver's time that is further back is of some other clock */

struct av_state {
	const atomic_bool *stop;
	struct camera_opts opts;
	AVFormatContext *format;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *picture;
	struct camera_rgb rgb;
	int  stream;
	bool live, repeats;
	bool stamped;		/* time stamps are the driver's, of the monotonic clock in general */
	int64_t deadline_ms;
	int64_t first_pts, first_ms;	/* pacing: this time stamp was due then */
	bool paced;
};

static int64_t
av_now(void)
{
	return clock_mono_ms(clock_system());
}

static int
av_interrupt(void *arg)
{
	const struct av_state *s = arg;

	return atomic_load(s->stop) || av_now() > s->deadline_ms;
}

static void
av_close(void *state)
{
	struct av_state *s = state;

	camera_rgb_close(&s->rgb);
	av_frame_free(&s->picture);
	av_packet_free(&s->packet);
	avcodec_free_context(&s->codec);
	avformat_close_input(&s->format);
	free(s);
}

/* Words for the ways in which a camera cannot be used. name: never a URL, it may hold a password. */
static void
av_words(int code, const char *name, char *err, size_t err_n)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";

	if (code == AVERROR(ENOENT) || code == AVERROR(ENODEV) || code == AVERROR(ENXIO))
		snprintf(err, err_n, "%s is not there. Plug the camera in, or correct 'camera' in terminal.conf.", name);
	else if (code == AVERROR(EACCES) || code == AVERROR(EPERM))
		snprintf(err, err_n, "No permission for %s. Add this user to the group video and log in again.", name);
	else if (code == AVERROR(EBUSY))
		snprintf(err, err_n, "%s is in use by another program. Close that program.", name);
	else if (code == AVERROR_EXIT || code == AVERROR(ETIMEDOUT))
		snprintf(err, err_n, "%s does not answer. Check the camera and its cable.", name);
	else if (code == AVERROR(ECONNREFUSED) || code == AVERROR(EHOSTUNREACH) || code == AVERROR(ENETUNREACH))
		snprintf(err, err_n, "%s cannot be reached. Switch it on, or correct its address in 'camera' of terminal.conf.", name);
	else if (code == AVERROR_INVALIDDATA)
		snprintf(err, err_n, "%s is nothing that can be shown. Correct 'camera' in terminal.conf.", name);
	else if (av_strerror(code, text, sizeof text) == 0)
		snprintf(err, err_n, "%s cannot be used: %s.", name, text);
	else
		snprintf(err, err_n, "%s cannot be used.", name);
}

static int
av_open_decoder(struct av_state *s)
{
	const AVCodec *decoder = NULL;
	int r = av_find_best_stream(s->format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);

	if (r < 0)
		return AVERROR_INVALIDDATA;
	s->stream = r;
	if ((s->codec = avcodec_alloc_context3(decoder)) == NULL || (s->packet = av_packet_alloc()) == NULL ||
	    (s->picture = av_frame_alloc()) == NULL)
		return AVERROR(ENOMEM);
	s->codec->thread_count = 1;
	if ((r = avcodec_parameters_to_context(s->codec, s->format->streams[s->stream]->codecpar)) < 0)
		return r;
	return avcodec_open2(s->codec, decoder, NULL);
}

static enum rc
av_open(const struct camera_opts *o, const char *demuxer, const char *where, const char *name, bool live, bool repeats,
    AVDictionary *options, const atomic_bool *stop, void **state, char *err, size_t err_n)
{
	const AVInputFormat *input = demuxer == NULL ? NULL : av_find_input_format(demuxer);
	struct av_state *s = calloc(1, sizeof *s);
	int r = AVERROR(ENOMEM);

	av_log_set_level(AV_LOG_QUIET);		/* standard error is the screen */
	if (s == NULL || (s->format = avformat_alloc_context()) == NULL) {
		free(s);
		av_dict_free(&options);
		snprintf(err, err_n, "Out of memory.");
		return RC_NOMEM;
	}
	s->stop = stop;
	s->opts = *o;
	s->live = live;
	s->repeats = repeats;
	s->deadline_ms = av_now() + AV_OPEN_MS;
	s->format->interrupt_callback = (AVIOInterruptCB){ av_interrupt, s };
	if ((r = avformat_open_input(&s->format, where, input, &options)) >= 0 &&
	    (r = avformat_find_stream_info(s->format, NULL)) >= 0)
		r = av_open_decoder(s);
	av_dict_free(&options);
	if (r < 0) {
		av_words(r, name, err, err_n);
		av_close(s);
		return RC_IO;
	}
	*state = s;
	return RC_OK;
}

/* Waits until this picture is due by its time stamp. */
static void
av_pace(struct av_state *s)
{
	AVRational base = s->format->streams[s->stream]->time_base;
	int64_t pts = s->picture->best_effort_timestamp, due;
	struct timespec step = { .tv_nsec = 5 * 1000 * 1000 };

	if (s->live || pts == AV_NOPTS_VALUE)
		return;
	if (!s->paced) {
		s->paced = true;
		s->first_pts = pts;
		s->first_ms = av_now();
	}
	due = s->first_ms + av_rescale_q(pts - s->first_pts, base, (AVRational){ 1, 1000 });
	if (due - av_now() > 5000 || av_now() - due > 1000) {	/* a jump: start counting anew */
		s->first_pts = pts;
		s->first_ms = av_now();
		return;
	}
	while (av_now() < due && !atomic_load(s->stop))
		nanosleep(&step, NULL);
}

static enum rc
av_convert(struct av_state *s, struct camera_frame **out, char *err, size_t err_n)
{
	const AVFrame *p = s->picture;
	int w = s->opts.width, h = s->opts.height;
	struct camera_frame *f;

	if (p->width < 1 || p->height < 1)
		return RC_AGAIN;
	if ((int64_t)p->width * h > (int64_t)w * p->height)
		h = (int)((int64_t)w * p->height / p->width);
	else
		w = (int)((int64_t)h * p->width / p->height);
	if ((f = camera_frame_new(w, h)) == NULL || camera_rgb_convert(&s->rgb, p, w, h, f->rgb) != RC_OK) {
		camera_frame_free(f);
		snprintf(err, err_n, "The camera's picture format cannot be converted.");
		return RC_IMAGE_BAD;
	}
	*out = f;
	return RC_OK;
}

/* One packet into the decoder; at the end of a file back to its start. */
static int
av_feed(struct av_state *s)
{
	int r = av_read_frame(s->format, s->packet);

	if (r == AVERROR_EOF && s->repeats) {
		s->paced = false;
		avcodec_flush_buffers(s->codec);
		/* By time where the format knows it, else to the first byte. */
		if (av_seek_frame(s->format, s->stream, 0, AVSEEK_FLAG_BACKWARD) >= 0 ||
		    av_seek_frame(s->format, -1, 0, AVSEEK_FLAG_BYTE) >= 0)
			return 0;
		return r;
	}
	if (r < 0)
		return r;
	if (s->packet->stream_index == s->stream)
		r = avcodec_send_packet(s->codec, s->packet);
	av_packet_unref(s->packet);
	return r == AVERROR_INVALIDDATA ? 0 : r;	/* a damaged picture: the next one */
}

/* When the sensor took it, where the driver says so; else now, when it came. */
static int64_t
av_taken_us(const struct av_state *s)
{
	AVRational base = s->format->streams[s->stream]->time_base;
	int64_t now = clock_mono_us(clock_system()), stamp;

	if (!s->stamped || s->picture->pts == AV_NOPTS_VALUE)
		return now;
	stamp = av_rescale_q(s->picture->pts, base, (AVRational){ 1, 1000000 });
	return stamp <= now && now - stamp < AV_OLD_US ? stamp : now;
}

static enum rc
av_next(void *state, struct camera_frame **f, char *err, size_t err_n)
{
	struct av_state *s = state;
	enum rc rc = RC_BUG;
	int64_t taken_us;
	int r;

	s->deadline_ms = av_now() + AV_READ_MS;
	while (!atomic_load(s->stop)) {
		r = avcodec_receive_frame(s->codec, s->picture);
		if (r == 0) {
			av_pace(s);
			taken_us = av_taken_us(s);
			if ((rc = av_convert(s, f, err, err_n)) == RC_OK)
				(*f)->taken_us = taken_us;
			av_frame_unref(s->picture);
			return rc;
		}
		if (r != AVERROR(EAGAIN) || (r = av_feed(s)) < 0) {
			if (r == AVERROR_EXIT || r == AVERROR(EAGAIN) || r == AVERROR(ETIMEDOUT))
				return RC_AGAIN;
			av_words(r, "The camera", err, err_n);
			return RC_IO;
		}
	}
	return RC_AGAIN;
}

static enum rc
v4l2_open(const struct camera_opts *o, const char *where, const atomic_bool *stop, void **state, char *err, size_t err_n)
{
	AVDictionary *options = NULL;
	char size[32];
	enum rc r;

	avdevice_register_all();
	snprintf(size, sizeof size, "%dx%d", o->width, o->height);
	av_dict_set(&options, "video_size", size, 0);
	/* As the driver writes them: any other choice smooths them. */
	av_dict_set(&options, "timestamps", "default", 0);
	if ((r = av_open(o, "v4l2", where, where, true, false, options, stop, state, err, err_n)) == RC_OK)
		((struct av_state *)*state)->stamped = true;
	return r;
}

static enum rc
file_open(const struct camera_opts *o, const char *where, const atomic_bool *stop, void **state, char *err, size_t err_n)
{
	struct stat st;

	if (stat(where, &st) != 0 || access(where, R_OK) != 0) {
		snprintf(err, err_n, "The file %s cannot be read: %s. Correct 'camera' in terminal.conf.", where, strerror(errno));
		return RC_NOT_FOUND;
	}
	if (S_ISDIR(st.st_mode)) {
		snprintf(err, err_n, "%s is a folder. Name a file in 'camera' of terminal.conf.", where);
		return RC_CONFIG;
	}
	return av_open(o, NULL, where, where, false, true, NULL, stop, state, err, err_n);
}

static enum rc
rtsp_open(const struct camera_opts *o, const char *where, const atomic_bool *stop, void **state, char *err, size_t err_n)
{
	AVDictionary *options = NULL;

	avformat_network_init();
	av_dict_set(&options, "rtsp_transport", "tcp", 0);
	return av_open(o, NULL, where, "The network camera", true, false, options, stop, state, err, err_n);
}

static enum rc
test_open(const struct camera_opts *o, const char *where, const atomic_bool *stop, void **state, char *err, size_t err_n)
{
	char graph[96];

	(void)where;
	avdevice_register_all();
	snprintf(graph, sizeof graph, "testsrc2=size=%dx%d:rate=%d", o->width, o->height, o->fps);
	return av_open(o, "lavfi", graph, "The test pattern", false, false, NULL, stop, state, err, err_n);
}

const struct camera_source camera_v4l2 = { .kind = "v4l2", .open = v4l2_open, .next = av_next, .close = av_close };
const struct camera_source camera_file = { .kind = "file", .open = file_open, .next = av_next, .close = av_close };
const struct camera_source camera_rtsp = { .kind = "rtsp", .open = rtsp_open, .next = av_next, .close = av_close };
const struct camera_source camera_test = { .kind = "test", .open = test_open, .next = av_next, .close = av_close };
