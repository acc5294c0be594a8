/*
 * bench_pool.c - `countersign-bench pool`: how long a frame takes from its
 * desk through the vision pool and a real worker and back, when the workers
 * are busy most of the time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The streams behave as captures do (server/capture_ask.c): the face is
 * followed, searched for about three times a second, and one frame in ten is
 * asked for an embedding, the next one for texture (of 5,043 frames of rehearsed
 * captures .103 were, and .099); each may be put off four times.
 *
 * Arrivals: each camera has its own beginning and sends 15 frames a second,
 * every frame up to a fifth of its period early or late, evenly drawn. How
 * many frames the workers can serve is measured first, with one camera more
 * than workers, each sending as soon as it is answered; then so many cameras
 * send, their rate trimmed, that the asked share of it comes. A frame that a
 * newer one of its stream overtook, or that its worker lost, counts as dropped
 * and has no time.
 */
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench.h"
#include "bench_frame.h"
#include "bench_workers.h"
#include "proto/crypto.h"
#include "proto/stopwatch.h"
#include "server/capture_ask.h"
#include "server/vision_pool.h"

#define FPS            15.0
#define JITTER         .2		/* of the period, each way */
#define EMBED_ONE_IN   10u
#define SETTLE_MS      1000.0		/* not measured: all cameras begin at once, with a search each */
#define STREAMS_MAX    400u
#define CALIBRATE      600u		/* frames of each worker */
#define PATIENCE_MS    20000.0
#define FLIGHT         64u		/* frames of a stream remembered */

struct options {
	const char *models, *picture;
	uint32_t workers;
	double load, seconds;
	bool json;
};

struct stream {
	double  due_ms, tick_ms;	/* the next frame; where it would be without jitter */
	double  search_ms;
	uint32_t seq, put_off, flying;
	uint32_t want;			/* besides the eyes, of the frame to come */
	struct vision_box face;		/* of the last answer */
	int64_t sent_us[FLIGHT];
};

struct bench_pool {
	struct options o;
	struct bench_jpeg jpeg;
	struct link_ctx *ctx;
	struct link_sock *desk;
	struct vision_pool *pool;
	struct worker_command command;
	struct worker_launcher launcher;
	char program[PATH_MAX];
	int timer;
	int64_t start_us;
	struct stream stream[STREAMS_MAX];
	uint32_t streams;
	double fps, service_ms;
	size_t sent, dropped, flying, embedded;
	struct bench_times times;
	struct vision_answer a;
};

static double
drawn(void)
{
	return (double)rng_below(rng_system(), 1u << 20) / (double)(1u << 20);
}

/* ---- frames ---- */

static bool
pool_send(struct bench_pool *b, uint32_t i, double now_ms)
{
	struct stream *s = &b->stream[i];
	struct vision_job j = { .ask = { .seq = ++s->seq, .want = VISION_WANT_EYES } };
	struct link_msg m;
	bool sent;

	memcpy(j.capture, &i, sizeof i);
	if (s->want == 0 && rng_below(rng_system(), EMBED_ONE_IN - 1) == 0)	/* one of these has the texture */
		s->want = VISION_WANT_EMBEDDING;
	j.ask.want |= s->want;
	j.spare = s->put_off < CAPTURE_PUT_OFF_MOST ? s->want : 0;
	if (s->face.w > 0.0f && now_ms < s->search_ms + (s->want != 0 ? CAPTURE_SEARCH_LATE_MS : 0))
		j.ask.track = s->face;
	else
		s->search_ms = now_ms + CAPTURE_SEARCH_LEAST_MS + drawn() * (CAPTURE_SEARCH_SPREAD_MS + 1);
	link_msg_init(&m);
	s->sent_us[s->seq % FLIGHT] = stopwatch_us();
	sent = link_msg_add(&m, b->jpeg.bytes, b->jpeg.n) == RC_OK && vision_job_send(b->desk, &j, &m, 0) == RC_OK;
	link_msg_close(&m);
	b->sent++;
	b->flying += sent;
	s->flying += sent;
	b->dropped += !sent;
	return sent;
}

/* What did not come is asked of the next frame again; after an embedding, texture. */
static void
stream_saw(struct stream *s, const struct vision_features *f)
{
	bool came = s->want == VISION_WANT_EMBEDDING ? f->embed_dim > 0 : f->has_texture != 0;

	s->put_off = s->want != 0 && !came ? s->put_off + 1 : 0;
	if (s->want != 0 && came)
		s->want = s->want == VISION_WANT_EMBEDDING ? VISION_WANT_TEXTURE : 0;
}

/* Takes the answers that are there, after waiting for at most wait_ms, to the microsecond. False: the pool is gone. */
static bool
pool_take(struct bench_pool *b, double wait_ms)
{
	struct link_poll p[2] = { { .sock = b->desk, .fd = -1 }, { .fd = b->timer } };
	int64_t ns = wait_ms > 0.0 ? (int64_t)(wait_ms * 1e6) : 0;
	struct itimerspec t = { .it_value = { ns / 1000000000, ns % 1000000000 } };
	struct stream *s;
	uint32_t i;
	enum rc r;

	if (timerfd_settime(b->timer, 0, &t, NULL) != 0)	/* zero disarms it */
		return false;
	r = link_poll(p, 2, ns > 0 ? -1 : 0);
	if (r != RC_OK)
		return r == RC_TIMEOUT || r == RC_AGAIN;
	while ((r = vision_answer_recv(b->desk, &b->a)) == RC_OK) {
		memcpy(&i, b->a.capture, sizeof i);
		s = &b->stream[i % STREAMS_MAX];
		b->flying--;
		s->flying--;
		if (b->a.rc == RC_OK) {
			bench_times_add(&b->times, stopwatch_ms_since(s->sent_us[b->a.seq % FLIGHT]));
			s->face = b->a.features.faces > 0 ? b->a.features.face[0] : (struct vision_box){ 0 };
			b->embedded += b->a.features.embed_dim > 0;
			stream_saw(s, &b->a.features);
		} else {
			b->dropped++;
		}
	}
	return r == RC_AGAIN;
}

static double
pool_now_ms(const struct bench_pool *b)
{
	return (double)(stopwatch_us() - b->start_us) / 1e3;
}

/* ---- the two parts of a run ---- */

/* Every camera but one keeps a worker busy; the last one fills the time between. */
static bool
pool_calibrate(struct bench_pool *b)
{
	size_t wanted = CALIBRATE * b->o.workers;

	b->start_us = stopwatch_us();
	while (b->times.n == 0 && pool_now_ms(b) < PATIENCE_MS)	/* until a worker is up */
		if (!pool_send(b, 0, 0.0) || !pool_take(b, 1000.0))
			return false;
	while (b->flying > 0)
		if (!pool_take(b, 1000.0))
			return false;
	b->times.n = 0;
	b->start_us = stopwatch_us();
	while (b->times.n < wanted) {
		for (uint32_t i = 0; i <= b->o.workers; i++)
			if (b->stream[i].flying == 0 && !pool_send(b, i, b->stream[i].seq * 1e3 / FPS))
				return false;
		if (!pool_take(b, 1000.0) || pool_now_ms(b) > PATIENCE_MS)
			return false;
	}
	b->service_ms = pool_now_ms(b) * b->o.workers / (double)b->times.n;
	while (b->flying > 0)
		if (!pool_take(b, 1000.0))
			return false;
	return true;
}

/* The next frame of a stream comes a period after the last one, more or less. */
static void
stream_next(struct bench_pool *b, struct stream *s)
{
	double period = 1e3 / b->fps;

	s->tick_ms += period;
	s->due_ms = s->tick_ms + (2 * drawn() - 1) * JITTER * period;
}

static void
pool_cameras(struct bench_pool *b)
{
	double wanted = b->o.load * b->o.workers * 1e3 / b->service_ms;	/* frames a second */

	b->streams = (uint32_t)(wanted / FPS + .5);
	b->streams = b->streams < 1 ? 1 : b->streams > STREAMS_MAX ? STREAMS_MAX : b->streams;
	b->fps = wanted / b->streams;
	for (uint32_t i = 0; i < b->streams; i++) {
		b->stream[i] = (struct stream){ .tick_ms = drawn() * 1e3 / b->fps };
		b->stream[i].due_ms = b->stream[i].tick_ms;
	}
}

/* Until end_ms; what was counted before is forgotten. */
static bool
pool_play(struct bench_pool *b, double end_ms)
{
	b->sent = b->dropped = b->embedded = b->times.n = 0;
	while (pool_now_ms(b) < end_ms) {
		double now = pool_now_ms(b), next = end_ms;

		for (uint32_t i = 0; i < b->streams; i++) {
			struct stream *s = &b->stream[i];

			if (now >= s->due_ms) {
				(void)pool_send(b, i, now);
				stream_next(b, s);
			}
			next = s->due_ms < next ? s->due_ms : next;
		}
		if (!pool_take(b, next - pool_now_ms(b)))
			return false;
	}
	return true;
}

static bool
pool_load(struct bench_pool *b)
{
	double end = SETTLE_MS + b->o.seconds * 1e3;

	pool_cameras(b);
	b->start_us = stopwatch_us();
	if (!pool_play(b, SETTLE_MS) || !pool_play(b, end))
		return false;
	while (b->flying > 0)
		if (!pool_take(b, 1000.0) || pool_now_ms(b) > end + PATIENCE_MS)
			return false;
	return b->times.n > 0;
}

/* ---- the whole ---- */

static bool
pool_open(struct bench_pool *b, char *err, size_t err_n)
{
	struct vision_pool_options o = { .clock = clock_system(), .launcher = &b->launcher, .program = b->program,
		.workers = b->o.workers };

	snprintf(err, err_n, "out of memory");
	if ((b->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) < 0 || !bench_worker_program(b->program) ||
	    (o.ctx = b->ctx = link_ctx_new()) == NULL)
		return false;
	b->command = (struct worker_command){ .program = b->program, .models = b->o.models, .user = "" };
	b->launcher = worker_launch_direct(&b->command);
	return worker_pack_direct(&b->command, &b->command.weights, err, err_n) == RC_OK &&
	    vision_pool_start(&o, &b->pool, err, err_n) == RC_OK &&
	    link_spoke(b->ctx, VISION_HUB, "desk-0", &b->desk) == RC_OK;
}

static void
pool_close(struct bench_pool *b)
{
	vision_pool_stop(b->pool);
	link_close(b->desk);
	link_ctx_free(b->ctx);
	if (b->command.weights > 0)
		(void)close(b->command.weights);
	if (b->timer > 0)
		(void)close(b->timer);
}

static void
pool_print(struct bench_pool *b)
{
	double p50 = (double)bench_times_at(&b->times, .5), p99 = (double)bench_times_at(&b->times, .99);
	double load = (double)(b->sent - b->dropped) * b->service_ms / (b->o.seconds * 1e3 * b->o.workers);

	if (b->o.json)
		(void)printf("{\"pool\": {\"workers\": %u, \"streams\": %u, \"fps\": %.2f, \"service_ms\": %.3f, "
		    "\"load\": %.3f, \"frames\": %zu, \"embeddings\": %zu, \"dropped\": %zu, \"p50\": %.3f, \"p99\": %.3f, \"ratio\": %.2f}}\n",
		    b->o.workers, b->streams, b->fps, b->service_ms, load, b->sent, b->embedded,
		    b->dropped, p50, p99, p99 / p50);
	else
		(void)printf("workers %u, streams %u at %.2f frames a second, mean service %.3f ms, load %.3f\n"
		    "frames %zu, embeddings %zu, dropped %zu; received to features: median %.3f ms, 99th percentile %.3f ms, ratio %.2f\n",
		    b->o.workers, b->streams, b->fps, b->service_ms, load, b->sent, b->embedded,
		    b->dropped, p50, p99, p99 / p50);
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "picture", required_argument, NULL, 'p' },
		{ "workers", required_argument, NULL, 'w' }, { "load", required_argument, NULL, 'l' },
		{ "seconds", required_argument, NULL, 's' }, { "json", no_argument, NULL, 'j' }, { 0 },
	};
	bool good = true;
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'm': o->models = optarg; break;
		case 'p': o->picture = optarg; break;
		case 'w': good &= bench_whole(optarg, 1, VISION_POOL_WORKERS_MAX, &o->workers); break;
		case 'l': good &= bench_real(optarg, .01, .99, &o->load); break;
		case 's': good &= bench_real(optarg, 1, 600, &o->seconds); break;
		case 'j': o->json = true; break;
		default: return false;
		}
	}
	return good && optind == argc;
}

int
bench_pool(int argc, char **argv)
{
	struct bench_pool *b = calloc(1, sizeof *b);
	char err[256] = "";
	int status = BENCH_FAILED;

	if (b == NULL)
		return BENCH_FAILED;
	b->o = (struct options){ COUNTERSIGN_MODELS, COUNTERSIGN_PICTURE, 1, .8, 15.0, false };
	if (!read_options(argc, argv, &b->o)) {
		free(b);
		return bench_usage(argv[0]);
	}
	if (!bench_frame_make(b->o.picture, &b->jpeg))
		goto out;
	if (!pool_open(b, err, sizeof err)) {
		(void)fprintf(stderr, "countersign-bench: the vision pool cannot be started: %s\n", err);
		goto out;
	}
	if (pool_calibrate(b) && pool_load(b)) {
		pool_print(b);
		status = BENCH_MEASURED;
	} else {
		(void)fprintf(stderr, "countersign-bench: the pool stopped answering\n");
	}
out:
	pool_close(b);
	free(b);
	return status;
}
