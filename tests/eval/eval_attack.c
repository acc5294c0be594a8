/*
 * eval_attack.c - see eval_attack.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "eval_attack.h"
#include "eval_tsv.h"

static bool
attack_row(void *ctx, unsigned line, const char *const *field, char *why, size_t why_n)
{
	struct attack_list *l = ctx;
	bool live = strcmp(field[1], "live") == 0;
	struct attack_item *to;

	if (!live && strcmp(field[1], "spoof") != 0) {
		(void)snprintf(why, why_n, "says '%s' for label; live or spoof is known", field[1]);
		return false;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 1024 : l->cap * 2;
		struct attack_item *item = realloc(l->item, cap * sizeof *item);

		if (item == NULL)
			goto memory;
		l->item = item;
		l->cap = cap;
	}
	to = &l->item[l->n++];
	*to = (struct attack_item){ .path = strdup(field[0]), .kind = strdup(field[2]), .live = live, .line = line };
	l->live += live;
	if (to->path != NULL && to->kind != NULL)
		return true;
memory:
	(void)snprintf(why, why_n, "does not fit into memory");
	return false;
}

static int
attack_by_path(const void *a, const void *b)
{
	const struct attack_item *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

bool
attack_list_read(struct attack_list *l, const char *file, const char *third)
{
	const char *const column[] = { "path", "label", third };
	char err[512];

	if (!tsv_read_file(file, column, 3, attack_row, l, err, sizeof err)) {
		eval_say("%s", err);
		return false;
	}
	qsort(l->item, l->n, sizeof *l->item, attack_by_path);
	for (size_t i = 1; i < l->n; i++)
		if (strcmp(l->item[i].path, l->item[i - 1].path) == 0) {
			eval_say("%s, line %u names %s again, which line %u has", file, l->item[i].line, l->item[i].path,
			    l->item[i - 1].line);
			return false;
		}
	return true;
}

void
attack_list_free(struct attack_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->item[i].path);
		free(l->item[i].kind);
	}
	free(l->item);
	*l = (struct attack_list){ 0 };
}

static int
attack_by_value(const void *a, const void *b)
{
	const struct attack_score *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

struct attack_curve
attack_curve(const struct attack_score *s, size_t n)
{
	struct attack_curve c = { NAN, NAN };
	struct attack_score *by = malloc((n + 1) * sizeof *by);
	double live = 0.0, spoof, below_live = 0.0, below_spoof = 0.0, area = 0.0;

	for (size_t i = 0; i < n; i++)
		live += s[i].live;
	spoof = (double)n - live;
	if (by == NULL || !(live > 0.0) || !(spoof > 0.0)) {
		free(by);
		return c;
	}
	memcpy(by, s, n * sizeof *by);
	qsort(by, n, sizeof *by, attack_by_value);
	for (size_t i = 0, next; i < n; i = next) {
		double l = 0.0, a = 0.0, gap, step;

		for (next = i; next < n && !(by[next].value > by[i].value); next++)
			*(by[next].live ? &l : &a) += 1.0;
		area += l * (below_spoof + a / 2);
		/* Rising thresholds: BPCER grows from 0, APCER falls from 1; linear within ties. */
		gap = 1.0 - below_spoof / spoof - below_live / live;
		step = a / spoof + l / live;
		if (isnan(c.eer) && gap <= step)
			c.eer = below_live / live + (l / live) * gap / step;
		below_live += l;
		below_spoof += a;
	}
	c.auc = area / live / spoof;
	free(by);
	return c;
}

double
attack_bpcer(const struct attack_score *s, size_t n, float threshold)
{
	size_t live = 0, refused = 0;

	for (size_t i = 0; i < n; i++) {
		live += s[i].live;
		refused += s[i].live && s[i].value < threshold;
	}
	return (double)refused / (double)live;
}

static double
apcer_of(const struct attack_score *s, size_t n, const char *kind, float threshold)
{
	size_t attacks = 0, taken = 0;

	for (size_t i = 0; i < n; i++) {
		bool counts = !s[i].live && strcmp(s[i].kind, kind) == 0;

		attacks += counts;
		taken += counts && s[i].value >= threshold;
	}
	return (double)taken / (double)attacks;
}

/* Is item i the first attack of its kind? */
static bool
first_of_kind(const struct attack_score *s, size_t i)
{
	if (s[i].live)
		return false;
	for (size_t k = 0; k < i; k++)
		if (!s[k].live && strcmp(s[k].kind, s[i].kind) == 0)
			return false;
	return true;
}

double
attack_apcer(const struct attack_score *s, size_t n, const char *kind, float threshold)
{
	double worst = NAN;

	if (kind != NULL)
		return apcer_of(s, n, kind, threshold);
	for (size_t i = 0; i < n; i++)
		if (first_of_kind(s, i))
			worst = fmax(worst, apcer_of(s, n, s[i].kind, threshold));
	return worst;
}

float
attack_threshold(const struct attack_score *s, size_t n, double bpcer)
{
	struct attack_score *live = malloc((n + 1) * sizeof *live);
	float threshold = -INFINITY;
	size_t m = 0;

	for (size_t i = 0; live != NULL && i < n; i++)
		if (s[i].live)
			live[m++] = s[i];
	if (m > 0) {
		qsort(live, m, sizeof *live, attack_by_value);
		threshold = live[(size_t)(bpcer * (double)m)].value;
	}
	free(live);
	return threshold;
}

void
attack_apcer_json(const struct attack_score *s, size_t n, float threshold, struct json *j, const char *key)
{
	json_open(j, key, '{');
	for (size_t i = 0; i < n; i++)
		if (first_of_kind(s, i))
			json_real(j, s[i].kind, apcer_of(s, n, s[i].kind, threshold));
	json_close(j, '}');
}

void
attack_json(const struct attack_score *s, size_t n, struct json *j, const char *key)
{
	const struct attack_curve c = attack_curve(s, n);

	json_open(j, key, '{');
	json_real(j, "auc", c.auc);
	json_real(j, "eer", c.eer);
	json_real(j, "bpcer", attack_bpcer(s, n, 0.0f));
	attack_apcer_json(s, n, 0.0f, j, "apcer");
	attack_apcer_json(s, n, attack_threshold(s, n, 0.05), j, "apcer_at_bpcer5");
	json_close(j, '}');
}

/* A share in percent, "-" where there is none. */
static const char *
percent(char *dst, size_t n, double share)
{
	if (isnan(share))
		(void)snprintf(dst, n, "-");
	else
		(void)snprintf(dst, n, "%.2f %%", 100 * share);
	return dst;
}

void
attack_print(const struct attack_score *s, size_t n, const char *name)
{
	const struct attack_curve c = attack_curve(s, n);
	float at5 = attack_threshold(s, n, 0.05);
	char a[32], b[32];

	(void)printf("%-8s AUC %s  EER %s", name, percent(a, sizeof a, c.auc), percent(b, sizeof b, c.eer));
	(void)printf("  BPCER %s", percent(a, sizeof a, attack_bpcer(s, n, 0.0f)));
	for (size_t i = 0; i < n; i++)
		if (first_of_kind(s, i))
			(void)printf("  APCER %s %s (%s at BPCER 5 %%)", s[i].kind,
			    percent(a, sizeof a, apcer_of(s, n, s[i].kind, 0.0f)),
			    percent(b, sizeof b, apcer_of(s, n, s[i].kind, at5)));
	(void)putchar('\n');
}
