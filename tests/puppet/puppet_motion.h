/*
 * puppet_motion.h - what the puppet's head is doing at one instant.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   actions asked for (blink, left, ...) and the time turned into
 *               angles, lids and mouth. Eyes, head and mouth each have a queue
 *               of their own, so a blink may fall into a turn, while two turns
 *               follow one another. A small sway never stops.
 * What it isn't: it knows no picture and reads no clock.
 *
 * left and right are the person's own, as everywhere towards people. The
 * camera faces the person and its picture is not mirrored, so a turn to the
 * person's left moves the nose to the RIGHT of the picture: yaw > 0, the same
 * sign as yaw and turn in proto/vision_wire.h.
 *
 * Determined by the seed and the instants of the calls alone.
 * Threads: none; a value belongs to its caller.
 */
#ifndef PUPPET_MOTION_H
#define PUPPET_MOTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

/* X(symbol, word on the control pipe, key, what it does) */
#define PUPPET_ACTION_LIST(X) \
	X(PUPPET_BLINK,     "blink",     'b', "blink once") \
	X(PUPPET_LEFT,      "left",      'l', "turn the head to the person's left and back") \
	X(PUPPET_RIGHT,     "right",     'r', "turn the head to the person's right and back") \
	X(PUPPET_NOD,       "nod",       'n', "nod") \
	X(PUPPET_MOUTH,     "mouth",     'm', "open the mouth and close it") \
	X(PUPPET_CLOSE,     "close",     'c', "close the eyes and keep them closed") \
	X(PUPPET_OPEN,      "open",      'o', "open the eyes again") \
	X(PUPPET_STILL_ON,  "still on",  's', "be a photograph held before the camera (an attack)") \
	X(PUPPET_STILL_OFF, "still off", 'p', "be a person again") \
	X(PUPPET_AWAY,      "away",      'a', "leave the camera's view") \
	X(PUPPET_BACK,      "back",      'k', "come back")

enum puppet_action {
#define X(symbol, word, key, text) symbol,
	PUPPET_ACTION_LIST(X)
#undef X
	PUPPET_ACTIONS
};

/* RC_NOT_FOUND if the word, or the key, is none of the list. */
enum rc puppet_action_from_word(const char *word, enum puppet_action *action) MUST_CHECK;
enum rc puppet_action_from_key(int key, enum puppet_action *action) MUST_CHECK;
const char *puppet_action_word(enum puppet_action action);

struct puppet_pose {
	float yaw, pitch, roll;	/* degrees; > 0: nose to the picture's right, down, clockwise */
	float dx, dy;		/* shift in eye distances, to the picture's right and down */
	float scale;		/* 1 at the usual distance */
	float lid;		/* 0 open ... 1 shut */
	float mouth;		/* 0 shut ... 1 wide open */
	bool  sheet;		/* a flat photograph: only dx and dy are in force */
	bool  away;		/* nobody is there */
};

#define PUPPET_QUEUE_MAX 8u

/* One part of the face: the first action of the queue has run since start_ms. */
struct puppet_track {
	enum puppet_action queue[PUPPET_QUEUE_MAX];
	unsigned count;
	int64_t start_ms;
};

struct puppet_motion {
	struct puppet_track eyes, head, mouth;
	bool closed, sheet, away, acted;	/* acted: it has moved at least once */
	int64_t lids_ms;	/* when closed last changed */
	float phase[8];		/* of the sway */
};

void puppet_motion_start(struct puppet_motion *m, uint64_t seed);
/* RC_BUSY if that part of the face has too much to do; RC_EARLY if a sheet or
 * somebody who is away is asked to move. Instants must not go back. */
enum rc puppet_motion_act(struct puppet_motion *m, enum puppet_action action, int64_t now_ms) MUST_CHECK;
void puppet_motion_pose(struct puppet_motion *m, int64_t now_ms, struct puppet_pose *pose);

#endif
