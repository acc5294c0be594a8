/*
 * known.c - see known.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/gallery.h"
#include "server/known.h"

#define KNOWN_PAGE    64u	/* templates read at once */
#define KNOWN_NAMED   20u	/* templates that cannot be opened and get a line of their own */
#define KNOWN_ERR    300u

struct known {
	pthread_mutex_t lock;
	struct vision_hello by;		/* embed_dim 0: no template came yet */
	float cosine;
	struct gallery *gallery;	/* made with the first template, when its dimensions are known */
	uint64_t doubt[KNOWN_DOUBTS_MAX];	/* persons whose registration may have failed; a ring, 0: free */
	uint32_t doubts;		/* noted in all */
};

enum rc
known_open(struct known **out, const struct vision_hello *by, float cosine)
{
	struct known *k = calloc(1, sizeof *k);

	if (k == NULL)
		return RC_NOMEM;
	if (pthread_mutex_init(&k->lock, NULL) != 0) {
		free(k);
		return RC_NOMEM;
	}
	k->by = *by;
	k->by.embed_dim = 0;
	k->cosine = cosine;
	*out = k;
	return RC_OK;
}

void
known_close(struct known *k)
{
	if (k == NULL)
		return;
	gallery_close(k->gallery);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

static bool
known_comparable(const struct known *k, const struct vision_hello *by)
{
	return strcmp(k->by.embedder, by->embedder) == 0 && k->by.embedder_version == by->embedder_version &&
	    (k->by.embed_dim == 0 || k->by.embed_dim == by->embed_dim);
}

/* With the lock held, or before there are threads. */
static enum rc
known_add(struct known *k, uint64_t person, const struct match_template *t, char *err, size_t err_n)
{
	enum rc r;

	if (k->gallery == NULL) {
		if ((r = gallery_open(&k->gallery, t->by.embed_dim, 0, err, err_n)) != RC_OK)
			return r;
		k->by.embed_dim = t->by.embed_dim;
	}
	if ((r = gallery_remove(k->gallery, person)) != RC_OK && r != RC_NOT_FOUND)
		return r;
	return gallery_add(k->gallery, person, t->v, err, err_n);
}

/* With the lock held. The person's own face and the best of the others are two. */
static enum rc
known_search(const struct known *k, uint64_t person, const struct match_template *t, struct known_like *like)
{
	struct gallery_hit hit[2];
	uint32_t n = 0;
	enum rc r;

	if (!known_comparable(k, &t->by))
		return RC_EMBEDDER_OTHER;
	if (k->gallery == NULL)
		return RC_OK;
	if ((r = gallery_search(k->gallery, t->v, 2, k->cosine, hit, &n)) != RC_OK)
		return r;
	for (uint32_t i = 0; i < n; i++)
		if (hit[i].id != person) {
			*like = (struct known_like){ hit[i].id, hit[i].cosine };
			return RC_FACE_KNOWN;
		}
	return RC_OK;
}

enum rc
known_ask(struct known *k, uint64_t person, const struct match_template *t, struct known_like *like)
{
	enum rc r;

	pthread_mutex_lock(&k->lock);
	r = known_search(k, person, t, like);
	pthread_mutex_unlock(&k->lock);
	return r;
}

/* With the lock held. */
static bool
known_doubt_end(struct known *k, uint64_t person)
{
	bool was = false;

	for (uint32_t i = 0; i < KNOWN_DOUBTS_MAX; i++)
		if (k->doubt[i] == person) {
			k->doubt[i] = 0;
			was = true;
		}
	return was;
}

enum rc
known_admit(struct known *k, uint64_t person, const struct match_template *t, struct log *l, struct known_like *like)
{
	char err[KNOWN_ERR] = "";
	enum rc r;

	pthread_mutex_lock(&k->lock);
	if ((r = known_search(k, person, t, like)) == RC_OK)
		r = known_add(k, person, t, err, sizeof err);
	if (r == RC_OK)
		(void)known_doubt_end(k, person);
	pthread_mutex_unlock(&k->lock);
	if (r == RC_NOMEM)
		log_line(l, LOG_LEVEL_ERROR, "known", "no face can be enrolled: %s", err[0] != '\0' ? err : rc_text(r));
	return r;
}

void
known_forget(struct known *k, uint64_t person)
{
	pthread_mutex_lock(&k->lock);
	if (k->gallery != NULL)
		(void)!gallery_remove(k->gallery, person);
	pthread_mutex_unlock(&k->lock);
}

void
known_doubt(struct known *k, uint64_t person)
{
	pthread_mutex_lock(&k->lock);
	(void)known_doubt_end(k, person);
	k->doubt[k->doubts++ % KNOWN_DOUBTS_MAX] = person;
	pthread_mutex_unlock(&k->lock);
}

bool
known_doubted(struct known *k, uint64_t person)
{
	bool is = false;

	pthread_mutex_lock(&k->lock);
	for (uint32_t i = 0; i < KNOWN_DOUBTS_MAX; i++)
		is = is || k->doubt[i] == person;
	pthread_mutex_unlock(&k->lock);
	return is;
}

bool
known_settle(struct known *k, uint64_t person, bool stays)
{
	bool gone;

	pthread_mutex_lock(&k->lock);
	gone = known_doubt_end(k, person) && !stays;
	if (gone)
		(void)!gallery_remove(k->gallery, person);
	pthread_mutex_unlock(&k->lock);
	return gone;
}

/* ---- the start ---- */

static struct vision_hello
known_maker(const struct face_template *t)
{
	struct vision_hello by = { .embedder_version = t->embedder_version, .embed_dim = t->dim };

	memcpy(by.embedder, t->embedder, sizeof by.embedder);
	return by;
}

enum rc
known_unseal(const struct vault *v, const struct person *p, const struct face_template *t, struct match_template *dst)
{
	struct vision_hello by = known_maker(t);
	uint8_t raw[SEALED_TEMPLATE_MAX] = { 0 };
	size_t n = 0;
	enum rc r;

	if ((r = vault_template_get(v, p, t, raw, &n)) == RC_OK)
		r = match_template_get(&by, t->frames, raw, n, dst);
	crypto_wipe(raw, sizeof raw);
	return r;
}

static enum rc
known_load_one(struct known *k, const struct vault *v, const struct person_template *row, struct log *l,
    struct known_count *count, char *err, size_t err_n)
{
	struct vision_hello by = known_maker(&row->template);
	struct person p = { .id = row->person };
	struct match_template t = { 0 };
	enum rc r;

	memcpy(p.wrapped_key, row->wrapped_key, sizeof p.wrapped_key);
	if (!known_comparable(k, &by)) {
		count->others++;
		return RC_OK;
	}
	if ((r = known_unseal(v, &p, &row->template, &t)) == RC_OK && (r = known_add(k, row->person, &t, err, err_n)) == RC_OK)
		count->faces++;
	match_template_wipe(&t);
	if (r != RC_FORGED && r != RC_MALFORMED && r != RC_INVALID)
		return r;
	if (++count->bad <= KNOWN_NAMED)
		log_line(l, LOG_LEVEL_WARN, "known", "the face of person %llu cannot be opened: %s",
		    (unsigned long long)row->person, rc_text(r));
	return RC_OK;
}

/* How much all faces need, behind the words why the next one has no room. */
static void
known_say_need(const struct known *k, struct person_store *s, struct person_template *page, char *err, size_t err_n)
{
	size_t n = 1, said = strlen(err);
	uint32_t faces = 0, dim = 0;
	uint64_t after = 0;

	while (n > 0 && s->ops->templates(s, after, page, KNOWN_PAGE, &n) == RC_OK)
		for (size_t i = 0; i < n; i++) {
			struct vision_hello by = known_maker(&page[i].template);

			after = page[i].person;
			if (!known_comparable(k, &by))
				continue;
			faces++;
			dim = by.embed_dim;
		}
	if (faces > 0)
		(void)snprintf(err + said, err_n - said, "; all %u enrolled faces need %zu MiB", faces,
		    (gallery_bytes_locked(dim, faces) >> 20) + 1);
}

enum rc
known_load(struct known *k, struct person_store *s, const struct vault *v, struct log *l, struct known_count *count,
    char *err, size_t err_n)
{
	struct person_template *page = calloc(KNOWN_PAGE, sizeof *page);
	uint64_t after = 0;
	size_t n = 1;
	enum rc r = RC_OK;

	*count = (struct known_count){ 0 };
	err[0] = '\0';
	if (page == NULL)
		r = RC_NOMEM;
	while (r == RC_OK && n > 0) {
		if ((r = s->ops->templates(s, after, page, KNOWN_PAGE, &n)) != RC_OK) {
			snprintf(err, err_n, "the enrolled faces cannot be read: %s", rc_text(r));
			break;
		}
		for (size_t i = 0; i < n && r == RC_OK; i++) {
			r = known_load_one(k, v, &page[i], l, count, err, err_n);
			after = page[i].person;
		}
	}
	if (r == RC_NOMEM && err[0] != '\0')
		known_say_need(k, s, page, err, err_n);
	if (r != RC_OK && err[0] == '\0')
		snprintf(err, err_n, "the enrolled faces cannot be searched: %s", rc_text(r));
	free(page);
	return r;
}
