/*
 * bench_frame.h - one frame's way from JPEG to features, whole and by stages.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The frame is 640x480, JPEG quality 80, with the given face in the middle.
 */
#ifndef TESTS_BENCH_FRAME_H
#define TESTS_BENCH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench.h"
#include "proto/limits.h"

enum bench_stage {
	STAGE_DECODE, STAGE_DETECT, STAGE_LANDMARKS, STAGE_EYES, STAGE_ALIGN, STAGE_EMBED, STAGES
};
extern const char *const bench_stage_name[STAGES];

struct bench_jpeg { uint8_t bytes[JPEG_MAX_BYTES]; size_t n; };

/* The networks of a frame with an embedding, each once: what is compared with other programs. */
#define BENCH_FRAME_NETWORKS 5
extern const char *const bench_frame_network[BENCH_FRAME_NETWORKS];

struct bench_frame {
	bool measured;
	struct bench_times whole;		/* face_frame_run() */
	struct bench_times stage[STAGES];	/* the same parts called one by one */
	struct bench_times networks;		/* its networks alone, one after the other */
};

/* The picture (a file) as a camera would send it. False, and a sentence on stderr: it cannot be read. */
bool bench_frame_make(const char *picture, struct bench_jpeg *to);

/* Both take turns. bf16 is left alone where the processor has none. False: a frame failed. */
bool bench_frame_run(const char *models, const struct bench_jpeg *jpeg, struct bench_frame *f32,
    struct bench_frame *bf16, unsigned rounds);

#endif
