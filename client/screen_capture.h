/*
 * screen_capture.h - the state of the capture page, between its two files:
 * screen_capture.c moves it, capture_draw.c shows it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLIENT_SCREEN_CAPTURE_H
#define CLIENT_SCREEN_CAPTURE_H

#include "client/screen.h"

enum capture_phase {
	CAPTURE_ASKED,		/* waiting for the server to begin */
	CAPTURE_LIVE,		/* frames go, guidance comes */
	CAPTURE_FAILED,		/* the verdict was no; may be tried again */
	CAPTURE_DONE,		/* the verdict was yes */
	CAPTURE_FINISHING,	/* enrolment: the account is being opened; sign-on: the face is being shown */
	CAPTURE_LEAVING,
};

struct capture_state {
	enum capture_phase phase;
	uint8_t id[ID_BYTES];
	cs_CaptureGuide guide;
	bool    guided;
	int64_t ends_ms;		/* mono */
	int64_t lasts_ms;
	bool    seen;			/* the camera sent pictures while the capture ran */
	bool    blind;			/* it failed without any */
	enum rc verdict;
	char    hint[HINT_MAX_BYTES + 1];
	int64_t rang_ms;		/* mono */
};

/* Whether another capture can end differently after this refusal. */
bool capture_may_help(enum rc why);
/* Where the camera picture goes on a page of this size. */
struct area capture_picture(int w, int h);
void capture_draw(const void *state, const struct visit *v, struct cells *c);

#endif
