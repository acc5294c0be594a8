/*
 * bench_vision.h - what `countersign-bench vision` measured, how it is judged
 * and printed.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_BENCH_VISION_H
#define TESTS_BENCH_VISION_H

#include "bench_frame.h"
#include "bench_networks.h"
#include "bench_stream.h"
#include "bench_workers.h"

#define BENCH_LOADS 2	/* one worker, two workers */

struct bench_vision {
	struct bench_networks networks;
	struct bench_jpeg jpeg;
	struct bench_frame f32, bf16;
	struct bench_load load[BENCH_LOADS];
	struct bench_stream stream;
};

/* Sum of the smallest times of the networks of one frame's way on one side; 0 if one was not measured. */
double bench_frame_networks(struct bench_vision *v, enum bench_side side);

/* How much more memory two workers take than one, of the machine's; 0 if unknown. */
long bench_second_kb(const struct bench_vision *v);

/* One line for each thing that must hold: met or missed, and the figure. */
void bench_vision_targets(struct bench_vision *v);

void bench_vision_text(struct bench_vision *v);
void bench_vision_json(struct bench_vision *v);

#endif
