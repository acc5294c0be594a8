/*
 * eval_attack.h - tables of live people and attacks, and the error rates of a
 * cue over them, in the terms of ISO/IEC 30107-3.
 * SPDX-License-Identifier: Apache-2.0
 *
 * APCER: share of the attack presentations of one kind that are taken for live
 * (never averaged over kinds: the worst counts). BPCER: share of the live
 * (bona fide) ones that are refused. A picture or video that gave nothing to
 * judge is in neither; it is named as a failure to acquire.
 */
#ifndef TESTS_EVAL_ATTACK_H
#define TESTS_EVAL_ATTACK_H

#include <stdbool.h>
#include <stddef.h>

#include "eval_json.h"
#include "eval_list.h"

struct attack_item {
	char *path;
	char *kind;		/* of the attack, or what the third column says */
	bool live;
	unsigned line;
};

/* Sorted by path; a zeroed struct is empty. */
struct attack_list {
	struct attack_item *item;
	size_t n, cap;
	size_t live;		/* of n */
};

/*
 * Reads columns path, label (live or spoof) and one called third. False after saying
 * why: also for a path that is there twice.
 */
bool attack_list_read(struct attack_list *l, const char *file, const char *third);
void attack_list_free(struct attack_list *l);

/* One judged presentation. */
struct attack_score {
	float value;		/* >= 0: taken for live, at the shipped threshold */
	bool live;
	const char *kind;
};

/* Area under the ROC, ties half, and equal error rate. NaN unless both labels are there. */
struct attack_curve { double auc, eer; };
struct attack_curve attack_curve(const struct attack_score *s, size_t n);
double attack_bpcer(const struct attack_score *s, size_t n, float threshold);
/* kind NULL: of the kind that is worst. */
double attack_apcer(const struct attack_score *s, size_t n, const char *kind, float threshold);
/* The highest threshold that refuses no more than this share of the live ones. */
float attack_threshold(const struct attack_score *s, size_t n, double bpcer);

/* "apcer": {kind: share}, under this key. */
void attack_apcer_json(const struct attack_score *s, size_t n, float threshold, struct json *j, const char *key);
/* The object "auc", "eer", "bpcer", "apcer", "apcer_at_bpcer5" under this key. */
void attack_json(const struct attack_score *s, size_t n, struct json *j, const char *key);
/* The same as a line for a reader. */
void attack_print(const struct attack_score *s, size_t n, const char *name);

#endif
