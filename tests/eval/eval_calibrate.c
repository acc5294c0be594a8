/*
 * eval_calibrate.c - makes models/calibration.tsv: impostor pairs counted
 * where there are enough, the tail extrapolated below.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kind "single" is all pairs of pictures of different identities. The kind
 * "template" is all pairs of templates of different identities; each is made
 * of two to five pictures (--template N changes five), as many as an identity
 * has. Frames of one sitting are more alike than such photographs, so the
 * server's templates are less spread out and their real false match rate is,
 * if anything, lower than the table says. The tail of templates has the shape
 * of that of single pictures, of which there are many more pairs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval_labels.h"
#include "eval_tail.h"
#include "models/calibration.h"
#include "proto/crypto.h"
#include "proto/text.h"

#define FRAMES_DEFAULT 5u

struct calibrate {
	struct eval_labels labels;
	struct eval_faces faces;
	struct calibration_table table;
	struct tail tail[CALIBRATION_KINDS];
};

/* One kind's rows. False after saying why. */
static bool
calibrate_rows(struct calibrate *c, const struct scores *s, enum calibration_kind kind)
{
	const char *name = kind == CALIBRATION_SINGLE ? "pictures" : "templates";
	struct tail *tail = &c->tail[kind];
	struct calibration_table *t = &c->table;
	double below = -1.0;
	uint32_t bin;

	t->trials[kind] = s->n[SCORES_IMPOSTOR];
	if (!tail_fit(s, kind == CALIBRATION_SINGLE ? NULL : &c->tail[CALIBRATION_SINGLE], tail)) {
		eval_say("%llu pairs of %s of different people are too few to calibrate",
		    (unsigned long long)s->n[SCORES_IMPOSTOR], name);
		return false;
	}
	for (uint32_t i = 0; i < CALIBRATION_ROWS; i++) {
		double cosine;

		if (scores_threshold(s, calibration_fmr(i), SCORES_FIRM, &bin)) {
			cosine = (double)scores_cosine(bin);
			t->measured[kind] = i + 1;
		} else {
			cosine = ceil(tail_cosine(tail, calibration_fmr(i)) * 1e6) / 1e6;
		}
		below = fmin(fmax(cosine, below), 1.0);	/* never falls */
		t->cosine[kind][i] = (float)below;
	}
	eval_say("%s: %llu impostor pairs, tail above cosine %.4f with scale %.4f and shape %.3f", name,
	    (unsigned long long)t->trials[kind], tail->level, tail->scale, tail->shape);
	return true;
}

static bool
calibrate_kind(struct calibrate *c, const struct eval_options *o, enum calibration_kind kind)
{
	struct eval_side side = { 0 };
	struct cross cross = { 0 };
	bool ok = kind == CALIBRATION_SINGLE ? eval_side_pictures(&side, &c->labels, &c->faces) :
	    eval_side_templates(&side, &c->labels, &c->faces, c->table.frames);

	if (ok && !(ok = cross_all(&cross, &side.side, NULL, c->faces.by.embed_dim, &CROSS_MOST, o->threads)))
		eval_say("out of memory for all pairs");
	ok = ok && calibrate_rows(c, &cross.scores, kind);
	cross_close(&cross);
	eval_side_close(&side);
	return ok;
}

/* Writes the table and says which line of MANIFEST vouches for it. */
static bool
calibrate_write(const struct calibration_table *t, const char *out)
{
	static char text[CALIBRATION_BYTES_MAX + 1];
	uint8_t hash[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES + 1];
	size_t n = calibration_put(t, text, sizeof text);
	FILE *f;

	if (n == 0) {
		eval_say("the cosines are no table of thresholds");
		return false;
	}
	if ((f = fopen(out, "wbe")) == NULL || fwrite(text, 1, n, f) != n || fclose(f) != 0) {
		eval_say("%s cannot be written", out);
		return false;
	}
	hash_plain(text, n, hash);
	hex_put(hash, sizeof hash, hex);
	(void)printf("calibration %s %zu %s\n", CALIBRATION_FILE, n, hex);
	return true;
}

int
eval_calibrate(const struct eval_options *o)
{
	struct calibrate c = { .table = { .frames = o->frames > 0 ? o->frames : FRAMES_DEFAULT } };
	struct calibration_table *t = &c.table;
	int status = EVAL_NOT;

	if (!text_is_line(o->data, CALIBRATION_TEXT_MAX)) {
		eval_say("--data must be one line of at most %u bytes", CALIBRATION_TEXT_MAX);
		return EVAL_USAGE;
	}
	(void)snprintf(t->data, sizeof t->data, "%s", o->data);
	(void)snprintf(t->command, sizeof t->command,
	    "countersign-eval calibrate --images DIR --labels FILE --data TEXT --template %u --out FILE", t->frames);
	if (!eval_labels_read(&c.labels, o->labels, &c.faces.path) ||
	    !eval_faces_look(&c.faces, o, VISION_WANT_EMBEDDING))
		goto out;
	memcpy(t->embedder, c.faces.by.embedder, sizeof t->embedder);
	t->embedder_version = c.faces.by.embedder_version;
	t->pictures = (uint32_t)(c.faces.path.n - c.faces.fta);
	t->identities = c.labels.identities;
	if (calibrate_kind(&c, o, CALIBRATION_SINGLE) && calibrate_kind(&c, o, CALIBRATION_TEMPLATE) &&
	    calibrate_write(t, o->out))
		status = c.faces.unreadable == 0 ? EVAL_MEASURED : EVAL_NOT;
out:
	eval_faces_close(&c.faces);
	eval_labels_close(&c.labels);
	return status;
}
