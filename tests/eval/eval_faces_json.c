/*
 * eval_faces_json.c - what became of the pictures, for eval_faces.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "eval_faces.h"

static size_t
outcome_count(const struct eval_faces *f, int outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < f->path.n; i++)
		n += (int)f->face[i].outcome == outcome;
	return n;
}

void
eval_faces_outcomes(const struct eval_faces *f, struct json *j)
{
	json_open(j, "outcomes", '{');
	for (int o = 0; o < EVAL_OUTCOMES; o++)
		json_count(j, eval_outcome_name((enum eval_outcome)o), outcome_count(f, o));
	json_close(j, '}');
}

void
eval_faces_json(const struct eval_faces *f, struct json *j)
{
	json_count(j, "images", f->path.n);
	eval_faces_outcomes(f, j);
	json_open(j, "fta", '[');
	for (size_t i = 0; i < f->path.n; i++)
		if (!f->face[i].have)
			json_text(j, NULL, f->path.item[i]);
	json_close(j, ']');
	json_open(j, "fta_outcomes", '{');
	for (size_t i = 0; i < f->path.n; i++)
		if (!f->face[i].have)
			json_text(j, f->path.item[i], eval_outcome_name(f->face[i].outcome));
	json_close(j, '}');
	json_real(j, "ms_per_image", f->ms_per_image);
}

void
eval_faces_print(const struct eval_faces *f)
{
	(void)printf("%zu pictures:", f->path.n);
	for (int o = 0; o < EVAL_OUTCOMES; o++)
		(void)printf(" %zu %s%s", outcome_count(f, o), eval_outcome_name((enum eval_outcome)o),
		    o + 1 < EVAL_OUTCOMES ? "," : "");
	(void)printf("; %.2f ms a picture\n", f->ms_per_image);
}
