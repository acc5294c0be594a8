/*
 * screen_rig.h - pages in a test: a fake server, a fixed clock, golden texts.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rig hosts the real app with ports that keep what was sent. Golden files
 * are tests/golden/screens/NAME-WxH.txt; GENERATE=1 writes them anew. One is
 * without colours and in ASCII: below the page stands how each row looks,
 * b bold, r reverse, u underlined.
 */
#ifndef TESTS_SCREEN_RIG_H
#define TESTS_SCREEN_RIG_H

#include "client/app.h"
#include "proto/money.h"

#define RIG_UTC_MS 1773480413000LL	/* 2026-03-14 09:26:53 UTC */

struct rig {
	struct app *app;
	struct visit *v;
	struct cells cells;
	struct clock clock;
	int64_t utc_ms, mono_ms;
	struct rng rng;
	uint8_t next_random;

	cs_Envelope sent, before;	/* the last request, and the one before it */
	uint32_t tag;
	unsigned count;		/* requests so far */
	unsigned trail_looks;	/* for the state of the audit trail */
	unsigned looks;		/* questions whether the session is open */
	bool active;		/* the last of them said that somebody pressed a key */
	bool filming;
	unsigned rings;			/* of the bell */
};

void rig_open(struct rig *r);
void rig_close(struct rig *r);

/* The link comes up and the server welcomes the terminal. */
void rig_connect(struct rig *r);
/* From nothing to the page after sign-on, at the console of r->v, as somebody with these roles. */
void rig_sign_on(struct rig *r, unsigned roles);
/* Signed on, on the account page, with two accounts. */
void rig_home(struct rig *r);

void rig_type(struct rig *r, const char *text);
void rig_press(struct rig *r, enum request req);
void rig_wait(struct rig *r, int64_t ms);

/* From the account page to the review of a transfer. cheat: the server answers for another amount. */
void rig_review(struct rig *r, bool cheat);
void rig_capture_begun(struct rig *r, uint8_t id);
void rig_guide(struct rig *r, uint8_t id, cs_CaptureAsk ask, const char *hint, uint32_t light);
void rig_verdict(struct rig *r, uint8_t id, enum rc rc, const char *hint);

/* The answer to the last request: rig_answer(r, &e) after e.which_body and body are set. */
void rig_answer(struct rig *r, cs_Envelope *e);
void rig_refuse(struct rig *r, enum rc rc, const char *detail);
void rig_push(struct rig *r, cs_Envelope *e);

/* Fails the test unless the last request is of this kind. */
#define rig_asked(r, name) assert_int_equal((r)->sent.which_body, cs_Envelope_##name##_tag)
#define rig_page(r, name)  assert_string_equal(app_page((r)->app), name)

/* Draws at 80x24, at 132x50 and in monochrome and compares with the golden files; then at every tiny size. */
void rig_golden(struct rig *r, const char *name);
/* The same for cells that draw() fills, for what is no page. */
typedef void rig_draw_fn(const void *ctx, struct cells *c);
void rig_golden_of(rig_draw_fn *draw, const void *ctx, const char *name);
/* The page as text at this size; free() it. */
char *rig_text(struct rig *r, int w, int h);
/* Fails the test unless this text is on the page, or is not there. */
void rig_see(struct rig *r, const char *text, bool there);

#endif
