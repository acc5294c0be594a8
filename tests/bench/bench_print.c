/*
 * bench_print.c - the results of `countersign-bench vision` as text and as JSON
 * (bench_vision.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "bench_vision.h"

static double
at(struct bench_times *t, double part)
{
	return (double)bench_times_at(t, part);
}

static double
gflops(struct bench_network *w, enum bench_side side)
{
	return w->gflop * 1e3 / (double)bench_network_least(w, side);
}

static void
text_networks(struct bench_vision *v)
{
	(void)printf("peak %.0f GFLOP/s (float32 matrix product)\n\n%-20s %6s |%22s %6s |%22s %6s |", v->networks.peak_gflops,
	    "network", "GFLOP", "float32 min/med/p99 ms", "GFL/s", "bf16 min/med/p99 ms", "GFL/s");
	for (enum bench_side side = SIDE_STOCK; side < SIDES; side++)
		(void)printf(" %14s", bench_side_name[side]);
	(void)printf("\n");
	for (unsigned i = 0; i < v->networks.n; i++) {
		struct bench_network *w = &v->networks.at[i];

		(void)printf("%-20s %6.4f", w->model.name, w->gflop);
		for (enum bench_side side = SIDE_F32; side <= SIDE_BF16; side++) {
			if (w->has[side])
				(void)printf(" |%7.3f %7.3f %6.2f %6.0f", at(&w->times[side], 0), at(&w->times[side], .5),
				    at(&w->times[side], .99), gflops(w, side));
			else
				(void)printf(" |%30s", "-");
		}
		(void)printf(" |");
		for (enum bench_side side = SIDE_STOCK; side < SIDES; side++) {
			if (w->has[side])
				(void)printf(" %6.2f /%6.2f", at(&w->times[side], 0), at(&w->times[side], .5));
			else
				(void)printf(" %14s", "-");
		}
		(void)printf("\n");
	}
	(void)printf("\nlargest difference from float32 (absolute, relative above 1)\n");
	for (unsigned i = 0; i < v->networks.n; i++) {
		struct bench_network *w = &v->networks.at[i];

		(void)printf("%-20s", w->model.name);
		for (enum bench_side side = SIDE_BF16; side < SIDES; side++)
			if (w->has[side])
				(void)printf("  %s %.1e", bench_side_name[side], (double)w->differs[side]);
		(void)printf("\n");
	}
}

static void
text_frame(const char *name, struct bench_frame *f)
{
	if (!f->measured)
		return;
	(void)printf("frame in %-7s min %.2f  median %.2f  p99 %.2f ms;", name, at(&f->whole, 0), at(&f->whole, .5),
	    at(&f->whole, .99));
	for (int s = 0; s < STAGES; s++)
		(void)printf(" %s %.2f", bench_stage_name[s], at(&f->stage[s], 0));
	(void)printf("; its networks alone %.2f\n", at(&f->networks, 0));
}

void
bench_vision_text(struct bench_vision *v)
{
	text_networks(v);
	(void)printf("\n");
	text_frame("float32", &v->f32);
	text_frame("bf16", &v->bf16);
	(void)printf("\n");
	for (int i = 0; i < BENCH_LOADS; i++)
		(void)printf("%d worker%s %.1f frames/s\n", i + 1, i == 0 ? " " : "s", v->load[i].frames_per_s);
	(void)printf("a capture's stream %.2f ms of a worker's processor per frame, %.1f %% of a core at 15 frames/s\n",
	    v->stream.cpu_ms_per_frame, v->stream.percent_of_core);
	(void)printf("a worker's memory %.1f MB, a second one takes %.1f MB more\n\n",
	    (double)v->load[0].rss_kb / 1024.0, (double)bench_second_kb(v) / 1024.0);
	bench_vision_targets(v);
}

static void
json_network(struct bench_network *w)
{
	(void)printf("{\"name\": \"%s\", \"gflop\": %.4f", w->model.name, w->gflop);
	for (enum bench_side side = 0; side < SIDES; side++) {
		struct bench_times *t = &w->times[side];

		(void)printf(", \"%s\": ", bench_side_name[side]);
		if (!w->has[side])
			(void)printf("null");
		else if (side <= SIDE_BF16)
			(void)printf("{\"min\": %.4f, \"median\": %.4f, \"p99\": %.4f, \"gflops\": %.1f}", at(t, 0), at(t, .5),
			    at(t, .99), gflops(w, side));
		else
			(void)printf("{\"min\": %.4f, \"median\": %.4f}", at(t, 0), at(t, .5));
	}
	(void)printf("}");
}

static void
json_frame(const char *name, struct bench_frame *f)
{
	(void)printf("\"%s\": ", name);
	if (f->measured)
		(void)printf("{\"min\": %.3f, \"median\": %.3f, \"p99\": %.3f}", at(&f->whole, 0), at(&f->whole, .5),
		    at(&f->whole, .99));
	else
		(void)printf("null");
}

void
bench_vision_json(struct bench_vision *v)
{
	struct bench_frame *best = v->bf16.measured ? &v->bf16 : &v->f32;

	(void)printf("{\"peak_gflops\": {\"f32\": %.1f}, \"networks\": [", v->networks.peak_gflops);
	for (unsigned i = 0; i < v->networks.n; i++) {
		(void)printf("%s", i > 0 ? ", " : "");
		json_network(&v->networks.at[i]);
	}
	(void)printf("], \"frame\": {");
	json_frame("f32", &v->f32);
	(void)printf(", ");
	json_frame("bf16", &v->bf16);
	(void)printf(", \"stages\": {");
	for (int s = 0; s < STAGES; s++)
		(void)printf("%s\"%s\": %.3f", s > 0 ? ", " : "", bench_stage_name[s], at(&best->stage[s], .5));
	(void)printf("}}, \"workers\": {");
	for (int i = 0; i < BENCH_LOADS; i++)
		(void)printf("%s\"%d\": %.1f", i > 0 ? ", " : "", i + 1, v->load[i].frames_per_s);
	(void)printf("}, \"stream\": {\"cpu_ms_per_frame\": %.3f, \"percent_of_core_at_15fps\": %.2f, \"captures\": %d, "
	    "\"followed\": %d}, \"rss\": %ld, \"pss_second\": %ld}\n", v->stream.cpu_ms_per_frame,
	    v->stream.percent_of_core, v->stream.captures, v->stream.followed, v->load[0].rss_kb * 1024,
	    bench_second_kb(v) * 1024);
}
