/*
 * eval_liveness.c - what the passive cues say about single pictures of people
 * and of attacks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each picture is judged as a capture of one frame would be: the same values,
 * the same fusion, the same threshold 0 (server/cue_texture.h, cues_fuse.h).
 * Cues that need motion are not measured here.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval_attack.h"
#include "eval_faces.h"
#include "proto/crypto.h"
#include "server/cue_texture.h"
#include "server/cues_fuse.h"

/* What is measured: three cues, and what they come to together. */
static const struct { enum cue cue; const char *name; } measure[] = {
	{ CUE_TEXTURE, NULL }, { CUE_PATTERN, NULL }, { CUE_EDGE, NULL }, { CUES, "fused" },
};
#define MEASURES (sizeof measure / sizeof measure[0])

struct frames {
	struct attack_list list;
	struct eval_faces faces;
	struct attack_score *score[MEASURES];	/* [n] */
	size_t n, live;				/* judged */
};

static const char *
measure_name(size_t k)
{
	return measure[k].name != NULL ? measure[k].name : cue_name(measure[k].cue);
}

static void
frames_judge(struct frames *l, const struct attack_item *is, const struct eval_face *face)
{
	const struct vision_features f = { .faces = 1, .yaw = face->yaw, .has_texture = 1, .texture = face->texture,
	    .pattern = face->pattern, .edge = face->edge };
	struct cue_value v[CUES] = { 0 };
	struct cue_texture_value value = { 0 };
	struct cue_texture t = { 0 };
	float fused;

	cue_texture_feed(&t, &f);
	if (!cue_texture_value(&t, &value))
		return;
	v[CUE_TEXTURE] = (struct cue_value){ true, value.texture };
	v[CUE_PATTERN] = (struct cue_value){ true, value.pattern };
	v[CUE_EDGE] = (struct cue_value){ true, value.edge };
	if (cues_fuse(v, &fused) != LIVENESS_FINE)
		fused = fminf(fused, -1e-3f);	/* refused by a floor */
	for (size_t k = 0; k < MEASURES; k++)
		l->score[k][l->n] = (struct attack_score){ measure[k].cue == CUES ? fused : v[measure[k].cue].value, is->live,
		    is->kind };
	l->n++;
	l->live += is->live;
}

static bool
frames_look(struct frames *l, const struct eval_options *o)
{
	bool ok = attack_list_read(&l->list, o->labels, "kind");

	for (size_t i = 0; ok && i < l->list.n; i++)
		if (!(ok = eval_list_add(&l->faces.path, l->list.item[i].path)))
			eval_say("out of memory");
	for (size_t k = 0; ok && k < MEASURES; k++)
		if (!(ok = (l->score[k] = calloc(l->list.n, sizeof *l->score[k])) != NULL))
			eval_say("out of memory");
	if (!ok || !eval_faces_look(&l->faces, o, VISION_WANT_TEXTURE))
		return false;
	for (size_t i = 0; i < l->list.n; i++)	/* both are sorted by path */
		if (l->faces.face[i].judged)
			frames_judge(l, &l->list.item[i], &l->faces.face[i]);
	return true;
}

static void
frames_json(const struct frames *l)
{
	struct json j = { stdout, false };

	json_open(&j, NULL, '{');
	json_count(&j, "live", l->live);
	json_count(&j, "spoof", l->n - l->live);
	json_open(&j, "fta", '[');
	for (size_t i = 0; i < l->list.n; i++)
		if (!l->faces.face[i].judged)
			json_text(&j, NULL, l->list.item[i].path);
	json_close(&j, ']');
	json_open(&j, "cues", '{');
	for (size_t k = 0; k < MEASURES; k++)
		attack_json(l->score[k], l->n, &j, measure_name(k));
	json_close(&j, '}');
	json_real(&j, "ms_per_image", l->faces.ms_per_image);
	json_close(&j, '}');
	(void)putchar('\n');
}

static void
frames_print(const struct frames *l)
{
	(void)printf("%zu live, %zu attacks, %zu that gave nothing to judge\n", l->live, l->n - l->live,
	    l->list.n - l->n);
	for (size_t k = 0; k < MEASURES; k++)
		attack_print(l->score[k], l->n, measure_name(k));
}

int
eval_liveness_frames(const struct eval_options *o)
{
	struct frames l = { 0 };
	int status = EVAL_NOT;

	if (frames_look(&l, o)) {
		if (l.live == 0 || l.live == l.n)
			eval_say("no %s could be judged: error rates of the other kind only",
			    l.live == 0 ? "live person" : "attack");
		else if (l.faces.unreadable == 0)
			status = EVAL_MEASURED;
		if (o->json)
			frames_json(&l);
		else
			frames_print(&l);
	}
	for (size_t k = 0; k < MEASURES; k++)
		free(l.score[k]);
	eval_faces_close(&l.faces);
	attack_list_free(&l.list);
	return status;
}
