/*
 * bench_stream.h - what a camera that films a face costs a vision worker.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A capture is 90 frames of 640x480 (six seconds) of a face that sways, comes
 * closer and goes back. As the server does, every fifth frame is searched and
 * the others follow the face; all ask for the eyes, eight for embedding and
 * texture.
 */
#ifndef TESTS_BENCH_STREAM_H
#define TESTS_BENCH_STREAM_H

#include <stdbool.h>

#define BENCH_STREAM_FRAMES 90
#define BENCH_STREAM_FPS    15.0

struct bench_stream {
	int    captures;		/* measured; the best counts */
	double cpu_ms_per_frame;	/* of the worker's process */
	double percent_of_core;		/* at 15 frames a second */
	int    followed;		/* frames of a capture */
};

/* picture: a file with one face. False, and a sentence on stderr: it could not be measured. */
bool bench_stream_run(const char *models, const char *picture, struct bench_stream *out);

#endif
