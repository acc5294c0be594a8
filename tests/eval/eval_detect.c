/*
 * eval_detect.c - what the face detector says about every picture of a folder.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "eval_faces.h"

static void
detect_json(const struct eval_faces *f, bool boxes)
{
	struct json j = { stdout, false };

	json_open(&j, NULL, '{');
	json_count(&j, "images", f->path.n);
	eval_faces_outcomes(f, &j);
	json_real(&j, "ms_per_image", f->ms_per_image);
	if (boxes)
		json_open(&j, "files", '[');
	for (size_t i = 0; boxes && i < f->path.n; i++) {
		json_open(&j, NULL, '{');
		json_text(&j, "path", f->path.item[i]);
		json_text(&j, "outcome", eval_face_text(&f->face[i]));
		json_open(&j, "boxes", '[');
		for (uint32_t b = 0; b < f->face[i].boxes; b++) {
			const struct vision_box *box = &f->face[i].box[b];

			json_open(&j, NULL, '[');
			json_real(&j, NULL, (double)box->x);
			json_real(&j, NULL, (double)box->y);
			json_real(&j, NULL, (double)box->w);
			json_real(&j, NULL, (double)box->h);
			json_real(&j, NULL, (double)box->score);
			json_close(&j, ']');
		}
		json_close(&j, ']');
		json_close(&j, '}');
	}
	if (boxes)
		json_close(&j, ']');
	json_close(&j, '}');
	(void)putchar('\n');
}

static void
detect_print(const struct eval_faces *f, bool boxes)
{
	for (size_t i = 0; boxes && i < f->path.n; i++) {
		(void)printf("%s\t%s", f->path.item[i], eval_face_text(&f->face[i]));
		for (uint32_t b = 0; b < f->face[i].boxes; b++) {
			const struct vision_box *box = &f->face[i].box[b];

			(void)printf("\t%.1f %.1f %.1f %.1f %.3f", (double)box->x, (double)box->y, (double)box->w,
			    (double)box->h, (double)box->score);
		}
		(void)putchar('\n');
	}
	eval_faces_print(f);
}

int
eval_detect(const struct eval_options *o)
{
	struct eval_faces f = { 0 };
	int status = EVAL_NOT;
	char err[512];

	if (!eval_list_pictures(&f.path, o->images, err, sizeof err)) {
		eval_say("%s", err);
	} else if (eval_faces_look(&f, o, VISION_WANT_EYES)) {
		status = f.unreadable == 0 ? EVAL_MEASURED : EVAL_NOT;
		if (o->json)
			detect_json(&f, o->boxes);
		else
			detect_print(&f, o->boxes);
	}
	eval_faces_close(&f);
	return status;
}
