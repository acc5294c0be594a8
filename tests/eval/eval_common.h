/*
 * eval_common.h - what the measurements of countersign-eval share: options,
 * lists of pictures, and one face out of one picture.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_EVAL_COMMON_H
#define TESTS_EVAL_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "models/face_pipeline.h"
#include "models/image_jpeg.h"
#include "proto/rc.h"

#define EVAL_JPEG_MAX (8u * 1024 * 1024)

struct eval_options {
	const char *models, *images, *pairs;
	bool json, boxes;
};

struct eval {
	struct eval_options opt;
	struct face_pipeline faces;
	struct image_jpeg *jpeg;
};

/* Exit status of a measurement: 0 measured, 1 something could not be, 2 wrong usage. */
int eval_detect(struct eval *e);
int eval_verify(struct eval *e);

/* A growing list of texts; owns them. */
struct eval_list { char **item; size_t n, cap; };
bool   eval_list_add(struct eval_list *l, const char *text);	/* false: out of memory */
void   eval_list_sort(struct eval_list *l);
size_t eval_list_find(const struct eval_list *l, const char *text);	/* sorted; l->n if absent */
void   eval_list_free(struct eval_list *l);

/* Every .jpg and .jpeg below dir, relative paths, sorted. */
bool eval_pictures(const char *dir, struct eval_list *l);

/* A JPEG below the images folder. */
enum rc eval_read(struct eval *e, const char *path, struct image *im) MUST_CHECK;

/* Progress on stderr when it is a terminal. */
void eval_progress(size_t done, size_t all);

/* A JSON string with its quotes. */
void eval_json_text(FILE *f, const char *s);
void eval_json_list(FILE *f, const struct eval_list *l);

#endif
