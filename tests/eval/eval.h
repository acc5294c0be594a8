/*
 * eval.h - what the measurements of countersign-eval share: what was asked
 * for, and how they speak on standard error.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_EVAL_H
#define TESTS_EVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "models/net_darknet.h"

#define EVAL_THREADS_MAX 64u
#define EVAL_FPS_MAX     1000u

struct eval_options {
	const char *models, *images /* or --root */, *pairs, *labels, *out, *data;	/* NULL: not given */
	bool json, boxes;
	unsigned threads;	/* 1 ... EVAL_THREADS_MAX */
	unsigned frames;	/* --template: pictures averaged; 0: not given */
	unsigned fps;		/* 0: not given */
	const char *video;
	enum net_backend backend;
};

/* Exit status of a measurement: EVAL_MEASURED, or EVAL_NOT when something asked for could not be. */
enum { EVAL_MEASURED = 0, EVAL_NOT = 1, EVAL_USAGE = 2 };

int eval_verify(const struct eval_options *o);
int eval_gallery(const struct eval_options *o);
int eval_detect(const struct eval_options *o);
int eval_calibrate(const struct eval_options *o);
int eval_events(const struct eval_options *o);
int eval_liveness_frames(const struct eval_options *o);
int eval_liveness_video(const struct eval_options *o);
int eval_pattern(const struct eval_options *o);

/* "countersign-eval: ..." on standard error, with a line end. */
void eval_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * How far a long work is. A bar on a terminal, otherwise a line at each tenth
 * of works of 1000 and more. Called by one thread at a time, with done rising to all.
 */
void eval_progress(const char *what, size_t done, size_t all);

#endif
