/*
 * eval_detect.c - what the face detector says about every picture of a folder.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "eval_common.h"

#define SMALL_SIDE 64.0f	/* pixels; smaller faces are recognised worse */
#define CUT_PART   0.15f	/* of the box's side, beyond the border */

enum outcome { OK, NONE, SEVERAL, SMALL, CUT, UNREADABLE, OUTCOMES };

static const char *const outcome_name[OUTCOMES] = { "ok", "none", "several", "small", "cut", "unreadable" };

static enum outcome
judge(const struct vision_box *b, uint32_t n, const struct image *im)
{
	float left, right, top, bottom;

	if (n == 0)
		return NONE;
	if (n > 1)
		return SEVERAL;
	left = -b->x / b->w;
	top = -b->y / b->h;
	right = (b->x + b->w - (float)im->width) / b->w;
	bottom = (b->y + b->h - (float)im->height) / b->h;
	if (left > CUT_PART || right > CUT_PART || top > CUT_PART || bottom > CUT_PART)
		return CUT;
	return (b->w < b->h ? b->w : b->h) < SMALL_SIDE ? SMALL : OK;
}

static void
print_boxes(const struct eval *e, const char *path, enum outcome o, const struct vision_box *b, uint32_t n, bool first)
{
	if (!e->opt.json) {
		(void)printf("%s\t%s", path, outcome_name[o]);
		for (uint32_t i = 0; i < n; i++)
			(void)printf("\t%.1f %.1f %.1f %.1f %.3f", (double)b[i].x, (double)b[i].y, (double)b[i].w,
			    (double)b[i].h, (double)b[i].score);
		(void)putchar('\n');
		return;
	}
	(void)printf("%s{\"path\": ", first ? "" : ", ");
	eval_json_text(stdout, path);
	(void)printf(", \"outcome\": \"%s\", \"boxes\": [", outcome_name[o]);
	for (uint32_t i = 0; i < n; i++)
		(void)printf("%s[%.2f, %.2f, %.2f, %.2f, %.4f]", i > 0 ? ", " : "", (double)b[i].x, (double)b[i].y,
		    (double)b[i].w, (double)b[i].h, (double)b[i].score);
	(void)printf("]}");
}

int
eval_detect(struct eval *e)
{
	struct eval_list list = { 0 };
	size_t count[OUTCOMES] = { 0 };

	if (!eval_pictures(e->opt.images, &list) || list.n == 0) {
		(void)fprintf(stderr, "countersign-eval: no picture below %s\n", e->opt.images);
		eval_list_free(&list);
		return 1;
	}
	if (e->opt.json)
		(void)printf("{");
	if (e->opt.json && e->opt.boxes)
		(void)printf("\"files\": [");
	for (size_t i = 0; i < list.n; i++) {
		struct vision_box box[DETECTOR_BOXES_MAX];
		struct image_pyramid pyramid = { 0 };
		struct image im;
		enum outcome o = UNREADABLE;
		uint32_t n = 0;

		if (eval_read(e, list.item[i], &im) == RC_OK) {
			if (image_pyramid_show(&pyramid, &im) == RC_OK &&
			    detector_find(e->faces.detector, &pyramid, box, DETECTOR_BOXES_MAX, &n) ==
			    RC_OK)
				o = judge(box, n, &im);
			image_pyramid_close(&pyramid);
		}
		image_free(&im);
		count[o]++;
		if (e->opt.boxes)
			print_boxes(e, list.item[i], o, box, n, i == 0);
		eval_progress(i + 1, list.n);
	}
	if (e->opt.json && e->opt.boxes)
		(void)printf("], ");
	(void)printf(e->opt.json ? "\"images\": %zu, \"outcomes\": {" : "%zu pictures:", list.n);
	for (int o = 0; o < OUTCOMES; o++)
		(void)printf(e->opt.json ? "%s\"%s\": %zu" : "%s %s %zu", o == 0 ? "" : ",", outcome_name[o], count[o]);
	(void)printf(e->opt.json ? "}}\n" : "\n");
	eval_list_free(&list);
	return 0;
}
