/*
 * eval_liveness_video.c - the whole decision without challenge, video by video.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several threads take one video after another, each with networks of its own,
 * which the main thread opens and closes (Darknet wants it so).
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "eval_attack.h"
#include "eval_clip.h"
#include "models/net_kernels.h"

struct videos {
	const struct eval_options *o;
	struct attack_list list;
	struct clip_verdict *verdict;	/* [list.n] */
	struct attack_score *score;	/* [n] */
	size_t n, live;			/* judged */
	atomic_size_t next;
	pthread_mutex_t lock;		/* guards done and the bar */
	size_t done;
};

struct videos_thread {
	struct videos *of;
	struct face_frame frame;
	pthread_t id;
	bool open, started;
};

static void *
videos_thread(void *arg)
{
	struct videos_thread *t = arg;
	struct videos *v = t->of;
	char full[4096];
	size_t i;

	kernels_use_threads(1);
	while ((i = atomic_fetch_add(&v->next, 1)) < v->list.n) {
		if (snprintf(full, sizeof full, "%s/%s", v->o->images, v->list.item[i].path) >= (int)sizeof full)
			eval_say("%s: the path is too long", v->list.item[i].path);
		else
			(void)clip_judge(&t->frame, full, &v->verdict[i]);
		(void)pthread_mutex_lock(&v->lock);
		eval_progress("videos", ++v->done, v->list.n);
		(void)pthread_mutex_unlock(&v->lock);
	}
	return NULL;
}

/* Judges all videos. False after saying why. */
static bool
videos_look(struct videos *v)
{
	size_t threads = v->o->threads < v->list.n ? v->o->threads : v->list.n;
	const struct net_setup setup = { .backend = v->o->backend };
	struct videos_thread *t = calloc(threads, sizeof *t);
	char err[512] = "out of memory";
	bool ok = t != NULL;

	kernels_use_threads(1);
	for (size_t i = 0; ok && i < threads; i++) {
		t[i].of = v;
		t[i].open = ok = face_frame_open(&t[i].frame, v->o->models, &setup, err, sizeof err) == RC_OK;
	}
	for (size_t i = 0; ok && i < threads; i++)
		if (!(t[i].started = pthread_create(&t[i].id, NULL, videos_thread, &t[i]) == 0)) {
			(void)snprintf(err, sizeof err, "no thread can be started");
			atomic_store(&v->next, v->list.n);	/* the others end */
			ok = false;
		}
	for (size_t i = 0; t != NULL && i < threads; i++) {
		if (t[i].started)
			(void)pthread_join(t[i].id, NULL);
		if (t[i].open)
			face_frame_close(&t[i].frame);
	}
	free(t);
	if (!ok)
		eval_say("%s", err);
	return ok;
}

/* What a video is worth at threshold 0: refused for any reason is below. */
static float
videos_value(const struct clip_verdict *is)
{
	return is->reason == LIVENESS_FINE ? is->fused : fminf(is->fused, -1e-3f);
}

static void
videos_count(struct videos *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct attack_item *is = &v->list.item[i];

		if (!v->verdict[i].readable)
			continue;
		v->score[v->n++] = (struct attack_score){ videos_value(&v->verdict[i]), is->live, is->kind };
		v->live += is->live;
	}
}

static const char *
videos_word(const struct clip_verdict *is)
{
	return !is->readable ? "unreadable" : is->reason == LIVENESS_FINE ? "live" : "refused";
}

static void
videos_json(const struct videos *v)
{
	struct json j = { stdout, false };

	json_open(&j, NULL, '{');
	json_open(&j, "videos", '[');
	for (size_t i = 0; i < v->list.n; i++) {
		const struct clip_verdict *is = &v->verdict[i];

		json_open(&j, NULL, '{');
		json_text(&j, "path", v->list.item[i].path);
		json_text(&j, "label", v->list.item[i].live ? "live" : "spoof");
		json_text(&j, "kind", v->list.item[i].kind);
		json_text(&j, "verdict", videos_word(is));
		json_text(&j, "reason", is->readable ? liveness_reason_name(is->reason) : "unreadable");
		json_count(&j, "frames", is->frames);
		json_count(&j, "faces", is->faces);
		json_open(&j, "cues", '{');
		for (unsigned k = 0; k < CUES; k++)
			json_real(&j, cue_name((enum cue)k), is->cue[k].measured ? (double)is->cue[k].value : NAN);
		json_real(&j, "fused", is->readable ? (double)is->fused : NAN);
		json_close(&j, '}');
		json_close(&j, '}');
	}
	json_close(&j, ']');
	attack_apcer_json(v->score, v->n, 0.0f, &j, "apcer");
	json_real(&j, "bpcer", attack_bpcer(v->score, v->n, 0.0f));
	json_close(&j, '}');
	(void)putchar('\n');
}

static void
videos_print(const struct videos *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct clip_verdict *is = &v->verdict[i];

		(void)printf("%s\t%s\t%s\t%s\t%zu", v->list.item[i].path, v->list.item[i].live ? "live" : v->list.item[i].kind,
		    videos_word(is), is->readable ? liveness_reason_name(is->reason) : "-", is->frames);
		for (unsigned k = 0; k < CUES; k++)
			if (is->cue[k].measured)
				(void)printf("\t%s %.2f", cue_name((enum cue)k), (double)is->cue[k].value);
		(void)printf("\tfused %.2f\n", (double)is->fused);
	}
	attack_print(v->score, v->n, "decision");
}

int
eval_liveness_video(const struct eval_options *o)
{
	struct videos v = { .o = o, .lock = PTHREAD_MUTEX_INITIALIZER };
	int status = EVAL_NOT;

	if (!attack_list_read(&v.list, o->labels, "kind"))
		goto out;
	v.verdict = calloc(v.list.n, sizeof *v.verdict);
	v.score = calloc(v.list.n, sizeof *v.score);
	if (v.verdict == NULL || v.score == NULL) {
		eval_say("out of memory");
	} else if (videos_look(&v)) {
		videos_count(&v);
		status = v.n == v.list.n ? EVAL_MEASURED : EVAL_NOT;
		if (o->json)
			videos_json(&v);
		else
			videos_print(&v);
	}
out:
	free(v.verdict);
	free(v.score);
	attack_list_free(&v.list);
	return status;
}
