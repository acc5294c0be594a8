/*
 * puppet_camera.h - what a camera adds to what it sees: the sensor's noise, an
 * exposure that is never quite at rest, and its own idea of time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Noise is that of a webcam indoors: stronger where there is more light (shot
 * noise), correlated between neighbours (a colour filter's mosaic was filled
 * in), so that JPEG does not swallow it. The exposure follows the picture's
 * brightness slowly and wanders by about a hundredth.
 *
 * Determined by the seed and the calls. Threads: a camera belongs to one thread.
 */
#ifndef PUPPET_CAMERA_H
#define PUPPET_CAMERA_H

#include <stdbool.h>
#include <stdint.h>

#include "models/image.h"
#include "proto/rc.h"

struct puppet_camera;

enum rc puppet_camera_open(struct puppet_camera **out, uint64_t seed) MUST_CHECK;	/* RC_NOMEM */
void    puppet_camera_close(struct puppet_camera *k);	/* NULL is fine */

/* light: of the room, 1: an office by day; less of it makes a darker and noisier picture. clean: no sensor at all. */
void    puppet_camera_set(struct puppet_camera *k, float light, bool clean);

/* Turns the scene of this instant, in place, into the camera's picture of it. */
void    puppet_camera_take(struct puppet_camera *k, struct image *im, int64_t now_ms);

/*
 * Microseconds between the moment a picture was due and its exposure: a few
 * thousandths of the interval, as the camera's clock and load have it; 0 if clean.
 */
int64_t puppet_camera_late_us(struct puppet_camera *k, int64_t interval_us);

#endif
