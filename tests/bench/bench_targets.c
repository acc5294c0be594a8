/*
 * bench_targets.c - what the vision engine promises of its speed, checked
 * against what was measured (bench_vision.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ratios of smallest times of one run; they hold for one thread.
 */
#include <stdio.h>
#include <string.h>

#include "bench_vision.h"

#define LEAST_TIMES_STOCK  12.0
#define LEAST_TIMES_OPENCV 2.5
#define LEAST_OF_PEAK      .80
#define LEAST_BF16_GAIN    1.7
#define MOST_ORT_F32       1.0
#define MOST_ORT_BF16      .65
#define MOST_MS_F32        12.0
#define MOST_MS_BF16       8.0
#define LEAST_TWO_WORKERS  1.8
#define MOST_RSS_MB        160.0
#define MOST_SECOND_MB     60.0
#define MOST_GLUE          .20
#define MOST_STREAM        4.0	/* per cent of a core */

static bool
in_frame(const struct bench_network *w)
{
	for (int i = 0; i < BENCH_FRAME_NETWORKS; i++)
		if (strcmp(w->model.name, bench_frame_network[i]) == 0)
			return true;
	return false;
}

double
bench_frame_networks(struct bench_vision *v, enum bench_side side)
{
	double sum = 0.0;

	for (unsigned i = 0; i < v->networks.n; i++) {
		struct bench_network *w = &v->networks.at[i];

		if (!in_frame(w))
			continue;
		if (!w->has[side])
			return 0.0;
		sum += (double)bench_network_least(w, side);
	}
	return sum;
}

static void
verdict(const char *what, double got, bool at_least, double bound, const char *unit)
{
	if (got <= 0.0)
		(void)printf("not measured  %s\n", what);
	else
		(void)printf("%-12s  %s: %.2f%s (%s %.2f)\n", (at_least ? got >= bound : got <= bound) ? "met" : "MISSED",
		    what, got, unit, at_least ? "at least" : "at most", bound);
}

static double
ratio(double a, double b)
{
	return a > 0.0 && b > 0.0 ? a / b : 0.0;
}

/* side's time over ours. */
static double
times_faster(struct bench_network *w, enum bench_side side, enum bench_side ours)
{
	return ratio((double)bench_network_least(w, side), (double)bench_network_least(w, ours));
}

long
bench_second_kb(const struct bench_vision *v)
{
	return v->load[0].pss_kb > 0 && v->load[1].pss_kb > 0 ? v->load[1].pss_kb - v->load[0].pss_kb : 0;
}

static void
judge_networks(struct bench_vision *v)
{
	char what[96];

	for (unsigned i = 0; i < v->networks.n; i++) {
		struct bench_network *w = &v->networks.at[i];
		double least = (double)bench_network_least(w, SIDE_F32);

		(void)snprintf(what, sizeof what, "%s, times faster than Darknet's layers", w->model.name);
		verdict(what, times_faster(w, SIDE_STOCK, SIDE_F32), true, LEAST_TIMES_STOCK, "");
		(void)snprintf(what, sizeof what, "%s, times faster than OpenCV", w->model.name);
		verdict(what, times_faster(w, SIDE_OPENCV, SIDE_F32), true, LEAST_TIMES_OPENCV, "");
		if (w->model.embedder[0] == '\0')
			continue;
		(void)snprintf(what, sizeof what, "%s, part of the matrix product's speed", w->model.name);
		verdict(what, ratio(w->gflop * 1e3, least * v->networks.peak_gflops), true, LEAST_OF_PEAK, "");
		(void)snprintf(what, sizeof what, "%s, bf16 faster than float32", w->model.name);
		verdict(what, times_faster(w, SIDE_F32, SIDE_BF16), true, LEAST_BF16_GAIN, "");
	}
}

static double
glue(struct bench_frame *f)
{
	double networks = (double)bench_times_at(&f->networks, .5);

	return ratio((double)bench_times_at(&f->whole, .5) - networks, networks);
}

void
bench_vision_targets(struct bench_vision *v)
{
	double f32 = bench_frame_networks(v, SIDE_F32), bf16 = bench_frame_networks(v, SIDE_BF16);
	double ort = bench_frame_networks(v, SIDE_ORT);
	double ms32 = (double)bench_times_at(&v->f32.whole, 0), ms16 = (double)bench_times_at(&v->bf16.whole, 0);

	judge_networks(v);
	verdict("networks of a frame in float32, part of onnxruntime's time", ratio(f32, ort), false, MOST_ORT_F32, "");
	verdict("networks of a frame in bf16, part of onnxruntime's time", ratio(bf16, ort), false, MOST_ORT_BF16, "");
	verdict("whole frame in float32", ms32, false, MOST_MS_F32, " ms");
	verdict("whole frame in bf16", ms16, false, MOST_MS_BF16, " ms");
	verdict("everything but the networks, float32, part of their time", glue(&v->f32), false, MOST_GLUE, "");
	verdict("everything but the networks, bf16, part of their time", glue(&v->bf16), false, MOST_GLUE, "");
	verdict("two workers, times one", ratio(v->load[1].frames_per_s, v->load[0].frames_per_s), true,
	    LEAST_TWO_WORKERS, "");
	verdict("a capture's stream at 15 frames/s, of a core", v->stream.percent_of_core, false, MOST_STREAM, " %");
	verdict("a worker's memory", (double)v->load[0].rss_kb / 1024.0, false, MOST_RSS_MB, " MB");
	verdict("memory that a second worker takes more", (double)bench_second_kb(v) / 1024.0, false, MOST_SECOND_MB,
	    " MB");
}
