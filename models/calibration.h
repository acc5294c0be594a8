/*
 * calibration.h - what a cosine is worth: how rarely two different people
 * reach it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a table, measured on impostor pairs by "countersign-eval
 *               calibrate", that names cosines by false match rate (FMR: the
 *               share of pairs of different people that pass). Thresholds and
 *               scores mean the same whatever the embedder.
 * What it isn't: it knows no picture; it holds for one embedder and version.
 *
 * The table has a row for every twentieth of a power of ten from 1e-1 to 1e-6.
 * Where too few impostors were left to count, the row is extrapolated and says
 * so. Between rows the cosine is linear in the logarithm of the FMR.
 * Threads: any; const after it was opened.
 */
#ifndef MODELS_CALIBRATION_H
#define MODELS_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define CALIBRATION_FILE      "calibration.tsv"
#define CALIBRATION_FMR_MOST  1e-1
#define CALIBRATION_FMR_LEAST 1e-6
#define CALIBRATION_FMR_SHIPPED 1e-4	/* of the server, unless configured otherwise */
#define CALIBRATION_ROWS      101u	/* 20 for each power of ten, both ends */
#define CALIBRATION_TEXT_MAX  160u
#define CALIBRATION_BYTES_MAX 32768u	/* of the file */

enum calibration_kind {
	CALIBRATION_SINGLE,	/* one picture against one picture */
	CALIBRATION_TEMPLATE,	/* a mean of several pictures against another one */
	CALIBRATION_KINDS
};

/* Everything the file says. cosine[k][i]: least cosine that at most calibration_fmr(i) of the impostors reach. */
struct calibration_table {
	char     embedder[EMBEDDER_NAME_BYTES + 1];
	uint32_t embedder_version;
	uint32_t pictures, identities;		/* that were measured */
	uint32_t frames;			/* most pictures in one template */
	uint64_t trials[CALIBRATION_KINDS];	/* impostor pairs */
	char     data[CALIBRATION_TEXT_MAX + 1];	/* which pictures, in words */
	char     command[CALIBRATION_TEXT_MAX + 1];
	float    cosine[CALIBRATION_KINDS][CALIBRATION_ROWS];	/* never falls with i */
	uint32_t measured[CALIBRATION_KINDS];	/* the first so many rows; the others are extrapolated */
};

struct calibration;

/*
 * The table of models_dir, which MANIFEST vouches for. RC_MODEL_BAD or RC_NOMEM
 * with one sentence in err.
 */
enum rc calibration_open(struct calibration **out, const char *models_dir, char *err, size_t err_n) MUST_CHECK;
void    calibration_close(struct calibration *c);	/* accepts NULL */

/* RC_MODEL_BAD with one sentence in err unless the table was made with this embedder and version. */
enum rc calibration_check(const struct calibration *c, const struct vision_hello *by,
    char *err, size_t err_n) MUST_CHECK;

/*
 * The least cosine that passes at this false match rate, at most 1. An fmr
 * outside FMR_LEAST ... FMR_MOST (NaN included) gives 2, which no pair reaches.
 */
float   calibration_threshold(const struct calibration *c, enum calibration_kind kind, double fmr);

/* -log10 of the false match rate at which this cosine would just pass, 1 ... 6 (1 for NaN). */
float   calibration_score(const struct calibration *c, enum calibration_kind kind, float cosine);

const struct calibration_table *calibration_table(const struct calibration *c);

/* ---- the file ---- */
/* The false match rate of row i: 10 to the power of -1 - i / 20. */
double  calibration_fmr(uint32_t i);
/* Accepts exactly what calibration_put() writes; RC_MODEL_BAD names the line in err. *t is untouched on failure. */
enum rc calibration_get(const char *text, size_t n, struct calibration_table *t, char *err, size_t err_n) MUST_CHECK;
/* Length of the text, or 0 if it does not fit or the table is not one (see calibration_get()). */
size_t  calibration_put(const struct calibration_table *t, char *dst, size_t dst_n);

#endif
