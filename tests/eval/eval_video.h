/*
 * eval_video.h - the pictures of a video file, as a terminal would have sent
 * them: at most EVAL_VIDEO_SIDE pixels long, JPEG.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a decoder over FFmpeg's libraries, frame by frame, as fast as
 *               it is asked; turned upright where the file says so.
 * What it isn't: it paces nothing, skips nothing and knows no face.
 *
 * Threads: one belongs to one thread at a time.
 */
#ifndef TESTS_EVAL_VIDEO_H
#define TESTS_EVAL_VIDEO_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

#define EVAL_VIDEO_SIDE 640u

struct eval_video;

struct eval_video_frame {
	const uint8_t *jpeg;	/* n bytes, until the next call */
	size_t  n;
	int64_t at_us;		/* the file's time stamp, from the first frame on; rises with every frame */
};

/* err: one sentence that names the file. RC_NOMEM, RC_IO, RC_IMAGE_BAD. */
enum rc eval_video_open(struct eval_video **out, const char *path, char *err, size_t err_n) MUST_CHECK;
void    eval_video_close(struct eval_video *v);	/* wipes the picture; NULL is fine */
double  eval_video_fps(const struct eval_video *v);	/* mean rate by the file, 0: it does not say */

/* RC_OK, RC_NOT_FOUND after the last frame; a damaged picture is passed over, a file without any is RC_IMAGE_BAD. */
enum rc eval_video_next(struct eval_video *v, struct eval_video_frame *f, char *err, size_t err_n) MUST_CHECK;

#endif
