/*
 * person.h - a person before the camera of a test client: the puppet answers
 * the server's guidance and its pictures go out as video frames.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In real time, as the server judges by its own clock. Threads: none.
 */
#ifndef INTEGRATION_PERSON_H
#define INTEGRATION_PERSON_H

#include <stdbool.h>

#include "tests/integration/client.h"

struct person_cast;	/* finder and encoder, shared by all persons */

/* Loads the networks of this source tree; fails the test program with words. */
struct person_cast *person_cast_new(void);
void                person_cast_free(struct person_cast *p);	/* NULL is fine */

/* Calls fn once, when frame number seq of the next capture has been sent. */
void                person_at_frame(struct person_cast *p, uint32_t seq, void (*fn)(void *ctx), void *ctx);

/* What happens during the capture besides answering. */
enum person_play {
	PERSON_ANSWERS,		/* does what it is asked to do */
	PERSON_STILL,		/* a photograph held before the camera */
	PERSON_AWAY,		/* nobody is there */
};

/*
 * Begins a capture and plays it to its verdict, which is returned; hint is the
 * verdict's sentence. RC_TIMEOUT: no verdict within 60 s. face: a file of
 * tests/faces without ".jpg".
 */
enum rc person_capture(struct person_cast *p, const char *face, enum person_play play, struct client *c,
    cs_CapturePurpose purpose, const uint8_t *intent, char hint[HINT_MAX_BYTES + 1]) MUST_CHECK;
/* The same for whatever else a capture is begun for. */
enum rc person_capture_of(struct person_cast *p, const char *face, enum person_play play, struct client *c,
    const cs_CaptureBegin *what, char hint[HINT_MAX_BYTES + 1]) MUST_CHECK;

#endif
