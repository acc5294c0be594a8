/*
 * eval_labels.c - see eval_labels.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "eval_labels.h"
#include "eval_tsv.h"
#include "proto/crypto.h"
#include "server/match.h"

static bool
labels_row(void *ctx, unsigned line, const char *const *field, char *why, size_t why_n)
{
	struct eval_labels *l = ctx;
	struct eval_label *to;

	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 1024 : l->cap * 2;
		struct eval_label *item = realloc(l->item, cap * sizeof *item);

		if (item == NULL) {
			(void)snprintf(why, why_n, "does not fit into memory");
			return false;
		}
		l->item = item;
		l->cap = cap;
	}
	to = &l->item[l->n++];
	*to = (struct eval_label){ .path = strdup(field[0]), .identity = strdup(field[1]), .line = line };
	if (to->path != NULL && to->identity != NULL)
		return true;
	(void)snprintf(why, why_n, "does not fit into memory");
	return false;
}

static int
labels_by_path(const void *a, const void *b)
{
	const struct eval_label *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static int
labels_by_identity(const void *a, const void *b)
{
	const struct eval_label *x = a, *y = b;
	int order = strcmp(x->identity, y->identity);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* Numbers the pictures by path, then the identities. */
static bool
labels_number(struct eval_labels *l, const char *file, struct eval_list *paths)
{
	qsort(l->item, l->n, sizeof *l->item, labels_by_path);
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0 && strcmp(l->item[i].path, l->item[i - 1].path) == 0) {
			eval_say("%s, line %u names %s again, which line %u has", file, l->item[i].line, l->item[i].path,
			    l->item[i - 1].line);
			return false;
		}
		l->item[i].face = i;
		if (!eval_list_add(paths, l->item[i].path)) {
			eval_say("out of memory");
			return false;
		}
	}
	qsort(l->item, l->n, sizeof *l->item, labels_by_identity);
	for (size_t i = 0; i < l->n; i++) {
		l->identities += i == 0 || strcmp(l->item[i].identity, l->item[i - 1].identity) != 0;
		l->item[i].who = l->identities - 1;
	}
	return true;
}

bool
eval_labels_read(struct eval_labels *l, const char *file, struct eval_list *paths)
{
	static const char *const column[] = { "path", "identity" };
	char err[512];

	if (tsv_read_file(file, column, 2, labels_row, l, err, sizeof err))
		return labels_number(l, file, paths);
	eval_say("%s", err);
	return false;
}

void
eval_labels_close(struct eval_labels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->item[i].path);
		free(l->item[i].identity);
	}
	free(l->item);
	*l = (struct eval_labels){ 0 };
}

/* Room for n vectors, of which `made` are computed here. */
static bool
side_room(struct eval_side *s, size_t n, size_t made, uint32_t dim)
{
	*s = (struct eval_side){ .made_n = made * dim };
	s->v = calloc(n + 1, sizeof *s->v);
	s->who = calloc(n + 1, sizeof *s->who);
	s->taken = calloc(n + 1, sizeof *s->taken);
	s->made = calloc(s->made_n + 1, sizeof *s->made);
	if (s->v != NULL && s->who != NULL && s->taken != NULL && s->made != NULL)
		return true;
	eval_say("out of memory");
	eval_side_close(s);
	return false;
}

static void
side_add(struct eval_side *s, const float *v, uint32_t who)
{
	s->v[s->side.n] = v;
	s->who[s->side.n] = who;
	s->side = (struct cross_side){ s->v, s->who, s->taken, s->side.n + 1 };
}

bool
eval_side_pictures(struct eval_side *s, const struct eval_labels *l, const struct eval_faces *f)
{
	if (!side_room(s, l->n, 0, 0))
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (f->face[l->item[i].face].have)
			side_add(s, eval_faces_v(f, l->item[i].face), l->item[i].who);
	return true;
}

/* The server's template of these n pictures, at most MATCH_FRAMES_MAX. */
static bool
side_mean(const struct eval_faces *f, const size_t *face, size_t n, float *to)
{
	static const struct vision_features none = { 0 };
	struct match_set set = { 0 };
	struct match_template t = { 0 };
	struct vision_features one;
	enum rc r = RC_OK;

	for (size_t i = 0; r == RC_OK && i < n; i++) {
		one = none;
		one.faces = 1;
		one.embed_dim = f->by.embed_dim;
		one.embed_norm = f->face[face[i]].norm;
		memcpy(one.embedding, eval_faces_v(f, face[i]), f->by.embed_dim * sizeof one.embedding[0]);
		r = match_set_add(&set, &f->by, &one);
	}
	if (r == RC_OK && (r = match_set_template(&set, &t)) == RC_OK)
		memcpy(to, t.v, f->by.embed_dim * sizeof *to);
	match_set_wipe(&set);
	match_template_wipe(&t);
	crypto_wipe(&one, sizeof one);
	return r == RC_OK;
}

static bool
side_add_mean(struct eval_side *s, const struct eval_faces *f, const size_t *face, size_t n, uint32_t who)
{
	float *to = s->made + s->side.n * f->by.embed_dim;

	if (!side_mean(f, face, n, to))
		return false;	/* pictures that cancel each other out */
	side_add(s, to, who);
	return true;
}

bool
eval_side_enrolled(struct eval_side *s, const struct eval_labels *l, const struct eval_faces *f, unsigned frames,
    struct eval_side *pictures)
{
	size_t face[MATCH_FRAMES_MAX], at = 0;

	if (!side_room(s, l->identities, l->identities, f->by.embed_dim))
		return false;
	for (size_t from = 0; from < pictures->side.n; from = at) {
		size_t n = 0;

		for (at = from; at < pictures->side.n && pictures->who[at] == pictures->who[from]; at++)
			if (n < frames)
				face[n++] = (size_t)(pictures->v[at] - f->v) / f->by.embed_dim;
		if (at - from <= frames || !side_add_mean(s, f, face, n, pictures->who[from]))
			continue;
		for (size_t i = 0; i < frames; i++)
			pictures->taken[from + i] = true;
	}
	return true;
}

bool
eval_side_templates(struct eval_side *s, const struct eval_labels *l, const struct eval_faces *f, unsigned frames)
{
	size_t face[MATCH_FRAMES_MAX], n = 0;

	if (!side_room(s, l->n / 2 + 1, l->n / 2 + 1, f->by.embed_dim))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		if (f->face[l->item[i].face].have)
			face[n++] = l->item[i].face;
		if (n < frames && i + 1 < l->n && l->item[i + 1].who == l->item[i].who)
			continue;
		if (n >= 2)
			(void)side_add_mean(s, f, face, n, l->item[i].who);
		n = 0;
	}
	return true;
}

void
eval_side_close(struct eval_side *s)
{
	if (s->made != NULL)
		crypto_wipe(s->made, s->made_n * sizeof *s->made);
	free(s->made);
	free(s->v);
	free(s->who);
	free(s->taken);
	*s = (struct eval_side){ 0 };
}
