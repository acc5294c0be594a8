/*
 * known.h - the faces that are enrolled: is a new one among them?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the templates of all customers, opened at the start into the
 *               locked memory of a gallery (models/gallery.h), and the question
 *               whether a new face is one of them. Sealed at rest, open here.
 * What it isn't: no identification: who a face is like leaves this file as a
 *               person's number for the audit trail only.
 *
 * Templates of another embedder, or of a number of dimensions that differs,
 * cannot be compared and are left out; so are rows that cannot be opened.
 *
 * Threads: any; one lock. A question takes some milliseconds at most.
 */
#ifndef SERVER_KNOWN_H
#define SERVER_KNOWN_H

#include "db/person_store.h"
#include "proto/log.h"
#include "server/match.h"
#include "server/vault.h"

#define KNOWN_DOUBTS_MAX 64u

struct known;

/* Whose face it is like, for the auditor. */
struct known_like {
	uint64_t person;
	float    cosine;
};

struct known_count {
	uint32_t faces;		/* that are compared */
	uint32_t others;	/* of another embedder */
	uint32_t bad;		/* that cannot be opened */
};

/* by: whose templates are taken (name and version); cosine: from which on two of them are one person's. */
enum rc known_open(struct known **out, const struct vision_hello *by, float cosine) MUST_CHECK;
void    known_close(struct known *k);	/* NULL is fine */

/* Opens a sealed template of this person (whose id and wrapped key are read). RC_FORGED, RC_MALFORMED; the caller wipes *dst. */
enum rc known_unseal(const struct vault *v, const struct person *p, const struct face_template *t,
    struct match_template *dst) MUST_CHECK;

/*
 * Reads all templates; the ones that cannot be opened are named in the log, and
 * the rest is read on. Before desks start. On failure (RC_STORE, RC_NOMEM) a
 * sentence in err.
 */
enum rc known_load(struct known *k, struct person_store *s, const struct vault *v, struct log *l,
    struct known_count *count, char *err, size_t err_n) MUST_CHECK;

/*
 * Is this the face of anybody but this person? RC_OK: of nobody. RC_FACE_KNOWN:
 * *like says of whom. RC_EMBEDDER_OTHER, RC_INVALID (not a template).
 */
enum rc known_ask(struct known *k, uint64_t person, const struct match_template *t, struct known_like *like) MUST_CHECK;

/*
 * Asks and, if it is nobody's, takes it as this person's (in place of an older
 * one) in one step, so that two enrolments at once cannot both pass. RC_NOMEM,
 * with a line in the log: no memory can be locked.
 */
enum rc known_admit(struct known *k, uint64_t person, const struct match_template *t, struct log *l,
    struct known_like *like) MUST_CHECK;

/* This person's face is known no longer; fine if it was not. */
void    known_forget(struct known *k, uint64_t person);

/*
 * The store did not say whether this person's registration, admitted here, was
 * completed. The face stays until somebody like it comes: then the caller asks
 * the store and settles it. Of the KNOWN_DOUBTS_MAX newest, that is; older ones
 * stay until the next start.
 */
void    known_doubt(struct known *k, uint64_t person);
bool    known_doubted(struct known *k, uint64_t person);
/* stays: the person is a customer. True: the face was still in doubt and is forgotten. */
bool    known_settle(struct known *k, uint64_t person, bool stays);

#endif
