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
		n += f->face[i].readable && (int)f->face[i].outcome == outcome;
	return n;
}

void
eval_faces_outcomes(const struct eval_faces *f, struct json *j)
{
	json_open(j, "outcomes", '{');
	for (int o = 0; o < FACE_OUTCOMES; o++)
		json_count(j, face_outcome_text((enum face_outcome)o), outcome_count(f, o));
	json_count(j, "unreadable", f->unreadable);
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
			json_text(j, f->path.item[i], eval_face_text(&f->face[i]));
	json_close(j, '}');
	json_real(j, "ms_per_image", f->ms_per_image);
}

void
eval_faces_print(const struct eval_faces *f)
{
	(void)printf("%zu pictures:", f->path.n);
	for (int o = 0; o < FACE_OUTCOMES; o++)
		(void)printf(" %zu %s,", outcome_count(f, o), face_outcome_text((enum face_outcome)o));
	(void)printf(" %zu unreadable; %.2f ms a picture\n", f->unreadable, f->ms_per_image);
}
