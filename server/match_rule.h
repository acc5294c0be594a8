/*
 * match_rule.h - from which cosine on two faces count as the same.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the thresholds of one server, named by false match rate (the
 *               share of strangers that would pass) and looked up in the
 *               calibration table beside the models.
 * What it isn't: it compares nothing (match.h).
 *
 * Threads: after match_rule_open() it is only read, by any thread.
 */
#ifndef SERVER_MATCH_RULE_H
#define SERVER_MATCH_RULE_H

#include <stddef.h>

#include "proto/rc.h"
#include "proto/vision_wire.h"

#define MATCH_FRAME_FMR 1e-3	/* of a single frame; the mean of them is what decides */

struct calibration;

struct match_rule {
	float cosine;		/* mean of a capture against a template, at least */
	float cosine_frame;	/* a single frame against a template or the mean so far, at least; not above cosine */
	float cosine_never;	/* a frame below, once something was asked, is no bad moment of the right face: never forgiven */
	struct vision_hello by;	/* whose embeddings they are for: name and version; dim 0 */
	struct calibration *calibration;	/* NULL: no scores (tests) */
};

/* models: folder of MANIFEST. RC_MODEL_BAD or RC_INVALID (fmr out of range) with a sentence in err. */
enum rc match_rule_open(struct match_rule *m, const char *models, double fmr, char *err, size_t err_n) MUST_CHECK;
void    match_rule_close(struct match_rule *m);	/* a zeroed one is fine */
/* The least cosine of two templates that passes at this false match rate; 2, which none reaches, without a table. */
float   match_rule_cosine(const struct match_rule *m, double fmr);
/* -log10 of the false match rate at which the mean of a capture would just pass: 4 is one in 10,000. 0 without a table. */
float   match_rule_score(const struct match_rule *m, float cosine);

#endif
