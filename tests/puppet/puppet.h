/*
 * puppet.h - a person before a camera, or an attack on it, made from one
 * photograph.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a test tool. It holds a face, plays a scenario
 *               (puppet_scenario.h), takes actions, and renders the camera's
 *               picture of any instant; time is the caller's, so tests step
 *               through it without waiting.
 * What it isn't: part of the product; nothing outside tests/ links it. It knows
 *               no network (puppet_photo.h finds the face) and no file.
 *
 * Threads: a puppet belongs to one thread at a time.
 */
#ifndef PUPPET_H
#define PUPPET_H

#include "models/image.h"
#include "proto/rc.h"
#include "tests/puppet/puppet_motion.h"
#include "tests/puppet/puppet_plate.h"
#include "tests/puppet/puppet_scenario.h"
#include "tests/puppet/puppet_tape.h"

struct puppet;

/* An empty room. RC_INVALID for sides outside IMAGE_SIDE_MIN ... IMAGE_SIDE_MAX, RC_NOMEM. */
enum rc puppet_open(struct puppet **out, uint32_t width, uint32_t height, uint64_t seed) MUST_CHECK;
void    puppet_close(struct puppet *p);	/* NULL is fine */

/* Becomes this person; the photograph is copied. On failure the former one stays. RC_FACE_QUALITY, RC_NOMEM. */
enum rc puppet_become(struct puppet *p, const struct puppet_photo *photo) MUST_CHECK;

/*
 * Plays this scenario from now on, also after becoming somebody else. tape and
 * other: for the scenarios that need one (puppet_scenario.h), else NULL; the
 * tape is borrowed as long as the scenario is played, the photograph copied.
 * RC_INVALID if one is missing or a picture of the tape is not of the puppet's size.
 */
enum rc puppet_play(struct puppet *p, enum puppet_scenario s, const struct puppet_tape *tape,
    const struct puppet_photo *other) MUST_CHECK;

/* As puppet_motion_act; what an action looks like is the scenario's matter. */
enum rc puppet_act(struct puppet *p, enum puppet_action action, int64_t now_ms) MUST_CHECK;

/* The terminal's screen shows this colour from now on (0xRRGGBB; 0: what it always shows). */
void    puppet_light(struct puppet *p, uint32_t rgb);

/* The picture of this instant, valid until the next call on p. Instants must not go back. */
const struct image *puppet_render(struct puppet *p, int64_t now_ms);

/* The same as the camera's JPEG, or the bytes that are injected in its place. RC_TOO_BIG: cap is too small. */
enum rc puppet_shoot(struct puppet *p, int64_t now_ms, uint8_t *jpeg, size_t cap, size_t *n) MUST_CHECK;

/* How much later than due the camera takes its next picture, microseconds. */
int64_t puppet_late_us(struct puppet *p, int64_t interval_us);

#endif
