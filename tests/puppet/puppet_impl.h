/*
 * puppet_impl.h - the inside of a puppet, for puppet.c and the files that play
 * a scenario each (play_*.c) only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PUPPET_IMPL_H
#define PUPPET_IMPL_H

#include "models/image_jpeg.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_camera.h"
#include "tests/puppet/puppet_head.h"
#include "tests/puppet/puppet_paint.h"
#include "tests/puppet/puppet_sheet.h"

/* Somebody in the room. */
struct puppet_body {
	struct image plate;	/* empty: nobody */
	struct puppet_head *head;
	struct puppet_paint paint;
};

#define PUPPET_WAITING_MAX 2u	/* blinks in a row */

/* Pictures without a face, and what waits for their end (play_gap.c). */
struct puppet_gap {
	unsigned left, waiting;
	enum puppet_action action[PUPPET_WAITING_MAX];
	bool stands_in;		/* the second person is before the camera */
	bool hand;		/* over the lens; else the room is empty */
};

struct puppet {
	uint32_t width, height;
	struct image room, painted, shown;
	struct puppet_body body, other;	/* other: the second person of a swap */
	struct puppet_motion motion;
	struct puppet_camera *camera;
	struct image_jpeg *jpeg;
	uint64_t random;
	enum puppet_scenario scenario;
	uint32_t light;
	int64_t  lamp_ms;		/* a recording's own lamp came on then; -1: not yet */
	int64_t  lamp_step_ms;		/* and stands so long in each colour */
	float   *lit;			/* at every vertex of the grid: how strongly the screen's light falls there */
	/* what a scenario needs */
	const struct puppet_tape *tape;
	struct puppet_tape loop;	/* of its own pictures ... */
	unsigned looped;		/* ... shown again */
	struct puppet_sheet sheet;
	struct image print, frame;	/* what is on the sheet; one picture of the tape */
	int64_t  began_ms;		/* of the scenario: its first picture; -1: none yet */
	int64_t  unasked_ms;		/* the next blink by itself */
	float    phase[6];		/* of a hand that holds something */
	bool     swaps_back;
	struct puppet_gap gap;
};

/* A slow wave of this period in seconds, -1 ... 1. */
float puppet_hand(const struct puppet *p, unsigned which, float seconds, int64_t now_ms);

/* play_person.c: the body in this pose, with lids and mouth, into p->shown and p->lit. */
void puppet_draw_body(struct puppet *p, const struct puppet_body *b, const struct puppet_pose *pose);
void puppet_draw_person(struct puppet *p, struct puppet_pose *pose, int64_t now_ms);

/* play_gap.c; now: is this picture one without a face? Asked once of each. act: as puppet_act, once the gap is over. */
bool puppet_gap_now(struct puppet *p, int64_t now_ms);
void puppet_draw_gap(struct puppet *p);
enum rc puppet_gap_act(struct puppet *p, enum puppet_action action, int64_t now_ms) MUST_CHECK;

/* The light that falls on the scene now: the screen's, or what a recording was made in. */
uint32_t puppet_lamp(struct puppet *p, int64_t now_ms);

/* A picture of a picture has gone through two lenses: blurred by about a pixel, in place. */
void puppet_soften(struct image *im);

/* play_print.c; make: the print of the body's plate and its sheet. RC_NOMEM. */
enum rc puppet_make_print(struct puppet *p) MUST_CHECK;
void puppet_draw_print(struct puppet *p, const struct puppet_pose *pose, int64_t now_ms);
void puppet_draw_scale(struct puppet *p, const struct puppet_pose *pose, int64_t now_ms);

/* play_screen.c; RC_INVALID: the tape does not fit. */
enum rc puppet_make_screen(struct puppet *p) MUST_CHECK;
void puppet_draw_screen(struct puppet *p, int64_t now_ms);

/* play_inject.c: the bytes that take the camera's place at this instant. */
enum rc puppet_inject(struct puppet *p, int64_t now_ms, uint8_t *jpeg, size_t cap, size_t *n) MUST_CHECK;
bool puppet_injects(const struct puppet *p);
/* Which picture of the tape is shown at this instant. */
unsigned puppet_tape_now(const struct puppet *p, int64_t now_ms);

#endif
