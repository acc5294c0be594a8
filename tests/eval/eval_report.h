/*
 * eval_report.h - error rates of counted pairs, as JSON or for a reader.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_EVAL_REPORT_H
#define TESTS_EVAL_REPORT_H

#include <stdbool.h>

#include "eval.h"
#include "eval_cross.h"
#include "eval_json.h"
#include "models/calibration.h"

struct eval_report {
	const struct cross *cross;
	uint32_t identities;		/* for intervals over identities; 0: pairs are independent, Wilson's */
	enum calibration_kind kind;	/* which shipped threshold applies */
	int first, last;		/* FNMR at FMR 10^-first ... 10^-last */
	struct calibration *calibration;	/* NULL: there is none for this embedder */
};

/* Loads the shipped thresholds; says on standard error when they are not of this embedder. */
bool eval_report_open(struct eval_report *r, const struct eval_options *o, const struct vision_hello *by);
void eval_report_close(struct eval_report *r);

/*
 * "genuine", "impostor", "genuine_lost", "impostor_lost", "eer", "auc",
 * "fnmr", "fnmr_ci", "frr", "roc", "threshold", "interval" of an open object.
 * What the trials do not allow is null.
 */
void eval_report_json(const struct eval_report *r, struct json *j);
void eval_report_print(const struct eval_report *r);

#endif
