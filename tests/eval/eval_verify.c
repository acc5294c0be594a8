/*
 * eval_verify.c - how well one picture tells whether it shows the person of
 * another, on a list of pairs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "eval_faces.h"
#include "eval_folds.h"
#include "eval_report.h"
#include "eval_tsv.h"
#include "proto/vector.h"

struct pair { char *img[2]; bool same; float score; };

struct verify {
	struct pair *pair;
	size_t n, cap, count[SCORES_KINDS];
	struct eval_faces faces;
	struct cross cross;
	struct folds folds;
	bool has_folds;
};

static bool
verify_row(void *ctx, unsigned line, const char *const *field, char *why, size_t why_n)
{
	struct verify *v = ctx;
	struct pair *p;

	(void)line;
	if (strcmp(field[2], "0") != 0 && strcmp(field[2], "1") != 0) {
		(void)snprintf(why, why_n, "says '%.20s' for same; 0 or 1 is needed", field[2]);
		return false;
	}
	if (strcmp(field[0], field[1]) == 0) {
		(void)snprintf(why, why_n, "compares a picture with itself");
		return false;
	}
	if (v->n == v->cap) {
		size_t cap = v->cap == 0 ? 1024 : v->cap * 2;

		if ((p = realloc(v->pair, cap * sizeof *p)) == NULL) {
			(void)snprintf(why, why_n, "does not fit into memory");
			return false;
		}
		v->pair = p;
		v->cap = cap;
	}
	p = &v->pair[v->n++];
	*p = (struct pair){ .img = { strdup(field[0]), strdup(field[1]) }, .same = field[2][0] == '1' };
	v->count[p->same ? SCORES_GENUINE : SCORES_IMPOSTOR]++;
	if (p->img[0] != NULL && p->img[1] != NULL && eval_list_add(&v->faces.path, p->img[0]) &&
	    eval_list_add(&v->faces.path, p->img[1]))
		return true;
	(void)snprintf(why, why_n, "does not fit into memory");
	return false;
}

static bool
verify_read(struct verify *v, const char *file)
{
	static const char *const column[] = { "img1", "img2", "same" };
	char err[512];

	if (!tsv_read_file(file, column, 3, verify_row, v, err, sizeof err)) {
		eval_say("%s", err);
		return false;
	}
	eval_list_sort(&v->faces.path);
	return true;
}

/* Cosines of all pairs; folds in file order, a lost pair being taken for different. */
static bool
verify_score(struct verify *v)
{
	struct fold_pair *fold = malloc((v->n + 1) * sizeof *fold);
	const struct eval_faces *f = &v->faces;
	bool ok = fold != NULL && scores_open(&v->cross.scores);

	for (size_t i = 0; ok && i < v->n; i++) {
		const struct pair *p = &v->pair[i];
		size_t a = eval_list_find(&f->path, p->img[0]), b = eval_list_find(&f->path, p->img[1]);
		bool have = f->face[a].have && f->face[b].have;
		float cosine = have ? vector_dot(eval_faces_v(f, a), eval_faces_v(f, b), f->by.embed_dim) : -1.0f;

		fold[i] = (struct fold_pair){ cosine, p->same };
		if (!have)
			v->cross.scores.lost[p->same ? SCORES_GENUINE : SCORES_IMPOSTOR]++;
		else
			scores_add(&v->cross.scores, p->same ? SCORES_GENUINE : SCORES_IMPOSTOR, cosine);
	}
	if (ok)
		v->has_folds = folds_measure(fold, v->n, &v->folds);
	else
		eval_say("out of memory");
	free(fold);
	return ok;
}

static void
verify_json(const struct verify *v, const struct eval_report *r)
{
	struct json j = { stdout, false };
	struct interval ci = interval_wilson(v->folds.accuracy * (double)v->n, (double)v->n);

	json_open(&j, NULL, '{');
	json_count(&j, "pairs", v->n);
	eval_faces_json(&v->faces, &j);
	if (v->has_folds) {
		json_real(&j, "accuracy", v->folds.accuracy);
		json_real(&j, "accuracy_sd", v->folds.sd);
		json_open(&j, "accuracy_ci", '[');
		json_real(&j, NULL, ci.low);
		json_real(&j, NULL, ci.high);
		json_close(&j, ']');
	} else {
		json_null(&j, "accuracy");
		json_null(&j, "accuracy_sd");
		json_null(&j, "accuracy_ci");
	}
	eval_report_json(r, &j);
	json_close(&j, '}');
	(void)putchar('\n');
}

static void
verify_print(const struct verify *v, const struct eval_report *r)
{
	(void)printf("%zu pairs\n", v->n);
	eval_faces_print(&v->faces);
	if (v->has_folds)
		(void)printf("accuracy over ten folds %.4f, standard deviation %.4f\n", v->folds.accuracy, v->folds.sd);
	eval_report_print(r);
}

static void
verify_close(struct verify *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->pair[i].img[0]);
		free(v->pair[i].img[1]);
	}
	free(v->pair);
	eval_faces_close(&v->faces);
	cross_close(&v->cross);
}

int
eval_verify(const struct eval_options *o)
{
	struct verify v = { 0 };
	struct eval_report r = { .cross = &v.cross, .kind = CALIBRATION_SINGLE, .first = 2, .last = 4 };
	int status = EVAL_NOT;

	if (!verify_read(&v, o->pairs))
		goto out;
	if (v.count[SCORES_GENUINE] == 0 || v.count[SCORES_IMPOSTOR] == 0) {
		eval_say("%s has no pair of %s", o->pairs, v.count[SCORES_GENUINE] == 0 ? "the same person" : "different people");
		goto out;
	}
	if (!eval_faces_look(&v.faces, o, VISION_WANT_EMBEDDING) || !verify_score(&v))
		goto out;
	if (v.cross.scores.n[SCORES_GENUINE] == 0 || v.cross.scores.n[SCORES_IMPOSTOR] == 0) {
		eval_say("nothing was measured: no pair of %s has features on both sides",
		    v.cross.scores.n[SCORES_GENUINE] == 0 ? "the same person" : "different people");
		goto out;
	}
	status = eval_report_open(&r, o, &v.faces.by) && v.faces.unreadable == 0 ? EVAL_MEASURED : EVAL_NOT;
	if (o->json)
		verify_json(&v, &r);
	else
		verify_print(&v, &r);
out:
	eval_report_close(&r);
	verify_close(&v);
	return status;
}
