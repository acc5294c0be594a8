/*
 * eval_verify.c - how well one picture tells whether it shows the person of
 * another: accuracy over ten folds, error rates, thresholds.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The face nearest to the middle of a picture is taken. A pair with a picture
 * in which no face was found scores -1, so it counts as a non-match.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval_common.h"
#include "models/align.h"
#include "proto/stopwatch.h"

#define FOLDS 10

struct pair { char *a, *b; bool same; float score; };

struct verify {
	struct pair *pair;
	size_t pairs, cap;
	struct eval_list paths, fta;
	float *embedding;	/* [paths][VISION_EMBED_MAX] */
	bool *have;		/* [paths] */
	double ms;
};

static bool
add_pair(struct verify *v, const char *a, const char *b, bool same)
{
	if (v->pairs == v->cap) {
		size_t cap = v->cap == 0 ? 1024 : v->cap * 2;
		struct pair *p = realloc(v->pair, cap * sizeof *p);

		if (p == NULL)
			return false;
		v->pair = p;
		v->cap = cap;
	}
	v->pair[v->pairs] = (struct pair){ strdup(a), strdup(b), same, 0.0f };
	return v->pair[v->pairs++].b != NULL;
}

/* Columns img1, img2, same with a line of names first. */
static bool
read_pairs(struct verify *v, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[4096], a[1024], b[1024];
	unsigned same;
	bool ok = f != NULL, head = true;

	while (ok && fgets(line, sizeof line, f) != NULL) {
		if (head) {
			head = false;
			continue;
		}
		ok = sscanf(line, "%1023[^\t]\t%1023[^\t]\t%u", a, b, &same) == 3 && same <= 1 &&
		    add_pair(v, a, b, same == 1);
	}
	if (f != NULL)
		(void)fclose(f);	/* only read */
	return ok && v->pairs > 0;
}

/* The distinct pictures of all pairs, sorted. */
static bool
collect_paths(struct verify *v)
{
	struct eval_list all = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < v->pairs; i++)
		ok = eval_list_add(&all, v->pair[i].a) && eval_list_add(&all, v->pair[i].b);
	eval_list_sort(&all);
	for (size_t i = 0; ok && i < all.n; i++)
		if (i == 0 || strcmp(all.item[i], all.item[i - 1]) != 0)
			ok = eval_list_add(&v->paths, all.item[i]);
	eval_list_free(&all);
	return ok;
}

static float
off_centre(const struct vision_box *b, const struct image *im)
{
	return hypotf(b->x + b->w / 2 - (float)im->width / 2, b->y + b->h / 2 - (float)im->height / 2);
}

static enum rc
embed(struct eval *e, const struct image *im, float *to)
{
	struct vision_box box[DETECTOR_BOXES_MAX];
	float points[VISION_LANDMARKS][2], norm;
	uint8_t chip[ALIGN_BYTES];
	struct image_pyramid pyramid = { 0 };
	uint32_t n, best = 0;
	enum rc r;

	if ((r = image_pyramid_show(&pyramid, im)) == RC_OK)
		r = detector_find(e->faces.detector, &pyramid, box, DETECTOR_BOXES_MAX, &n);
	if (r == RC_OK && n == 0)
		r = RC_NO_FACE;
	for (uint32_t i = 1; r == RC_OK && i < n; i++)
		if (off_centre(&box[i], im) < off_centre(&box[best], im))
			best = i;
	if (r == RC_OK && (r = landmarks_run(e->faces.landmarks, &pyramid, &box[best], points)) == RC_OK &&
	    (r = align_chip(&pyramid, points, chip)) == RC_OK)
		r = embedder_run(e->faces.embedder, chip, to, &norm);
	image_pyramid_close(&pyramid);
	return r;
}

static bool
embed_all(struct eval *e, struct verify *v)
{
	v->embedding = calloc(v->paths.n * VISION_EMBED_MAX, sizeof *v->embedding);
	v->have = calloc(v->paths.n, sizeof *v->have);
	if (v->embedding == NULL || v->have == NULL)
		return false;
	for (size_t i = 0; i < v->paths.n; i++) {
		int64_t start = stopwatch_us();
		struct image im;

		v->have[i] = eval_read(e, v->paths.item[i], &im) == RC_OK &&
		    embed(e, &im, v->embedding + i * VISION_EMBED_MAX) == RC_OK;
		image_free(&im);
		v->ms += (double)stopwatch_ms_since(start);
		if (!v->have[i] && !eval_list_add(&v->fta, v->paths.item[i]))
			return false;
		eval_progress(i + 1, v->paths.n);
	}
	return true;
}

static void
score_all(const struct eval *e, struct verify *v)
{
	struct vision_hello who;

	embedder_describe(e->faces.embedder, &who);
	for (size_t i = 0; i < v->pairs; i++) {
		struct pair *p = &v->pair[i];
		size_t a = eval_list_find(&v->paths, p->a), b = eval_list_find(&v->paths, p->b);

		p->score = !v->have[a] || !v->have[b] ? -1.0f : embedder_cosine(v->embedding + a * VISION_EMBED_MAX,
		    v->embedding + b * VISION_EMBED_MAX, who.embed_dim);
	}
}

/* ---- statistics over pairs sorted by falling score ---- */

static int
by_score(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

struct rates { double accuracy, accuracy_sd, eer, auc; };

/* The share of pairs [from, to) that threshold t puts on the right side. */
static double
accuracy_at(const struct pair *p, size_t from, size_t to, float t)
{
	size_t right = 0;

	for (size_t i = from; i < to; i++)
		right += (p[i].score >= t) == p[i].same;
	return to > from ? (double)right / (double)(to - from) : 0.0;
}

/* The best threshold on everything outside [from, to). */
static float
best_threshold(const struct pair *p, size_t n, size_t from, size_t to)
{
	double most = -1.0;
	float best = 0.0f;

	for (int k = -200; k <= 1000; k++) {
		float t = (float)k / 1000.0f;
		double right = accuracy_at(p, 0, from, t) * (double)from + accuracy_at(p, to, n, t) * (double)(n - to);

		if (right > most) {
			most = right;
			best = t;
		}
	}
	return best;
}

/* p in file order. */
static void
ten_folds(const struct pair *p, size_t n, struct rates *out)
{
	double sum = 0.0, square = 0.0;

	for (size_t k = 0; k < FOLDS; k++) {
		size_t from = n * k / FOLDS, to = n * (k + 1) / FOLDS;
		double a = accuracy_at(p, from, to, best_threshold(p, n, from, to));

		sum += a;
		square += a * a;
	}
	out->accuracy = sum / FOLDS;
	out->accuracy_sd = sqrt(fmax(square / FOLDS - out->accuracy * out->accuracy, 0.0));
}

/* p sorted. The point where both error rates are nearest, and the area under the ROC. */
static void
curve(const struct pair *p, size_t n, size_t genuine, struct rates *out)
{
	size_t impostor = n - genuine, g = 0, f = 0;
	double gap = 2.0, area = 0.0;

	for (size_t i = 0; i < n; i++) {
		double fnmr, fmr;

		if (p[i].same)
			g++;
		else {
			f++;
			area += (double)g / (double)genuine / (double)impostor;
		}
		fnmr = 1.0 - (double)g / (double)genuine;
		fmr = (double)f / (double)impostor;
		if (fabs(fnmr - fmr) < gap) {
			gap = fabs(fnmr - fmr);
			out->eer = (fnmr + fmr) / 2;
		}
	}
	out->auc = area;
}

/* p sorted: the share of genuine pairs refused where fmr of the impostors pass. */
static double
fnmr_at(const struct pair *p, size_t n, size_t genuine, double fmr)
{
	size_t allowed = (size_t)(fmr * (double)(n - genuine)), g = 0, f = 0;

	for (size_t i = 0; i < n; i++) {
		if (!p[i].same && ++f > allowed)
			break;
		g += p[i].same;
	}
	return 1.0 - (double)g / (double)genuine;
}

static void
report(struct eval *e, struct verify *v)
{
	static const char *const level[] = { "1e-2", "1e-3", "1e-4" };
	const char *sep = "";
	struct rates r = { 0 };
	size_t genuine = 0, passed_impostor = 0, refused = 0;
	float t = EMBEDDER_COSINE_FMR_1E4;
	double impostor, fmr, fnmr;

	for (size_t i = 0; i < v->pairs; i++) {
		genuine += v->pair[i].same;
		passed_impostor += !v->pair[i].same && v->pair[i].score >= t;
		refused += v->pair[i].same && v->pair[i].score < t;
	}
	impostor = (double)(v->pairs - genuine);
	ten_folds(v->pair, v->pairs, &r);
	qsort(v->pair, v->pairs, sizeof *v->pair, by_score);
	curve(v->pair, v->pairs, genuine, &r);
	fmr = (double)passed_impostor / impostor;
	fnmr = (double)refused / (double)genuine;
	if (!e->opt.json) {
		(void)printf("%zu pairs of %zu pictures, %zu without a face\n", v->pairs, v->paths.n, v->fta.n);
		(void)printf("accuracy %.4f +- %.4f, EER %.4f, AUC %.5f\n", r.accuracy, r.accuracy_sd, r.eer, r.auc);
		(void)printf("at the shipped threshold %.3f: FMR %.5f, FNMR %.4f\n", (double)t, fmr, fnmr);
		(void)printf("%.2f ms a picture\n", v->ms / (double)v->paths.n);
		return;
	}
	(void)printf("{\"pairs\": %zu, \"images\": %zu, \"fta\": ", v->pairs, v->paths.n);
	eval_json_list(stdout, &v->fta);
	(void)printf(", \"accuracy\": %.5f, \"accuracy_sd\": %.5f, \"eer\": %.5f, \"auc\": %.6f, \"fnmr\": {",
	    r.accuracy, r.accuracy_sd, r.eer, r.auc);
	for (size_t i = 0; i < sizeof level / sizeof level[0]; i++) {
		double at = strtod(level[i], NULL);

		if (impostor * at < 1.0)	/* too few impostors for this rate */
			continue;
		(void)printf("%s\"%s\": %.5f", sep, level[i], fnmr_at(v->pair, v->pairs, genuine, at));
		sep = ", ";
	}
	(void)printf("}, \"threshold\": {\"fmr\": 1e-4, \"score\": %.3f, \"fmr_measured\": %.6f, \"fnmr_measured\": %.5f}, "
	    "\"ms_per_image\": %.3f}\n", (double)t, fmr, fnmr, v->ms / (double)v->paths.n);
}

static void
verify_free(struct verify *v)
{
	for (size_t i = 0; i < v->pairs; i++) {
		free(v->pair[i].a);
		free(v->pair[i].b);
	}
	free(v->pair);
	free(v->embedding);
	free(v->have);
	eval_list_free(&v->paths);
	eval_list_free(&v->fta);
}

int
eval_verify(struct eval *e)
{
	struct verify v = { 0 };
	size_t genuine = 0;
	int status = 1;

	if (!read_pairs(&v, e->opt.pairs) || !collect_paths(&v)) {
		(void)fprintf(stderr, "countersign-eval: %s is not a list of img1, img2, same (0 or 1)\n", e->opt.pairs);
		goto out;
	}
	for (size_t i = 0; i < v.pairs; i++)
		genuine += v.pair[i].same;
	if (genuine == 0 || genuine == v.pairs || v.pairs < FOLDS) {
		(void)fprintf(stderr, "countersign-eval: %s needs pairs of both kinds, %d at least\n", e->opt.pairs, FOLDS);
		goto out;
	}
	if (!embed_all(e, &v)) {
		(void)fprintf(stderr, "countersign-eval: out of memory\n");
		goto out;
	}
	score_all(e, &v);
	report(e, &v);
	status = 0;
out:
	verify_free(&v);
	return status;
}
