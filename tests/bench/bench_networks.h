/*
 * bench_networks.h - every network of MANIFEST by itself: ours in float32 and
 * bf16, Darknet's own layers, OpenCV's dnn and onnxruntime.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of them take turns in short rounds, so that what else the machine does
 * hits them alike. A peer whose output differs from ours is not counted.
 */
#ifndef TESTS_BENCH_NETWORKS_H
#define TESTS_BENCH_NETWORKS_H

#include <stdbool.h>

#include "bench.h"
#include "bench_peer.h"
#include "models/model_file.h"

#define BENCH_NETWORKS_MAX 12u

/* Who runs a network. */
enum bench_side { SIDE_F32, SIDE_BF16, SIDE_STOCK, SIDE_OPENCV, SIDE_ORT, SIDES };
extern const char *const bench_side_name[SIDES];	/* as the JSON fields are called */

struct bench_network {
	struct model model;
	double gflop;
	bool has[SIDES];
	float differs[SIDES];	/* largest difference from SIDE_F32, relative to values above 1 */
	struct bench_times times[SIDES];
};

struct bench_networks {
	struct bench_network at[BENCH_NETWORKS_MAX];
	unsigned n;
	double peak_gflops;	/* the best matrix product seen between the networks */
};

/* Smallest time of one side; 0 if it has none. */
float bench_network_least(struct bench_network *w, enum bench_side side);

/* onnx: the folder of to_onnx.py's files. peer: [SIDES], those of the peers started or zero. False: one of ours failed. */
bool bench_networks_run(struct bench_networks *b, const char *models, const char *onnx, struct bench_peer *peer,
    unsigned rounds);

#endif
