/*
 * test_screen_capture.c - the capture page: every ask, light, bell, and what
 * it offers after a refusal.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "screen_rig.h"

#define BLUE  0x4060ffu
#define GREEN 0x40ff80u

static void
capture_open(struct rig *r, bool light_ok)
{
	rig_open(r);
	r->v->light_ok = light_ok;
	rig_home(r);
	rig_review(r, false);
	rig_press(r, REQ_SUBMIT);
	assert_int_equal(r->sent.body.capture_begin.light_ok, light_ok);
	rig_capture_begun(r, 9);
}

/* Whether a page of this size says so. */
static bool
says(struct rig *r, const char *words)
{
	char *text = rig_text(r, 80, 24);
	bool found = strstr(text, words) != NULL;

	free(text);
	return found;
}

static void
test_asks(void **state)
{
	static const struct { cs_CaptureAsk ask; const char *golden, *words; } t[] = {
		{ cs_CaptureAsk_ASK_BLINK, "capture-blink", "B L I N K   O N C E" },
		{ cs_CaptureAsk_ASK_BLINK_TWICE, "capture-twice", "B L I N K   T W I C E" },
		{ cs_CaptureAsk_ASK_TURN_RIGHT, "capture-right", "T U R N   Y O U R   H E A D   T O   Y O U R   R I G H T" },
		{ cs_CaptureAsk_ASK_CLOSE_EYES, "capture-close", "C L O S E   Y O U R   E Y E S" },
		{ cs_CaptureAsk_ASK_OPEN_EYES, "capture-open", "O P E N   Y O U R   E Y E S" },
		{ cs_CaptureAsk_ASK_NOD, "capture-nod", "N O D" },
		{ cs_CaptureAsk_ASK_OPEN_MOUTH, "capture-mouth", "O P E N   Y O U R   M O U T H" },
	};
	struct rig r;

	(void)state;
	capture_open(&r, false);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		rig_guide(&r, 9, t[i].ask, "", 0);
		rig_golden(&r, t[i].golden);
		assert_true(says(&r, t[i].words));
	}
	/* What is asked stays large; what is wrong with the answer stands below. */
	rig_guide(&r, 9, cs_CaptureAsk_ASK_TURN_RIGHT, "a little further to your right", 0);
	assert_true(says(&r, t[2].words) && says(&r, "a little further to your right"));
	/* A hint that says what the large words say is not repeated. */
	rig_guide(&r, 9, cs_CaptureAsk_ASK_BLINK, "blink", 0);
	assert_true(says(&r, t[0].words) && says(&r, "Close both eyes for a moment"));
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "move back a little", 0);
	assert_true(says(&r, "M O V E   B A C K   A   L I T T L E"));
	rig_close(&r);
}

/* Nobody reads with closed eyes. */
static void
test_bell(void **state)
{
	struct rig r;

	(void)state;
	capture_open(&r, false);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_CLOSE_EYES, "", 0);
	rig_wait(&r, 3000);
	assert_int_equal(r.rings, 0);
	rig_guide(&r, 8, cs_CaptureAsk_ASK_OPEN_EYES, "of another capture", 0);
	assert_int_equal(r.rings, 0);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_OPEN_EYES, "", 0);
	assert_int_equal(r.rings, 1);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_OPEN_EYES, "", 0);	/* the box moved, nothing else */
	rig_wait(&r, 1900);
	assert_int_equal(r.rings, 1);
	rig_wait(&r, 100);
	assert_int_equal(r.rings, 2);				/* they are still closed */
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", 0);
	rig_wait(&r, 5000);
	assert_int_equal(r.rings, 2);
	rig_close(&r);
}

static uint32_t
lit(struct rig *r)
{
	free(rig_text(r, 80, 24));
	return r->cells.lamp;
}

static void
test_light(void **state)
{
	struct rig r;

	(void)state;
	capture_open(&r, true);
	assert_int_equal(lit(&r), 0);
	rig_guide(&r, 8, cs_CaptureAsk_ASK_LOOK, "of another capture", BLUE);
	assert_int_equal(lit(&r), 0);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", BLUE);
	assert_int_equal(lit(&r), BLUE);		/* at once */
	assert_true(says(&r, "L O O K"));		/* and can be read */
	rig_wait(&r, 500);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", GREEN);
	assert_int_equal(lit(&r), GREEN);
	rig_wait(&r, 10);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", BLUE);
	assert_int_equal(lit(&r), GREEN);		/* too fast */
	rig_wait(&r, 400);
	assert_int_equal(lit(&r), BLUE);
	rig_wait(&r, 500);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", 0xff0000);
	rig_wait(&r, 500);
	assert_int_equal(lit(&r), BLUE);		/* never a saturated red */
	rig_press(&r, REQ_HELP);
	assert_int_equal(lit(&r), BLUE);		/* the capture goes on behind the help page */
	rig_press(&r, REQ_BACK);
	rig_verdict(&r, 9, RC_NOT_LIVE, "no blink was seen");
	assert_int_equal(lit(&r), 0);
	rig_press(&r, REQ_ENTER);
	rig_capture_begun(&r, 10);
	rig_guide(&r, 10, cs_CaptureAsk_ASK_LOOK, "", GREEN);
	assert_int_equal(lit(&r), 0);			/* a new capture does not begin the count anew */
	rig_wait(&r, 400);
	assert_int_equal(lit(&r), GREEN);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "review");
	assert_int_equal(lit(&r), GREEN);		/* going out waits like any change, on whatever page */
	rig_wait(&r, 400);
	assert_int_equal(lit(&r), 0);
	rig_close(&r);
}

/* The link breaks: the light goes out with the capture. */
static void
test_light_lost(void **state)
{
	struct rig r;

	(void)state;
	capture_open(&r, true);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", BLUE);
	rig_wait(&r, 1000);
	app_net(r.app, NET_LOST, RC_CLOSED, NULL);
	assert_int_equal(lit(&r), 0);
	rig_close(&r);
}

/* A terminal that may not be a lamp is none, whatever the server says. */
static void
test_dark(void **state)
{
	struct rig r;

	(void)state;
	capture_open(&r, false);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "", BLUE);
	rig_wait(&r, 1000);
	assert_int_equal(lit(&r), 0);
	rig_close(&r);
}

/* Enter is offered where another try can end differently, and nowhere else. */
static void
test_refusals(void **state)
{
	static const struct { enum rc why; bool again; } t[] = {
		{ RC_NOT_LIVE, true }, { RC_FACE_OTHER, true }, { RC_NO_FACE, true }, { RC_CAPTURE_TIMEOUT, true },
		{ RC_VISION_DOWN, true }, { RC_LOCKED, true }, { RC_STORE, true }, { RC_EMBEDDER_OTHER, false },
		{ RC_FACE_KNOWN, false }, { RC_DISABLED, false },
	};
	struct rig r;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		unsigned before;

		capture_open(&r, false);
		rig_verdict(&r, 9, t[i].why, "you could not be seen well enough; try again in even light, "
		    "with nothing before or behind your head");
		if (t[i].why == RC_EMBEDDER_OTHER)
			rig_golden(&r, "capture-template");
		if (t[i].why == RC_NOT_LIVE)
			rig_golden(&r, "capture-unseen");	/* a long hint stands whole, on two rows */
		assert_int_equal(says(&r, " Enter  Try again"), t[i].again);
		before = r.count;
		rig_press(&r, REQ_ENTER);
		rig_press(&r, REQ_AGAIN);
		assert_int_equal(r.count - before, t[i].again ? 1 : 0);
		rig_close(&r);
	}
	/* The same when the beginning is refused. */
	rig_open(&r);
	rig_home(&r);
	rig_review(&r, false);
	rig_press(&r, REQ_SUBMIT);
	rig_refuse(&r, RC_NOT_ENROLLED, "No face is enrolled for you; please ask the branch staff.");
	assert_false(says(&r, " Enter  Try again"));
	rig_press(&r, REQ_BACK);
	rig_page(&r, "review");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks), cmocka_unit_test(test_bell), cmocka_unit_test(test_light),
		cmocka_unit_test(test_light_lost), cmocka_unit_test(test_dark), cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
