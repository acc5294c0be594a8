/*
 * match_rule.c - see match_rule.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/calibration.h"
#include "server/match_rule.h"

enum rc
match_rule_open(struct match_rule *m, const char *models, double fmr, char *err, size_t err_n)
{
	const struct calibration_table *t;
	struct match_rule new = { 0 };
	enum rc r;

	if (!(fmr >= CALIBRATION_FMR_LEAST && fmr <= CALIBRATION_FMR_MOST)) {
		snprintf(err, err_n, "policy.fmr is %g; %g to %g is known", fmr, CALIBRATION_FMR_LEAST, CALIBRATION_FMR_MOST);
		return RC_INVALID;
	}
	if ((r = calibration_open(&new.calibration, models, err, err_n)) != RC_OK)
		return r;
	t = calibration_table(new.calibration);
	memcpy(new.by.embedder, t->embedder, sizeof new.by.embedder);
	new.by.embedder_version = t->embedder_version;
	new.cosine = calibration_threshold(new.calibration, CALIBRATION_TEMPLATE, fmr);
	new.cosine_frame = fminf(new.cosine, calibration_threshold(new.calibration, CALIBRATION_SINGLE, MATCH_FRAME_FMR));
	/* The table's end: nine of ten strangers lie below it. */
	new.cosine_never = fminf(new.cosine_frame, calibration_threshold(new.calibration, CALIBRATION_SINGLE, CALIBRATION_FMR_MOST));
	*m = new;
	return RC_OK;
}

void
match_rule_close(struct match_rule *m)
{
	calibration_close(m->calibration);
	*m = (struct match_rule){ 0 };
}

float
match_rule_score(const struct match_rule *m, float cosine)
{
	return m->calibration == NULL ? 0.0f : calibration_score(m->calibration, CALIBRATION_TEMPLATE, cosine);
}

float
match_rule_cosine(const struct match_rule *m, double fmr)
{
	return m->calibration == NULL ? 2.0f : calibration_threshold(m->calibration, CALIBRATION_TEMPLATE, fmr);
}
