/*
 * puppet_photo.h - a photograph read from a file, and the face found in it by
 * the project's own networks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: one finder belongs to one thread at a time.
 */
#ifndef PUPPET_PHOTO_H
#define PUPPET_PHOTO_H

#include <stddef.h>

#include "proto/rc.h"
#include "tests/puppet/puppet_plate.h"

struct puppet_finder;

/* Loads detector and landmark network from the folder of MANIFEST; err gets one sentence on failure. */
enum rc puppet_finder_open(struct puppet_finder **out, const char *models_dir, char *err, size_t err_n) MUST_CHECK;
void    puppet_finder_close(struct puppet_finder *f);	/* NULL is fine */

/* The largest face of a JPEG file. err gets one sentence on failure; the caller frees photo. */
enum rc puppet_finder_read(struct puppet_finder *f, const char *path, struct puppet_photo *photo,
    char *err, size_t err_n) MUST_CHECK;

#endif
