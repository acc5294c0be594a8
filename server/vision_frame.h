/*
 * vision_frame.h - the work of countersign-vision: one request after another
 * over one descriptor.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing passes from one frame to the next; buffers are wiped between them.
 * Threads: one.
 */
#ifndef SERVER_VISION_FRAME_H
#define SERVER_VISION_FRAME_H

#include "models/face_frame.h"
#include "models/weight_store.h"
#include "proto/rc.h"

struct vision_worker {
	struct weight_store *store;	/* NULL: the networks have their own */
	struct face_frame frame;
	uint8_t *request;	/* JPEG_MAX_BYTES */
	int fd;
};

/* How a worker loads its networks. */
struct vision_setup {
	const char *models;		/* folder of MANIFEST */
	enum net_backend backend;
	int weights;			/* sealed file that vision_pack() filled; -1: pack them here */
};

/* Loads everything; fd, where requests come from, is borrowed. err gets one sentence. */
enum rc vision_worker_open(struct vision_worker *w, const struct vision_setup *s, int fd, char *err, size_t err_n) MUST_CHECK;
void    vision_worker_close(struct vision_worker *w);

/*
 * Loads the networks as a worker would, leaves their packed weights in the
 * empty memory file `weights`, and seals it. err gets one sentence.
 */
enum rc vision_pack(const struct vision_setup *s, char *err, size_t err_n) MUST_CHECK;

/* Says who it is: vision_hello. RC_CLOSED, RC_IO. */
enum rc vision_worker_hello(struct vision_worker *w) MUST_CHECK;

/*
 * Serves one request. RC_OK: answered (also when the picture was refused).
 * RC_CLOSED: the other side has gone between two requests. Anything else: the
 * stream is out of step and the worker must end.
 */
enum rc vision_worker_serve(struct vision_worker *w) MUST_CHECK;

#endif
