/*
 * eval_outcome.h - what became of a picture, in one word.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_EVAL_OUTCOME_H
#define TESTS_EVAL_OUTCOME_H

#include "proto/vision_wire.h"

enum eval_outcome {
	EVAL_OK, EVAL_NONE, EVAL_SEVERAL, EVAL_SMALL, EVAL_CUT, EVAL_UNREADABLE,
	EVAL_OUTCOMES
};

/* Of features that were computed. */
enum eval_outcome eval_outcome(const struct vision_features *f);
const char *eval_outcome_name(enum eval_outcome o);

#endif
