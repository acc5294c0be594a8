/*
 * eval_report.c - see eval_report.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>

#include "eval_report.h"

/* The rates at one bin. */
struct point {
	bool measured;
	uint32_t bin;
	double fmr, fnmr, frr;
	struct interval ci;	/* of fnmr */
};

bool
eval_report_open(struct eval_report *r, const struct eval_options *o, const struct vision_hello *by)
{
	char err[512];

	if (calibration_open(&r->calibration, o->models, err, sizeof err) == RC_OK &&
	    calibration_check(r->calibration, by, err, sizeof err) == RC_OK)
		return true;
	eval_report_close(r);
	eval_say("the shipped threshold cannot be measured: %s", err);
	return false;
}

void
eval_report_close(struct eval_report *r)
{
	calibration_close(r->calibration);
	r->calibration = NULL;
}

static struct point
point_at(const struct eval_report *r, uint32_t bin)
{
	const struct scores *s = &r->cross->scores;
	struct point p = { true, bin, scores_fmr(s, bin), scores_fnmr(s, bin), scores_frr(s, bin), { NAN, NAN } };
	double genuine = (double)s->n[SCORES_GENUINE];

	if (r->identities == 0)
		p.ci = interval_wilson(p.fnmr * genuine, genuine);
	else if (!cross_interval(r->cross, bin, r->identities, &p.ci))
		eval_say("out of memory for an interval");
	return p;
}

static struct point
point_for(const struct eval_report *r, double fmr)
{
	uint32_t bin;

	return scores_threshold(&r->cross->scores, fmr, r->identities == 0 ? 0.0 : SCORES_COARSE, &bin) ? point_at(r, bin) :
	    (struct point){ false, 0, NAN, NAN, NAN, { NAN, NAN } };
}

static void
json_interval(struct json *j, const char *key, const struct interval *i)
{
	json_open(j, key, '[');
	json_real(j, NULL, i->low);
	json_real(j, NULL, i->high);
	json_close(j, ']');
}

/* What is at 10^-first ... 10^-last, one object for each rate. */
static void
report_levels(const struct eval_report *r, struct json *j)
{
	struct point p[8];
	char name[8][8];
	uint32_t bin;
	int n = 0;

	for (int e = r->first; e <= r->last && n < 8; e++, n++) {
		(void)snprintf(name[n], sizeof name[n], "1e-%d", e);
		p[n] = point_for(r, pow(10.0, -e));
	}
	json_open(j, "fnmr", '{');
	for (int i = 0; i < n; i++)
		json_real(j, name[i], p[i].fnmr);
	json_close(j, '}');
	json_open(j, "fnmr_ci", '{');
	for (int i = 0; i < n; i++) {
		if (p[i].measured)
			json_interval(j, name[i], &p[i].ci);
		else
			json_null(j, name[i]);
	}
	json_close(j, '}');
	json_open(j, "frr", '{');
	for (int i = 0; i < n; i++)
		json_real(j, name[i], p[i].frr);
	json_close(j, '}');
	json_open(j, "score", '{');
	for (int i = 0; i < n; i++)
		json_real(j, name[i], p[i].measured ? (double)scores_cosine(p[i].bin) : NAN);
	json_close(j, '}');
	json_open(j, "coarse", '[');
	for (int i = 0; i < n; i++)
		if (p[i].measured && !scores_threshold(&r->cross->scores, pow(10.0, -(r->first + i)), SCORES_FIRM, &bin))
			json_text(j, NULL, name[i]);
	json_close(j, ']');
}

static void
report_roc(const struct eval_report *r, struct json *j)
{
	struct scores_point p[SCORES_POINTS_MAX];
	size_t n = scores_roc(&r->cross->scores, p, SCORES_POINTS_MAX);

	json_open(j, "roc", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_real(j, "fmr", p[i].fmr);
		json_real(j, "fnmr", p[i].fnmr);
		json_real(j, "score", (double)p[i].cosine);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* The bin of the shipped threshold: its cosine has six digits, as bins do. */
static uint32_t
report_shipped(const struct eval_report *r, float *cosine)
{
	*cosine = calibration_threshold(r->calibration, r->kind, CALIBRATION_FMR_SHIPPED);
	return scores_bin(*cosine + 5e-7f);
}

static void
report_threshold(const struct eval_report *r, struct json *j)
{
	struct interval ci;
	struct point p;
	float cosine;

	if (r->calibration == NULL) {
		json_null(j, "threshold");
		return;
	}
	p = point_at(r, report_shipped(r, &cosine));
	ci = interval_wilson(p.fmr * (double)r->cross->scores.n[SCORES_IMPOSTOR],
	    (double)r->cross->scores.n[SCORES_IMPOSTOR]);
	json_open(j, "threshold", '{');
	json_text(j, "kind", r->kind == CALIBRATION_SINGLE ? "single" : "template");
	json_real(j, "fmr", CALIBRATION_FMR_SHIPPED);
	json_real(j, "score", (double)cosine);
	json_real(j, "fmr_measured", p.fmr);
	json_interval(j, "fmr_ci", &ci);
	json_real(j, "fnmr_measured", p.fnmr);
	json_interval(j, "fnmr_ci", &p.ci);
	json_real(j, "frr_measured", p.frr);
	json_close(j, '}');
}

void
eval_report_json(const struct eval_report *r, struct json *j)
{
	const struct scores *s = &r->cross->scores;
	struct scores_curve c = scores_curve(s);

	json_count(j, "genuine", s->n[SCORES_GENUINE]);
	json_count(j, "impostor", s->n[SCORES_IMPOSTOR]);
	json_count(j, "genuine_lost", s->lost[SCORES_GENUINE]);
	json_count(j, "impostor_lost", s->lost[SCORES_IMPOSTOR]);
	json_real(j, "eer", c.eer);
	json_real(j, "auc", c.auc);
	report_levels(r, j);
	report_threshold(r, j);
	json_text(j, "interval", r->identities == 0 ? "95 %, Wilson over pairs" : "95 %, bootstrap over identities "
	    "(Wilson over identities where none or all are refused); of FMR Wilson over pairs");
	report_roc(r, j);
}

static void
print_point(const char *what, const struct point *p, float cosine)
{
	(void)printf("%s: cosine %.4f, FMR %.2e, FNMR %.3f %% (95 %%: %.3f ... %.3f), FRR %.3f %%\n", what, (double)cosine,
	    p->fmr, 100 * p->fnmr, 100 * p->ci.low, 100 * p->ci.high, 100 * p->frr);
}

void
eval_report_print(const struct eval_report *r)
{
	const struct scores *s = &r->cross->scores;
	struct scores_curve c = scores_curve(s);
	char what[32];
	struct point p;
	float cosine;

	(void)printf("%llu genuine and %llu impostor pairs, %llu and %llu lost to pictures without features\n"
	    "EER %.3f %%, AUC %.6f\n", (unsigned long long)s->n[SCORES_GENUINE],
	    (unsigned long long)s->n[SCORES_IMPOSTOR], (unsigned long long)s->lost[SCORES_GENUINE],
	    (unsigned long long)s->lost[SCORES_IMPOSTOR], 100 * c.eer, c.auc);
	for (int e = r->first; e <= r->last; e++) {
		p = point_for(r, pow(10.0, -e));
		(void)snprintf(what, sizeof what, "at FMR 1e-%d", e);
		if (p.measured)
			print_point(what, &p, scores_cosine(p.bin));
		else
			(void)printf("%s: too few impostor pairs\n", what);
	}
	if (r->calibration == NULL)
		return;
	p = point_at(r, report_shipped(r, &cosine));
	print_point("shipped threshold", &p, cosine);
}
