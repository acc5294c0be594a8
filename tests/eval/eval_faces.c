/*
 * eval_faces.c - see eval_faces.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each thread has networks of its own. Darknet wants them opened and closed in one
 * thread, so the main one does it. Threads take the next picture by an atomic
 * count and write only what belongs to that picture.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval_faces.h"
#include "models/face_frame.h"
#include "models/net_kernels.h"
#include "proto/crypto.h"
#include "proto/stopwatch.h"

#define FILE_MOST (32u * 1024 * 1024)	/* bytes of a picture */

struct eval_thread {
	struct eval_look *of;
	struct face_frame frame;
	uint8_t *file;		/* the picture in work, FILE_MOST bytes */
	struct vision_features features;
	pthread_t id;
	bool started;
};

struct eval_look {
	struct eval_faces *f;
	const struct eval_options *o;
	uint32_t want;
	atomic_size_t next;
	pthread_mutex_t lock;	/* guards the two below and standard error */
	size_t done;
	double ms;
};

/* At most FILE_MOST bytes. RC_IO, RC_TOO_BIG. */
static enum rc
faces_read(struct eval_thread *t, const char *path, size_t *n)
{
	char full[4096];
	enum rc r = RC_OK;
	FILE *f;

	if (snprintf(full, sizeof full, "%s/%s", t->of->o->images, path) >= (int)sizeof full)
		return RC_TOO_BIG;
	if ((f = fopen(full, "rbe")) == NULL)
		return RC_IO;
	*n = fread(t->file, 1, FILE_MOST, f);
	if (ferror(f) != 0)
		r = RC_IO;
	else if (*n == FILE_MOST && fgetc(f) != EOF)
		r = RC_TOO_BIG;
	(void)fclose(f);	/* only read */
	return r;
}

/* Why a picture gave nothing; RC_OK if its features are in *f. */
static enum rc
faces_features(struct eval_thread *t, const char *path, struct vision_features *f)
{
	size_t n = 0;
	enum rc r;

	*f = (struct vision_features){ 0 };
	if ((r = faces_read(t, path, &n)) != RC_OK)
		return r;
	return face_frame_run(&t->frame, t->file, n, t->of->want, NULL, f);
}

/* Is there nothing of what was asked for? */
static bool
faces_lacks(const struct eval_face *f, uint32_t want)
{
	return f->boxes == 0 || (!f->have && (want & VISION_WANT_EMBEDDING) != 0) ||
	    (!f->judged && (want & VISION_WANT_TEXTURE) != 0);
}

static void
faces_one(struct eval_thread *t, size_t i)
{
	struct eval_faces *f = t->of->f;
	struct eval_face *to = &f->face[i];
	int64_t start = stopwatch_us();
	enum rc r = faces_features(t, f->path.item[i], &t->features);
	int reading = errno;	/* why it failed, after RC_IO */
	double ms = (double)stopwatch_ms_since(start);

	to->readable = r == RC_OK;
	if (to->readable) {
		to->outcome = face_outcome(&t->features);
		to->boxes = t->features.faces;
		memcpy(to->box, t->features.face, sizeof to->box);
		to->norm = t->features.embed_norm;
		to->have = t->features.faces > 0 && t->features.embed_dim == f->by.embed_dim;
		to->judged = t->features.has_texture != 0;
		to->yaw = t->features.yaw;
		to->texture = t->features.texture;
		to->pattern = t->features.pattern;
		to->edge = t->features.edge;
	}
	if (to->have)
		memcpy(f->v + i * f->by.embed_dim, t->features.embedding, f->by.embed_dim * sizeof *f->v);
	(void)pthread_mutex_lock(&t->of->lock);
	t->of->ms += ms;
	eval_progress("pictures", ++t->of->done, f->path.n);
	if (r != RC_OK)
		eval_say("%s/%s: %s", t->of->o->images, f->path.item[i],
		    r == RC_IO ? strerror(reading) : rc_text(r));
	else if (t->of->want != 0 && faces_lacks(to, t->of->want))
		eval_say("%s/%s: no features (%s)", t->of->o->images, f->path.item[i], eval_face_text(to));
	(void)pthread_mutex_unlock(&t->of->lock);
}

static void *
faces_thread(void *arg)
{
	struct eval_thread *t = arg;
	size_t i;

	kernels_use_threads(1);
	while ((i = atomic_fetch_add(&t->of->next, 1)) < t->of->f->path.n)
		faces_one(t, i);
	crypto_wipe(&t->features, sizeof t->features);
	return NULL;
}

static bool
faces_open(struct eval_thread *t, struct eval_look *of)
{
	const struct net_setup setup = { .backend = of->o->backend };
	char err[512] = "out of memory";

	t->of = of;
	if ((t->file = malloc(FILE_MOST)) != NULL &&
	    face_frame_open(&t->frame, of->o->models, &setup, err, sizeof err) == RC_OK) {
		t->frame.faces.alone = true;
		return true;
	}
	eval_say("%s", err);
	return false;
}

/* Room for what is known of the pictures once the embedder is. */
static bool
faces_room(struct eval_faces *f, const struct eval_thread *t)
{
	embedder_describe(t->frame.faces.embedder, &f->by);
	f->face = calloc(f->path.n, sizeof *f->face);
	f->v = calloc(f->path.n * f->by.embed_dim, sizeof *f->v);
	if (f->face != NULL && f->v != NULL)
		return true;
	eval_say("out of memory for %zu pictures", f->path.n);
	return false;
}

bool
eval_faces_look(struct eval_faces *f, const struct eval_options *o, uint32_t want)
{
	struct eval_look look = { .f = f, .o = o, .want = want, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct eval_thread *t = calloc(o->threads, sizeof *t);
	bool ok = t != NULL;

	if (!ok)
		eval_say("out of memory");
	kernels_use_threads(1);
	for (unsigned i = 0; ok && i < o->threads; i++)
		ok = faces_open(&t[i], &look);
	ok = ok && faces_room(f, &t[0]);
	for (unsigned i = 0; ok && i < o->threads; i++)
		if (!(t[i].started = pthread_create(&t[i].id, NULL, faces_thread, &t[i]) == 0)) {
			eval_say("no thread can be started");
			atomic_store(&look.next, f->path.n);	/* the others end */
			ok = false;
		}
	for (unsigned i = 0; t != NULL && i < o->threads; i++) {
		if (t[i].started)
			(void)pthread_join(t[i].id, NULL);
		face_frame_close(&t[i].frame);
		free(t[i].file);
	}
	free(t);
	for (size_t i = 0; ok && i < f->path.n; i++) {
		f->fta += faces_lacks(&f->face[i], want);
		f->unreadable += !f->face[i].readable;
	}
	f->ms_per_image = look.ms / (double)f->path.n;
	return ok;
}

void
eval_faces_close(struct eval_faces *f)
{
	if (f->v != NULL)
		crypto_wipe(f->v, f->path.n * f->by.embed_dim * sizeof *f->v);
	free(f->v);
	free(f->face);
	eval_list_free(&f->path);
	*f = (struct eval_faces){ 0 };
}

const char *
eval_face_text(const struct eval_face *f)
{
	return f->readable ? face_outcome_text(f->outcome) : "unreadable";
}
