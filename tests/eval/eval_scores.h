/*
 * eval_scores.h - genuine and impostor cosines, counted, and the error rates
 * that follow (terms of ISO/IEC 19795-1).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cosines fall into bins of one millionth, so that memory is the same for a
 * thousand pairs and for a billion. A pair passes a threshold, which is the lower
 * end of a bin, when its cosine is at or above it. A pair of which a picture gave no features (failure to
 * acquire) is lost: it counts in no FMR and FNMR, but in the false reject
 * rate FRR, where a lost genuine pair is a refused one.
 *
 * A false match rate needs impostor pairs: with fewer than SCORES_FIRM of them
 * expected to pass it is coarse. `gallery` leaves those with fewer than
 * SCORES_COARSE out; `verify`, made for short lists, then says what the best
 * threshold of its list gives, which may flatter.
 *
 * Threads: one struct belongs to one thread; counts of several are added.
 */
#ifndef TESTS_EVAL_SCORES_H
#define TESTS_EVAL_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCORES_BINS           2000001u
#define SCORES_FIRM           10.0
#define SCORES_COARSE         1.0

enum { SCORES_IMPOSTOR, SCORES_GENUINE, SCORES_KINDS };

struct scores {
	uint64_t *bin[SCORES_KINDS];	/* [SCORES_BINS] */
	uint64_t n[SCORES_KINDS];	/* pairs compared */
	uint64_t lost[SCORES_KINDS];	/* pairs that could not be */
};

bool     scores_open(struct scores *s);		/* false: out of memory */
void     scores_close(struct scores *s);	/* safe on a zeroed struct */
void     scores_merge(struct scores *to, const struct scores *from);

uint32_t scores_bin(float cosine);		/* NaN is the lowest */
float    scores_cosine(uint32_t bin);		/* the bin's lower end */
void     scores_add(struct scores *s, int kind, float cosine);

/* Pairs of a kind that pass at this bin. */
uint64_t scores_passed(const struct scores *s, int kind, uint32_t bin);

/* The lowest bin at which at most `most` impostors pass; SCORES_BINS: none but a cosine above 1 keeps them out. */
uint32_t scores_bin_for(const struct scores *s, uint64_t most);
/* The same for a false match rate; false if fewer than `least` impostors are expected to pass. */
bool     scores_threshold(const struct scores *s, double fmr, double least, uint32_t *bin);

double   scores_fmr(const struct scores *s, uint32_t bin);	/* NaN without pairs */
double   scores_fnmr(const struct scores *s, uint32_t bin);
double   scores_frr(const struct scores *s, uint32_t bin);

/* Equal error rate (linear between the two bins where the curves cross) and area under the ROC, ties half. */
struct scores_curve { double eer, auc; };
struct scores_curve scores_curve(const struct scores *s);

/* Points of the ROC at ten FMR for each power of ten, from 1 down to the last one that an impostor reaches. */
struct scores_point { double fmr, fnmr; float cosine; };
#define SCORES_POINTS_MAX 128u
size_t   scores_roc(const struct scores *s, struct scores_point *to, size_t max);

#endif
