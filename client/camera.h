/*
 * camera.h - where pictures come from.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a thread that opens a source, keeps the newest picture and
 *               signals a descriptor; sources are behind struct camera_source.
 * What it isn't: it sends nothing and draws nothing, and it queues nothing: a
 *               picture that nobody took in time is replaced by the next.
 *
 * SPEC: v4l2:/dev/video0 | file:PATH | pipe:PATH (JPEG pictures one after
 * another on a fifo) | rtsp:URL | test (a moving pattern).
 *
 * Ownership: camera_take() hands the picture over; camera_frame_free() it.
 * Threads: the caller's thread and the camera's own; all calls are the
 * caller's and none of them blocks, camera_stop() included.
 */
#ifndef CLIENT_CAMERA_H
#define CLIENT_CAMERA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/visit.h"
#include "proto/clock.h"
#include "proto/rc.h"

#define CAMERA_SPEC_BYTES 512u

struct camera_frame {
	int w, h;
	int64_t taken_us;	/* microseconds of the monotonic clock: by the driver, or when it came; never rounded */
	uint8_t *rgb;		/* h rows of w pixels of 3 bytes */
};

void camera_frame_free(struct camera_frame *f);	/* NULL is fine */
/* A frame with room for w x h pixels; NULL: out of memory or out of bounds. */
struct camera_frame *camera_frame_new(int w, int h);

struct camera_opts {
	char spec[CAMERA_SPEC_BYTES];
	int  width, height;	/* pictures are made to fit inside */
	int  fps;		/* at most */
};

/*
 * A kind of source. open() and next() run in the camera's thread; they return
 * within 200 ms of *stop becoming true. err: one sentence, what to do included.
 */
struct camera_source {
	const char *kind;	/* "pipe": the part of SPEC before the colon */
	/* *state belongs to the source. */
	enum rc (*open)(const struct camera_opts *o, const char *where, const atomic_bool *stop, void **state,
	    char *err, size_t err_n);
	/* RC_OK and a frame; RC_AGAIN: none within a second or so, keep trying; else the source is closed. */
	enum rc (*next)(void *state, struct camera_frame **f, char *err, size_t err_n);
	void (*close)(void *state);
};

extern const struct camera_source camera_v4l2, camera_file, camera_rtsp, camera_test;	/* camera_av.c */
extern const struct camera_source camera_pipe;						/* camera_pipe.c */

/* The source that SPEC names and what follows the colon; NULL with err. */
const struct camera_source *camera_source_find(const char *spec, const char **where, char *err, size_t err_n);

struct camera;

/* NULL: no thread or no memory; err says so. */
struct camera *camera_start(const struct camera_source *src, const struct camera_opts *o, const char *where,
    const struct clock *clock, char *err, size_t err_n);
/* The thread ends by itself soon after. NULL is fine. */
void camera_stop(struct camera *c);
int  camera_fd(const struct camera *c);			/* readable: a picture or news */
struct camera_frame *camera_take(struct camera *c);	/* the newest; NULL: none since */
enum camera_state camera_state(struct camera *c, char *text, size_t n);

#endif
