/*
 * bench_stream.c - see bench_stream.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_stream.h"
#include "bench_workers.h"
#include "models/image_jpeg.h"
#include "proto/limits.h"

#define CAPTURES     6	/* the first one warms up */
#define FRAME_W      640u
#define FRAME_H      480u
#define FRAME_CAP    65536u
#define QUALITY      80
#define PICTURE_MAX  (4u << 20)
#define SEARCH_EVERY 5
#define JUDGED       8	/* frames of a capture */

struct film {
	uint8_t jpeg[BENCH_STREAM_FRAMES][FRAME_CAP];
	size_t n[BENCH_STREAM_FRAMES];
};

/* Where the picture is at moment i: it sways by a quarter of its width and grows and shrinks by a tenth. */
static struct image_map
film_map(const struct image *picture, int i)
{
	float t = (float)i / BENCH_STREAM_FRAMES * 6.2831853f, size = 1.0f + 0.1f * sinf(2.0f * t);
	float step = 1.0f / size, dx = 0.12f * (float)picture->width * sinf(3.0f * t);

	return (struct image_map){ {
		step, 0.0f, (float)picture->width / 2 + dx - step * FRAME_W / 2,
		0.0f, step, (float)picture->height / 2 - step * FRAME_H / 2,
	} };
}

static bool
film_make(const char *path, struct film *film)
{
	struct image picture = { 0 }, frame = { 0 };
	struct image_pyramid pyramid = { 0 };
	struct image_jpeg *jpeg = NULL;
	enum rc r;

	if ((r = image_jpeg_open(&jpeg)) != RC_OK ||
	    (r = image_jpeg_read_file(jpeg, path, PICTURE_MAX, &picture)) != RC_OK ||
	    (r = image_make(&frame, FRAME_W, FRAME_H)) != RC_OK ||
	    (r = image_pyramid_show(&pyramid, &picture)) != RC_OK)
		goto out;
	for (int i = 0; r == RC_OK && i < BENCH_STREAM_FRAMES; i++) {
		struct image_map map = film_map(&picture, i);

		if ((r = image_warp(&pyramid, &map, NULL, FRAME_W, FRAME_H, frame.rgb)) == RC_OK)
			r = image_jpeg_encode(jpeg, &frame, QUALITY, film->jpeg[i], FRAME_CAP, &film->n[i]);
	}
out:
	if (r != RC_OK)
		(void)fprintf(stderr, "countersign-bench: %s: no film can be made of it: %s\n", path, rc_text(r));
	image_pyramid_close(&pyramid);
	image_free(&picture);
	image_free(&frame);
	image_jpeg_close(jpeg);
	return r == RC_OK;
}

static double
cpu_ms(pid_t pid)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return 0.0;
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool
judged(int i)
{
	return i * JUDGED / BENCH_STREAM_FRAMES != (i + 1) * JUDGED / BENCH_STREAM_FRAMES;
}

/* One capture; *followed gets the frames that were not searched. */
static bool
stream_capture(const struct bench_worker *w, const struct film *film, int *followed)
{
	struct vision_features f = { 0 };

	*followed = 0;
	for (int i = 0; i < BENCH_STREAM_FRAMES; i++) {
		struct vision_request q = { .seq = (uint64_t)i + 1, .want = VISION_WANT_EYES,
		    .jpeg_bytes = (uint32_t)film->n[i] };

		if (judged(i))
			q.want |= VISION_WANT_EMBEDDING;
		else if (i > 0 && judged(i - 1))
			q.want |= VISION_WANT_TEXTURE;
		if (i % SEARCH_EVERY != 0)
			q.track = f.face[0];
		if (!bench_worker_send(w, &q, film->jpeg[i]) || !bench_worker_receive(w, &f))
			return false;
		if (f.faces != 1 || ((q.want & VISION_WANT_EMBEDDING) != 0) != (f.embed_dim > 0)) {
			(void)fprintf(stderr, "countersign-bench: frame %d of the film shows %u faces\n", i, f.faces);
			return false;
		}
		*followed += f.tracked != 0;
	}
	return true;
}

bool
bench_stream_run(const char *models, const char *picture, struct bench_stream *out)
{
	struct film *film = calloc(1, sizeof *film);
	struct bench_worker worker = { 0 };
	bool ok = film != NULL && film_make(picture, film) && bench_workers_start(&worker, 1, models);

	*out = (struct bench_stream){ 0 };
	for (int i = 0; ok && i < CAPTURES; i++) {
		double before = cpu_ms(worker.pid), each;

		ok = stream_capture(&worker, film, &out->followed);
		each = (cpu_ms(worker.pid) - before) / BENCH_STREAM_FRAMES;
		if (ok && i > 0) {
			out->captures++;
			out->cpu_ms_per_frame = out->captures == 1 ? each : fmin(out->cpu_ms_per_frame, each);
		}
	}
	out->percent_of_core = out->cpu_ms_per_frame * BENCH_STREAM_FPS / 10.0;
	bench_workers_stop(&worker, 1);
	free(film);
	if (!ok)
		(void)fprintf(stderr, "countersign-bench: the stream could not be measured\n");
	return ok;
}
