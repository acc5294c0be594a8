/*
 * puppet.h - a person before a camera, made from one photograph.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a test tool. It holds a face, takes actions, and renders the
 *               camera picture of any instant; time is the caller's, so tests
 *               step through it without waiting.
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

struct puppet;

/* An empty room. RC_INVALID for sides outside IMAGE_SIDE_MIN ... IMAGE_SIDE_MAX, RC_NOMEM. */
enum rc puppet_open(struct puppet **out, uint32_t width, uint32_t height, uint64_t seed) MUST_CHECK;
void    puppet_close(struct puppet *p);	/* NULL is fine */

/* Becomes this person; the photograph is copied. On failure the former one stays. RC_FACE_QUALITY, RC_NOMEM. */
enum rc puppet_become(struct puppet *p, const struct puppet_photo *photo) MUST_CHECK;

/* As puppet_motion_act. */
enum rc puppet_act(struct puppet *p, enum puppet_action action, int64_t now_ms) MUST_CHECK;

/* The picture of this instant, valid until the next call on p. Instants must not go back. */
const struct image *puppet_render(struct puppet *p, int64_t now_ms);

#endif
