/*
 * eval_pattern.c - makes models/skin_pattern.tsv: a logistic regression over
 * the histograms of skin_pattern.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bins are scaled to unit deviation and kept small by a ridge of RIDGE; live
 * people and attacks weigh the same in sum. Solved by Newton's steps (Hastie,
 * Tibshirani, Friedman, "The Elements of Statistical Learning", 4.4.1), which
 * makes it deterministic. Beside the table it says what models made without a
 * subject tell about that subject (leave one subject out).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval_attack.h"
#include "eval_faces.h"
#include "models/face_frame.h"
#include "models/follow.h"
#include "models/net_kernels.h"
#include "models/skin_pattern.h"
#include "proto/crypto.h"
#include "proto/text.h"

#define D      SKIN_PATTERN_BINS
#define M      (D + 1)		/* with the bias */
#define STEPS  15
#define RIDGE  0.01
#define LITTLE 0.002		/* added to each deviation: bins that hardly ever fill stay quiet */
#define LEAST  10u		/* pictures of each label, whichever subject is left out */
#define PICTURE_MOST (32u * 1024 * 1024)

struct pattern {
	struct attack_list list;
	struct face_frame frame;
	struct image_pyramid pyramid;
	struct vision_features features;
	uint8_t *file;
	struct attack_item **item;	/* [n], of the list: those that gave a histogram */
	float  (*bin)[D];		/* [n] */
	size_t n;
	bool   all;			/* every picture gave one */
	double h[M][M], mean[D], deviation[D], w[M], step[M];	/* of the model in work */
};

/* One picture's histogram. RC_NO_FACE and what reading gives. */
static enum rc
pattern_one(struct pattern *p, const struct eval_options *o, const char *path, float bin[static D])
{
	struct image im = { 0 };
	struct vision_box box;
	char full[4096];
	size_t n = 0;
	FILE *f;
	enum rc r;

	if (snprintf(full, sizeof full, "%s/%s", o->images, path) >= (int)sizeof full || (f = fopen(full, "rbe")) == NULL)
		return RC_IO;
	n = fread(p->file, 1, PICTURE_MOST, f);
	(void)fclose(f);	/* only read */
	if ((r = face_frame_run(&p->frame, p->file, n, 0, NULL, &p->features)) != RC_OK)
		return r;
	if (p->features.faces == 0)
		return RC_NO_FACE;
	box = follow_box(p->features.landmark, p->features.face[0].score);
	if ((r = image_jpeg_decode(p->frame.jpeg, p->file, n, &im)) == RC_OK &&
	    (r = image_pyramid_show(&p->pyramid, &im)) == RC_OK) {
		r = skin_pattern_histogram(&p->pyramid, &box, bin);
		image_pyramid_clear(&p->pyramid);
	}
	image_free(&im);
	return r;
}

static bool
pattern_look(struct pattern *p, const struct eval_options *o)
{
	const struct net_setup setup = { .backend = o->backend };
	char err[512] = "out of memory";

	p->file = malloc(PICTURE_MOST);
	p->item = calloc(p->list.n, sizeof(struct attack_item *));
	p->bin = calloc(p->list.n, sizeof *p->bin);
	if (p->file == NULL || p->item == NULL || p->bin == NULL ||
	    face_frame_open(&p->frame, o->models, &setup, err, sizeof err) != RC_OK ||
	    image_pyramid_open(&p->pyramid, 640u * 480u) != RC_OK) {
		eval_say("%s", err);
		return false;
	}
	kernels_use_threads(1);
	p->frame.faces.alone = true;
	p->all = true;
	for (size_t i = 0; i < p->list.n; i++) {
		enum rc r = pattern_one(p, o, p->list.item[i].path, p->bin[p->n]);

		if (r == RC_OK)
			p->item[p->n++] = &p->list.item[i];
		else
			eval_say("%s/%s: %s", o->images, p->list.item[i].path, rc_text(r));
		p->all = p->all && r == RC_OK;
		eval_progress("pictures", i + 1, p->list.n);
	}
	return true;
}

static bool
left_out(const struct pattern *p, size_t i, const char *subject)
{
	return subject != NULL && strcmp(p->item[i]->kind, subject) == 0;
}

/* Mean and deviation of each bin. */
static void
pattern_scale(struct pattern *p, const char *subject)
{
	double n = 0.0;

	memset(p->mean, 0, sizeof p->mean);
	memset(p->deviation, 0, sizeof p->deviation);
	for (size_t i = 0; i < p->n; i++)
		if (!left_out(p, i, subject)) {
			n += 1.0;
			for (size_t d = 0; d < D; d++)
				p->mean[d] += (double)p->bin[i][d];
		}
	for (size_t d = 0; d < D; d++)
		p->mean[d] /= n;
	for (size_t i = 0; i < p->n; i++)
		for (size_t d = 0; d < D && !left_out(p, i, subject); d++)
			p->deviation[d] += pow((double)p->bin[i][d] - p->mean[d], 2);
	for (size_t d = 0; d < D; d++)
		p->deviation[d] = sqrt(p->deviation[d] / n) + LITTLE;
}

static double
pattern_logit(const struct pattern *p, const float bin[static D])
{
	double sum = p->w[D];

	for (size_t d = 0; d < D; d++)
		sum += p->w[d] * ((double)bin[d] - p->mean[d]) / p->deviation[d];
	return sum;
}

/* step = h^-1 step, h symmetric and positive (Cholesky, lower half of h). */
static void
pattern_solve(struct pattern *p)
{
	for (size_t i = 0; i < M; i++)
		for (size_t k = 0; k <= i; k++) {
			double sum = p->h[i][k];

			for (size_t j = 0; j < k; j++)
				sum -= p->h[i][j] * p->h[k][j];
			p->h[i][k] = i == k ? sqrt(sum) : sum / p->h[k][k];
		}
	for (size_t i = 0; i < M; i++) {
		for (size_t k = 0; k < i; k++)
			p->step[i] -= p->h[i][k] * p->step[k];
		p->step[i] /= p->h[i][i];
	}
	for (size_t i = M; i-- > 0;) {
		for (size_t k = i + 1; k < M; k++)
			p->step[i] -= p->h[k][i] * p->step[k];
		p->step[i] /= p->h[i][i];
	}
}

/* One picture's share of gradient and curvature; share: what it weighs. */
static void
pattern_add(struct pattern *p, size_t i, double share)
{
	double live = 1.0 / (1.0 + exp(-pattern_logit(p, p->bin[i])));
	double slope = (live - (p->item[i]->live ? 1.0 : 0.0)) * share, bend = live * (1.0 - live) * share, x[M];

	for (size_t d = 0; d < D; d++)
		x[d] = ((double)p->bin[i][d] - p->mean[d]) / p->deviation[d];
	x[D] = 1.0;
	for (size_t a = 0; a < M; a++) {
		p->step[a] += slope * x[a];
		for (size_t b = 0; b <= a; b++)
			p->h[a][b] += bend * x[a] * x[b];
	}
}

/* The model of all pictures but the subject's (NULL: of all) in w, for scaled bins. */
static void
pattern_fit(struct pattern *p, const char *subject)
{
	double n[2] = { 0.0, 0.0 };

	pattern_scale(p, subject);
	for (size_t i = 0; i < p->n; i++)
		n[p->item[i]->live] += left_out(p, i, subject) ? 0.0 : 1.0;
	memset(p->w, 0, sizeof p->w);
	for (int step = 0; step < STEPS; step++) {
		memset(p->h, 0, sizeof p->h);
		memset(p->step, 0, sizeof p->step);
		for (size_t i = 0; i < p->n; i++)
			if (!left_out(p, i, subject))
				pattern_add(p, i, 0.5 / n[p->item[i]->live]);
		for (size_t d = 0; d < D; d++) {
			p->step[d] += RIDGE * p->w[d];
			p->h[d][d] += RIDGE;
		}
		p->h[D][D] += 1e-9;
		pattern_solve(p);
		for (size_t d = 0; d < M; d++)
			p->w[d] -= p->step[d];
	}
}

/* Without any subject, and with all, there are people and attacks to learn from. */
static bool
pattern_is_enough(const struct pattern *p)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t n[2] = { 0, 0 };

		for (size_t k = 0; k < p->n; k++)
			n[p->item[k]->live] += !left_out(p, k, p->item[i]->kind);
		if (n[0] >= LEAST && n[1] >= LEAST)
			continue;
		eval_say("without subject %s there are %zu live and %zu attack pictures: too few, %u of each are needed",
		    p->item[i]->kind, n[1], n[0], LEAST);
		return false;
	}
	if (p->n == 0)
		eval_say("no picture gave anything to learn from");
	return p->n > 0;
}

/* Each picture judged by the model that does not know its subject. False: out of memory. */
static bool
pattern_unseen(struct pattern *p, struct attack_score *s)
{
	bool *done = calloc(p->n, sizeof *done);

	for (size_t i = 0; done != NULL && i < p->n; i++) {
		if (done[i])
			continue;
		pattern_fit(p, p->item[i]->kind);
		for (size_t k = i; k < p->n; k++)
			if (left_out(p, k, p->item[i]->kind)) {
				s[k] = (struct attack_score){ (float)pattern_logit(p, p->bin[k]), p->item[k]->live, "attack" };
				done[k] = true;
			}
	}
	free(done);
	return done != NULL;
}

/* Writes the table and prints its line of MANIFEST. */
static bool
pattern_write(const struct pattern *p, const struct eval_options *o)
{
	static char text[SKIN_PATTERN_TEXT_MAX];
	struct skin_pattern_table t = { .bias = 0.0f };
	double bias = p->w[D];
	uint8_t hash[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES + 1];
	FILE *f = NULL;
	size_t n;
	bool ok;

	(void)snprintf(t.data, sizeof t.data, "%s", o->data);
	for (size_t d = 0; d < D; d++) {
		t.weight[d] = (float)(p->w[d] / p->deviation[d]);
		bias -= p->w[d] * p->mean[d] / p->deviation[d];
	}
	t.bias = (float)bias;
	n = skin_pattern_put(&t, text, sizeof text);
	ok = n > 0 && (f = fopen(o->out, "we")) != NULL && fwrite(text, 1, n, f) == n;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	if (!ok) {
		eval_say("%s cannot be written", o->out);
		return false;
	}
	hash_plain(text, n, hash);
	hex_put(hash, sizeof hash, hex);
	(void)printf("pattern skin_pattern.tsv %zu %s\n", n, hex);
	return true;
}

/* What the cue is worth on subjects it has not seen. */
static bool
pattern_report(struct pattern *p)
{
	struct attack_score *s = calloc(p->n, sizeof *s);
	bool ok = s != NULL && pattern_unseen(p, s);

	if (ok)
		eval_say("%zu pictures; subjects left out one by one: AUC %.4f, BPCER %.2f %%, APCER %.2f %%, "
		    "APCER at BPCER 1 %% %.2f %%", p->n, attack_curve(s, p->n).auc, 100 * attack_bpcer(s, p->n, 0.0f),
		    100 * attack_apcer(s, p->n, NULL, 0.0f),
		    100 * attack_apcer(s, p->n, NULL, attack_threshold(s, p->n, 0.01)));
	else
		eval_say("out of memory");
	free(s);
	return ok;
}

int
eval_pattern(const struct eval_options *o)
{
	struct pattern *p = calloc(1, sizeof *p);
	int status = EVAL_NOT;

	if (!text_is_line(o->data, sizeof ((struct skin_pattern_table *)0)->data - 1)) {
		eval_say("--data must be one line of up to 200 bytes that says which pictures these are");
		free(p);
		return EVAL_USAGE;
	}
	if (p == NULL) {
		eval_say("out of memory");
		return EVAL_NOT;
	}
	if (attack_list_read(&p->list, o->labels, "subject") && pattern_look(p, o) && pattern_is_enough(p) &&
	    pattern_report(p)) {
		pattern_fit(p, NULL);
		if (pattern_write(p, o) && p->all)
			status = EVAL_MEASURED;
	}
	face_frame_close(&p->frame);
	image_pyramid_close(&p->pyramid);
	if (p->bin != NULL)
		crypto_wipe(p->bin, p->list.n * sizeof *p->bin);
	free(p->bin);
	free(p->item);
	free(p->file);
	attack_list_free(&p->list);
	free(p);
	return status;
}
