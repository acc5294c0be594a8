/*
 * calibration.c - see calibration.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file is read line by line with the same formats that write it; then what
 * was read is written again, and both must be the same byte for byte. So there
 * is one spelling of a table and no second rule for what may stand in it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/calibration.h"
#include "models/model_file.h"
#include "proto/text.h"

#define FIRST_LINE "# countersign-calibration 1: cosines by false match rate; " \
    "written by countersign-eval calibrate, do not edit"
#define COLUMNS    "kind\tfmr\tcosine\tfrom"
#define LINE_MAX_BYTES 256u

struct calibration {
	struct calibration_table t;
};

static const char *const kind_name[CALIBRATION_KINDS] = { "single", "template" };

double
calibration_fmr(uint32_t i)
{
	return pow(10.0, -1.0 - (double)i / 20.0);
}

/* What both directions demand of the values. */
static bool
table_is_sound(const struct calibration_table *t)
{
	if (!text_is_line(t->data, CALIBRATION_TEXT_MAX) || !text_is_line(t->command, CALIBRATION_TEXT_MAX) ||
	    t->embedder[0] == '\0' || strpbrk(t->embedder, " \t\n") != NULL)
		return false;
	for (int k = 0; k < CALIBRATION_KINDS; k++) {
		if (t->measured[k] > CALIBRATION_ROWS)
			return false;
		for (uint32_t i = 0; i < CALIBRATION_ROWS; i++)
			if (!(t->cosine[k][i] >= -1.0f && t->cosine[k][i] <= 1.0f) ||
			    (i > 0 && t->cosine[k][i] < t->cosine[k][i - 1]))
				return false;
	}
	return true;
}

/* ---- writing ---- */
struct writer { char *dst; size_t n, room; };

__attribute__((format(printf, 2, 3))) static void
write_line(struct writer *w, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(w->dst + w->n, w->room - w->n, format, args);
	va_end(args);
	w->n = n < 0 || (size_t)n >= w->room - w->n ? w->room - 1 : w->n + (size_t)n;
}

size_t
calibration_put(const struct calibration_table *t, char *dst, size_t dst_n)
{
	struct writer w = { dst, 0, dst_n };

	if (dst_n == 0 || !table_is_sound(t))
		return 0;
	write_line(&w, FIRST_LINE "\n# embedder %s %u\n# pictures %u\n# identities %u\n# frames %u\n", t->embedder,
	    t->embedder_version, t->pictures, t->identities, t->frames);
	for (int k = 0; k < CALIBRATION_KINDS; k++)
		write_line(&w, "# trials %s %llu\n", kind_name[k], (unsigned long long)t->trials[k]);
	write_line(&w, "# data %s\n# command %s\n" COLUMNS "\n", t->data, t->command);
	for (int k = 0; k < CALIBRATION_KINDS; k++)
		for (uint32_t i = 0; i < CALIBRATION_ROWS; i++)
			write_line(&w, "%s\t%.3e\t%.6f\t%s\n", kind_name[k], calibration_fmr(i),
			    (double)t->cosine[k][i], i < t->measured[k] ? "measured" : "extrapolated");
	return w.n + 1 < dst_n ? w.n : 0;
}

/* ---- reading ---- */
struct reader { const char *at, *end; unsigned number; char line[LINE_MAX_BYTES + 1]; };

/* The next line without its end; false at the end of the text or when it is too long. */
static bool
read_line(struct reader *r)
{
	const char *stop = r->at < r->end ? memchr(r->at, '\n', (size_t)(r->end - r->at)) : NULL;
	size_t n;

	r->number++;
	if (stop == NULL || (n = (size_t)(stop - r->at)) > LINE_MAX_BYTES)
		return false;
	memcpy(r->line, r->at, n);
	r->line[n] = '\0';
	r->at = stop + 1;
	return true;
}

/* "# word value": the value, or NULL. */
static const char *
read_value(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (!read_line(r) || strncmp(r->line, "# ", 2) != 0 || strncmp(r->line + 2, word, n) != 0 || r->line[2 + n] != ' ')
		return NULL;
	return r->line + n + 3;
}

static bool
read_count(struct reader *r, const char *word, uint64_t most, uint64_t *to)
{
	const char *v = read_value(r, word);
	char *end;

	if (v == NULL || *v < '0' || *v > '9')
		return false;
	*to = strtoull(v, &end, 10);
	return *end == '\0' && *to <= most;
}

static bool
read_embedder(struct reader *r, struct calibration_table *t)
{
	const char *v = read_value(r, "embedder");

	return v != NULL && sscanf(v, "%31s %u", t->embedder, &t->embedder_version) == 2;
}
_Static_assert(EMBEDDER_NAME_BYTES == 31, "read_embedder reads 31 characters");

static bool
read_text(struct reader *r, const char *word, char to[static CALIBRATION_TEXT_MAX + 1])
{
	const char *v = read_value(r, word);

	return v != NULL && text_copy(to, CALIBRATION_TEXT_MAX + 1, v) == RC_OK;
}

static bool
read_head(struct reader *r, struct calibration_table *t)
{
	uint64_t pictures = 0, identities = 0, frames = 0;

	if (!read_line(r) || strcmp(r->line, FIRST_LINE) != 0 || !read_embedder(r, t) ||
	    !read_count(r, "pictures", UINT32_MAX, &pictures) || !read_count(r, "identities", UINT32_MAX, &identities) ||
	    !read_count(r, "frames", UINT32_MAX, &frames) ||
	    !read_count(r, "trials single", UINT64_MAX - 1, &t->trials[CALIBRATION_SINGLE]) ||
	    !read_count(r, "trials template", UINT64_MAX - 1, &t->trials[CALIBRATION_TEMPLATE]) ||
	    !read_text(r, "data", t->data) || !read_text(r, "command", t->command))
		return false;
	t->pictures = (uint32_t)pictures;
	t->identities = (uint32_t)identities;
	t->frames = (uint32_t)frames;
	return read_line(r) && strcmp(r->line, COLUMNS) == 0;
}

static bool
read_row(struct reader *r, int kind, uint32_t i, struct calibration_table *t)
{
	char name[16], from[16];
	double fmr;
	float cosine;

	if (!read_line(r) || sscanf(r->line, "%15[a-z]\t%le\t%f\t%15[a-z]", name, &fmr, &cosine, from) != 4 ||
	    strcmp(name, kind_name[kind]) != 0 || !(cosine >= -1.0f && cosine <= 1.0f))
		return false;
	t->cosine[kind][i] = cosine;
	if (strcmp(from, "measured") == 0)
		t->measured[kind]++;
	return true;
}

/* The first line in which the two texts differ, from 1. */
static unsigned
line_of_difference(const char *a, size_t a_n, const char *b, size_t b_n)
{
	unsigned line = 1;

	for (size_t i = 0; i < a_n && i < b_n && a[i] == b[i]; i++)
		line += a[i] == '\n';
	return line;
}

enum rc
calibration_get(const char *text, size_t n, struct calibration_table *t, char *err, size_t err_n)
{
	struct reader r = { text, text + n, 0, "" };
	struct calibration_table got = { 0 };
	char *back = NULL;
	size_t back_n = 0;
	bool ok = n <= CALIBRATION_BYTES_MAX && read_head(&r, &got);

	for (int k = 0; ok && k < CALIBRATION_KINDS; k++)
		for (uint32_t i = 0; ok && i < CALIBRATION_ROWS; i++)
			ok = read_row(&r, k, i, &got);
	if (ok && (back = malloc(CALIBRATION_BYTES_MAX + 1)) == NULL) {
		(void)snprintf(err, err_n, "out of memory");
		return RC_NOMEM;
	}
	if (ok && (back_n = calibration_put(&got, back, CALIBRATION_BYTES_MAX + 1)) == 0) {
		(void)snprintf(err, err_n, "its cosines fall, or a text in its head cannot be shown");
		ok = false;
	} else if (ok && (back_n != n || memcmp(back, text, n) != 0)) {
		(void)snprintf(err, err_n, "line %u is not as countersign-eval calibrate writes it",
		    line_of_difference(back, back_n, text, n));
		ok = false;
	} else if (!ok) {
		(void)snprintf(err, err_n, "line %u is not as countersign-eval calibrate writes it", r.number);
	}
	free(back);
	if (!ok)
		return RC_MODEL_BAD;
	*t = got;
	return RC_OK;
}

/* ---- use ---- */
enum rc
calibration_open(struct calibration **out, const char *models_dir, char *err, size_t err_n)
{
	struct calibration *c = NULL;
	struct model_file f;
	uint8_t *text = NULL;
	char why[128];
	enum rc r;

	if ((r = model_file_find(models_dir, "calibration", &f, err, err_n)) != RC_OK ||
	    (r = model_file_read(&f, &text, err, err_n)) != RC_OK)
		goto out;
	if ((c = calloc(1, sizeof *c)) == NULL) {
		(void)snprintf(err, err_n, "out of memory");
		r = RC_NOMEM;
		goto out;
	}
	if ((r = calibration_get((const char *)text, (size_t)f.size, &c->t, why, sizeof why)) != RC_OK) {
		(void)snprintf(err, err_n, "%s: %s; install the models again", f.path, why);
		goto out;
	}
	*out = c;
	c = NULL;
out:
	free(text);
	free(c);
	return r;
}

void
calibration_close(struct calibration *c)
{
	free(c);
}

enum rc
calibration_check(const struct calibration *c, const struct vision_hello *by, char *err, size_t err_n)
{
	if (c->t.embedder_version == by->embedder_version && strncmp(c->t.embedder, by->embedder, sizeof by->embedder) == 0)
		return RC_OK;
	(void)snprintf(err, err_n, "the thresholds of " CALIBRATION_FILE " are for the embedder %s version %u, but the one "
	    "loaded is %.31s version %u; install the models again, or run countersign-eval calibrate",
	    c->t.embedder, c->t.embedder_version, by->embedder, by->embedder_version);
	return RC_MODEL_BAD;
}

const struct calibration_table *
calibration_table(const struct calibration *c)
{
	return &c->t;
}

float
calibration_threshold(const struct calibration *c, enum calibration_kind kind, double fmr)
{
	const float *row = c->t.cosine[kind];
	double at;
	uint32_t i;

	if (!(fmr >= CALIBRATION_FMR_LEAST * (1 - 1e-9) && fmr <= CALIBRATION_FMR_MOST * (1 + 1e-9)))
		return 2.0f;
	at = fmin(fmax((-log10(fmr) - 1.0) * 20.0, 0.0), CALIBRATION_ROWS - 1);
	i = (uint32_t)at;
	if (i + 1 == CALIBRATION_ROWS)
		return row[i];
	return row[i] + (float)(at - i) * (row[i + 1] - row[i]);
}

float
calibration_score(const struct calibration *c, enum calibration_kind kind, float cosine)
{
	const float *row = c->t.cosine[kind];
	uint32_t low = 0, high = CALIBRATION_ROWS;	/* row[low] <= cosine < row[high] */

	if (!(cosine >= row[0]))
		return 1.0f;
	while (high - low > 1) {
		uint32_t mid = (low + high) / 2;

		if (row[mid] <= cosine)
			low = mid;
		else
			high = mid;
	}
	if (high == CALIBRATION_ROWS)
		return 6.0f;
	return 1.0f + ((float)low + (cosine - row[low]) / (row[high] - row[low])) / 20.0f;
}
