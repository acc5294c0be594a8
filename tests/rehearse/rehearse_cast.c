/*
 * rehearse_cast.c - networks and people of a rehearsal.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/calibration.h"
#include "models/net_kernels.h"
#include "tests/rehearse/rehearse.h"

#define ENROL_TRIES 3u
#define ENROL_SEED  0x656e726f6cu

static enum rc
rehearse_people(struct rehearse *r, const char *faces, char *err, size_t err_n)
{
	char pattern[512];
	glob_t found = { 0 };
	enum rc rc = RC_OK;

	snprintf(pattern, sizeof pattern, "%s/*.jpg", faces);
	if (glob(pattern, 0, NULL, &found) != 0) {
		snprintf(err, err_n, "%s: no photographs (*.jpg) there", faces);
		return RC_IO;
	}
	for (size_t i = 0; i < found.gl_pathc && r->people < REHEARSE_PEOPLE_MAX && rc == RC_OK; i++) {
		struct rehearse_person *p = &r->person[r->people];

		if ((rc = puppet_finder_read(r->finder, found.gl_pathv[i], &p->photo, err, err_n)) != RC_OK)
			break;
		r->people++;
		if ((p->path = strdup(found.gl_pathv[i])) == NULL)
			rc = RC_NOMEM;
	}
	globfree(&found);
	return rc;
}

enum rc
rehearse_open(struct rehearse *r, const char *models, const char *faces, char *err, size_t err_n)
{
	const struct net_setup setup = { .backend = NET_AUTO };
	enum rc rc;

	memset(r, 0, sizeof *r);
	kernels_use_threads(1);	/* two would wait for each other longer than they compute */
	if ((rc = face_frame_open(&r->frame, models, &setup, err, err_n)) != RC_OK ||
	    (rc = match_rule_open(&r->match, models, CALIBRATION_FMR_SHIPPED, err, err_n)) != RC_OK ||
	    (rc = puppet_finder_open(&r->finder, models, err, err_n)) != RC_OK)
		return rc;
	embedder_describe(r->frame.faces.embedder, &r->hello);
	return rehearse_people(r, faces, err, err_n);
}

void
rehearse_close(struct rehearse *r)
{
	for (size_t i = 0; i < r->people; i++) {
		free(r->person[i].path);
		puppet_photo_free(&r->person[i].photo);
		puppet_tape_free(&r->person[i].tape);
		match_template_wipe(&r->person[i].face);
		recall_free(r->person[i].recall);
	}
	puppet_finder_close(r->finder);
	match_rule_close(&r->match);
	face_frame_close(&r->frame);
}

enum rc
rehearse_enrol(struct rehearse *r, size_t who, char *err, size_t err_n)
{
	struct rehearse_person *p = &r->person[who];
	struct rehearse_part part = { .scenario = PUPPET_PLAIN, .who = p, .enrol = true };
	struct rehearse_end end = { .verdict = RC_AGAIN };
	enum rc rc = RC_OK;

	if (p->recall == NULL && (p->recall = recall_new()) == NULL)
		rc = RC_NOMEM;
	part.remember = p->recall;
	for (unsigned i = 0; i < ENROL_TRIES && rc == RC_OK && !p->enrolled; i++) {
		part.seed = ENROL_SEED + 2 * i;
		if ((rc = rehearse_play(r, &part, &end, &p->face)) == RC_OK)
			p->enrolled = end.verdict == RC_OK;
	}
	for (unsigned i = 0; i < ENROL_TRIES && rc == RC_OK && p->enrolled && p->tape.frames == 0; i++) {
		part.enrol = false;
		part.record = &p->tape;
		part.seed = ENROL_SEED + 2 * i + 1;
		if ((rc = rehearse_play(r, &part, &end, NULL)) == RC_OK && end.verdict != RC_OK)
			puppet_tape_free(&p->tape);
	}
	if (rc != RC_OK)
		snprintf(err, err_n, "%s: %s", p->path, rc_text(rc));
	else if (end.verdict != RC_AGAIN && end.verdict != RC_OK)
		snprintf(err, err_n, "%s: an honest capture was refused: %s", p->path, end.detail);
	return rc == RC_OK && !(p->enrolled && p->tape.frames > 0) ? end.verdict : rc;
}
