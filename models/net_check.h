/*
 * net_check.h - does a network made fast still compute what it was trained
 * for? A picture of noise goes through it when it is opened, and the answer is
 * compared with a reference.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reference comes from Darknet's own float32 layers, which share no code
 * with the fast ones: run once at load (up to 0.1 s for a network), or taken
 * from the store of packed weights, where the process that made the store put
 * it. A wrong kernel, a damaged store or a processor that miscomputes is found
 * here, before the first face.
 * Threads: any; no state.
 */
#ifndef MODELS_NET_CHECK_H
#define MODELS_NET_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* How far an answer may be off. */
struct net_tolerance {
	float cosine;		/* between answer and reference, at least */
	float difference;	/* largest, divided by the reference's largest number (1, if that is smaller) */
};

#define NET_TOLERANCE_F32  (struct net_tolerance){ 0.999999f, 2e-4f }
#define NET_TOLERANCE_BF16 (struct net_tolerance){ 0.999f, 0.06f }

void net_check_picture(float *x, size_t n);	/* noise in -.5 ... .5, always the same */
/* *got: how far it is off. */
bool net_check_agrees(const float *answer, const float *reference, size_t n, struct net_tolerance allowed,
    struct net_tolerance *got);

#endif
