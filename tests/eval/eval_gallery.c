/*
 * eval_gallery.c - all pairs of labelled pictures, or of templates and pictures.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Without --template every picture meets every other one once. With
 * --template N, each identity with more than N pictures is enrolled with its
 * first N; its other pictures are the genuine trials. All pictures of all
 * other identities are impostor trials against that template, those of people
 * with at most N pictures, who are not enrolled, too.
 */
#include <stdlib.h>

#include "eval_labels.h"
#include "eval_report.h"

struct gallery {
	struct eval_labels labels;
	struct eval_faces faces;
	struct eval_side pictures, templates;
	struct cross cross;
};

static double
two_of(double n)
{
	return n * (n - 1) / 2;
}

/* Pairs that pictures without features took away. */
static void
gallery_lost(struct gallery *g, unsigned frames)
{
	const struct eval_labels *l = &g->labels;
	double genuine = 0, all = (double)l->n, have_all = (double)g->pictures.side.n, lost;
	size_t to;

	for (size_t from = 0; from < l->n; from = to) {
		double n, have = 0;

		for (to = from; to < l->n && l->item[to].who == l->item[from].who; to++)
			have += g->faces.face[l->item[to].face].have;
		n = (double)(to - from);
		if (frames == 0)
			genuine += two_of(n) - two_of(have);
		else if (n > frames)
			genuine += n - (have > frames ? have : frames);
	}
	lost = frames == 0 ? two_of(all) - two_of(have_all) - genuine : (all - have_all) * (double)g->templates.side.n;
	if (frames > 0)	/* pictures of the enrolled themselves are genuine trials, not impostors */
		for (size_t i = 0; i < l->n; i++)
			for (size_t t = 0; !g->faces.face[l->item[i].face].have && t < g->templates.side.n; t++)
				lost -= g->templates.who[t] == l->item[i].who;
	g->cross.scores.lost[SCORES_GENUINE] = (uint64_t)genuine;
	g->cross.scores.lost[SCORES_IMPOSTOR] = (uint64_t)lost;
}

static bool
gallery_compare(struct gallery *g, const struct eval_options *o)
{
	const struct cross_side *pictures = &g->pictures.side;
	bool ok;

	if (!eval_side_pictures(&g->pictures, &g->labels, &g->faces) || (o->frames > 0 &&
	    !eval_side_enrolled(&g->templates, &g->labels, &g->faces, o->frames, &g->pictures)))
		return false;
	ok = cross_all(&g->cross, o->frames > 0 ? &g->templates.side : pictures, o->frames > 0 ? pictures : NULL,
	    g->faces.by.embed_dim, &CROSS_MOST, o->threads);
	if (!ok)
		eval_say("out of memory for all pairs");
	else
		gallery_lost(g, o->frames);
	return ok;
}

static void
gallery_json(const struct gallery *g, const struct eval_report *r, unsigned frames)
{
	struct json j = { stdout, false };

	json_open(&j, NULL, '{');
	json_count(&j, "identities", g->labels.identities);
	if (frames > 0) {
		json_count(&j, "template", frames);
		json_count(&j, "templates", g->templates.side.n);
	}
	eval_faces_json(&g->faces, &j);
	eval_report_json(r, &j);
	json_close(&j, '}');
	(void)putchar('\n');
}

static void
gallery_print(const struct gallery *g, const struct eval_report *r, unsigned frames)
{
	(void)printf("%u identities\n", g->labels.identities);
	if (frames > 0)
		(void)printf("%zu of them enrolled with %u pictures each\n", g->templates.side.n, frames);
	eval_faces_print(&g->faces);
	eval_report_print(r);
}

int
eval_gallery(const struct eval_options *o)
{
	struct gallery g = { 0 };
	struct eval_report r = { .cross = &g.cross, .first = 2, .last = 6,
	    .kind = o->frames > 0 ? CALIBRATION_TEMPLATE : CALIBRATION_SINGLE };
	int status = EVAL_NOT;

	if (!eval_labels_read(&g.labels, o->labels, &g.faces.path) ||
	    !eval_faces_look(&g.faces, o, VISION_WANT_EMBEDDING) || !gallery_compare(&g, o))
		goto out;
	if (g.cross.scores.n[SCORES_GENUINE] == 0 || g.cross.scores.n[SCORES_IMPOSTOR] == 0) {
		eval_say("nothing was measured: no %s pair has features on both sides",
		    g.cross.scores.n[SCORES_GENUINE] == 0 ? "genuine" : "impostor");
		goto out;
	}
	r.identities = g.labels.identities;
	status = eval_report_open(&r, o, &g.faces.by) && g.faces.unreadable == 0 ? EVAL_MEASURED : EVAL_NOT;
	if (o->json)
		gallery_json(&g, &r, o->frames);
	else
		gallery_print(&g, &r, o->frames);
out:
	eval_report_close(&r);
	eval_side_close(&g.pictures);
	eval_side_close(&g.templates);
	eval_faces_close(&g.faces);
	eval_labels_close(&g.labels);
	cross_close(&g.cross);
	return status;
}
