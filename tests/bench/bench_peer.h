/*
 * bench_peer.h - the same network in another program, beside ours.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A peer is a child process that loads one network at a time and times its
 * own runs. Words on its stdin and stdout:
 *
 *   open C H W PATH\n  C*H*W floats    ->  ok N\n  N floats: the network's output
 *   run N\n                            ->  ok N\n  N floats: milliseconds of each run
 *                                      or  error WHY\n
 *
 * Floats are float32 of this machine, pictures [channels][height][width].
 * The child ends when its stdin does. Threads: one.
 */
#ifndef TESTS_BENCH_PEER_H
#define TESTS_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "models/model_file.h"

struct bench_peer {
	const char *name;
	pid_t pid;		/* 0: not there */
	FILE *to, *from;
};

/* argv[0] is looked up in PATH. False: it did not start. */
bool bench_peer_start(struct bench_peer *p, const char *name, const char *const argv[]);
/* False: the peer cannot run this network; why is on stderr. */
bool bench_peer_open(struct bench_peer *p, const char *path, struct model_shape in, const float *input,
    float *output, size_t output_n);
bool bench_peer_run(struct bench_peer *p, size_t runs, float *ms);
void bench_peer_stop(struct bench_peer *p);	/* safe on a zeroed struct */

#endif
