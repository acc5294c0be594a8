/*
 * rehearse.h - whole captures in virtual time, in one process: the puppet is
 * rendered, goes through JPEG and the worker's networks to the server's
 * capture, and answers what that asks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a test tool: how often is each scenario of the puppet refused,
 *               why, and how long does a verdict take?
 * What it isn't: no network, no database, no terminal; tests/regress plays
 *               each scenario through the real programs.
 *
 * Pictures, answers and waits are drawn from a seed; the same seed gives the
 * same capture on the same machine. Threads: none.
 */
#ifndef TESTS_REHEARSE_H
#define TESTS_REHEARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/face_frame.h"
#include "server/capture.h"
#include "server/cue_recall.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_photo.h"

#define REHEARSE_PEOPLE_MAX 16u
#define REHEARSE_REASON_BYTES 32u

struct rehearse_person {
	char   *path;
	struct puppet_photo photo;
	bool    enrolled;	/* the rest is there */
	struct match_template face;
	struct puppet_tape tape;	/* an honest capture of this person, as it went over the wire ... */
	struct recall *recall;		/* ... and what the server remembers of it */
};

struct rehearse {
	struct face_frame frame;
	struct puppet_finder *finder;
	struct match_rule match;
	struct vision_hello hello;
	struct rehearse_person person[REHEARSE_PEOPLE_MAX];
	size_t people;
	uint8_t jpeg[JPEG_MAX_BYTES];
};

/* faces: a folder of photographs (*.jpg), one person each. err gets one sentence on failure. */
enum rc rehearse_open(struct rehearse *r, const char *models, const char *faces, char *err, size_t err_n) MUST_CHECK;
void    rehearse_close(struct rehearse *r);	/* safe on a zeroed struct */

/* Enrols this person by an honest capture and records another one, unless that is done. RC_NOT_LIVE ...: refused. */
enum rc rehearse_enrol(struct rehearse *r, size_t who, char *err, size_t err_n) MUST_CHECK;

/* What is played. */
struct rehearse_part {
	enum puppet_scenario scenario;
	struct rehearse_person *who;		/* whose capture it claims to be */
	const struct rehearse_person *other;	/* a second person, for the scenarios that need one */
	uint64_t seed;
	bool     enrol, light;
	struct puppet_tape *record;	/* gets the frames sent; NULL: not recorded */
	struct recall *remember;	/* gets the trace of one that passed; NULL: forgotten */
};

struct rehearse_end {
	enum rc  verdict;	/* RC_OK: passed */
	char     reason[REHEARSE_REASON_BYTES];
	char     detail[CAPTURE_DETAIL_BYTES];
	int64_t  ms;		/* from the first frame to the verdict */
	unsigned frames;
	int64_t  server_ns;	/* of the processor: what the server's judgement of them cost, without the networks */
};

/* One capture from its beginning to its verdict. t: its template, if it was an enrolment that passed; else NULL. */
enum rc rehearse_play(struct rehearse *r, const struct rehearse_part *part, struct rehearse_end *end,
    struct match_template *t) MUST_CHECK;

#endif
