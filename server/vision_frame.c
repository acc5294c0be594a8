/*
 * vision_frame.c - see vision_frame.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "proto/vision_wire.h"
#include "server/vision_frame.h"

enum rc
vision_worker_open(struct vision_worker *w, const struct vision_setup *s, int fd, char *err, size_t err_n)
{
	struct net_setup setup = { .backend = s->backend };
	enum rc r = RC_OK;

	*w = (struct vision_worker){ .fd = fd };
	(void)snprintf(err, err_n, "out of memory");
	if (s->weights >= 0)
		r = weight_store_open(&w->store, s->weights, err, err_n);
	setup.store = w->store;
	if (r == RC_OK && (r = face_frame_open(&w->frame, s->models, &setup, err, err_n)) == RC_OK &&
	    (w->request = malloc(JPEG_MAX_BYTES)) == NULL)
		r = RC_NOMEM;
	if (r != RC_OK)
		vision_worker_close(w);
	return r;
}

void
vision_worker_close(struct vision_worker *w)
{
	face_frame_close(&w->frame);
	weight_store_close(w->store);
	free(w->request);
	*w = (struct vision_worker){ .fd = -1 };
}

enum rc
vision_pack(const struct vision_setup *s, char *err, size_t err_n)
{
	struct net_setup setup = { .backend = s->backend };
	struct face_pipeline faces = { 0 };
	enum rc r;

	if ((r = weight_store_make(&setup.store, s->weights)) != RC_OK) {
		(void)snprintf(err, err_n, "the memory file of the weights cannot be used: %s", strerror(errno));
		return r;
	}
	if ((r = face_pipeline_open(&faces, s->models, &setup, err, err_n)) == RC_OK &&
	    (r = weight_store_seal(setup.store)) != RC_OK)
		(void)snprintf(err, err_n, "the memory file of the weights cannot be sealed: %s", strerror(errno));
	face_pipeline_close(&faces);
	weight_store_close(setup.store);
	return r;
}

/* RC_CLOSED if the end comes before the first byte, RC_SHORT after it. */
static enum rc
read_all(int fd, uint8_t *to, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		got = read(fd, to + have, n - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)	/* a reset is an end with an answer left unread */
			return errno == ECONNRESET ? RC_CLOSED : RC_IO;
		if (got == 0)
			return have == 0 ? RC_CLOSED : RC_SHORT;
		have += (size_t)got;
	}
	return RC_OK;
}

static enum rc
write_all(int fd, const uint8_t *from, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, from, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno == EPIPE || errno == ECONNRESET ? RC_CLOSED : RC_IO;
		from += done;
		n -= (size_t)done;
	}
	return RC_OK;
}

/* buf: the length goes in front of the n bytes that lie behind its first VISION_LENGTH_BYTES. */
static enum rc
write_reply(int fd, uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < VISION_LENGTH_BYTES; i++)
		buf[i] = (uint8_t)(n >> (8 * i));
	return write_all(fd, buf, VISION_LENGTH_BYTES + n);
}

enum rc
vision_worker_hello(struct vision_worker *w)
{
	uint8_t buf[VISION_LENGTH_BYTES + VISION_HELLO_BYTES];
	struct vision_hello hello;

	embedder_describe(w->frame.faces.embedder, &hello);
	return write_reply(w->fd, buf, vision_hello_put(&hello, buf + VISION_LENGTH_BYTES));
}

/* The few codes that vision_wire.h lets a worker give. */
static enum rc
picture_rc(enum rc r)
{
	return r == RC_OK || r == RC_IMAGE_BIG || r == RC_NOMEM ? r : RC_IMAGE_BAD;
}

/* Fills f, whatever the picture was. */
static void
look(struct vision_worker *w, const struct vision_request *q, struct vision_features *f)
{
	*f = (struct vision_features){ .seq = q->seq };
	f->rc = picture_rc(face_frame_run(&w->frame, w->request, q->jpeg_bytes, q->want, &q->track, f));
}

enum rc
vision_worker_serve(struct vision_worker *w)
{
	uint8_t head[VISION_REQUEST_BYTES], buf[VISION_LENGTH_BYTES + VISION_FEATURES_MAX];
	struct vision_features f = { 0 };
	struct vision_request q;
	enum rc r;

	if ((r = read_all(w->fd, head, sizeof head)) != RC_OK ||
	    (r = vision_request_get(head, sizeof head, &q)) != RC_OK)
		return r;
	if (q.jpeg_bytes > 0 && (r = read_all(w->fd, w->request, q.jpeg_bytes)) != RC_OK)
		r = r == RC_CLOSED ? RC_SHORT : r;
	if (r == RC_OK) {
		look(w, &q, &f);
		r = write_reply(w->fd, buf, vision_features_put(&f, buf + VISION_LENGTH_BYTES));
	}
	crypto_wipe(w->request, q.jpeg_bytes);
	crypto_wipe(&f, sizeof f);
	crypto_wipe(buf, sizeof buf);
	return r;
}
