/*
 * net_named.h - a network by its name in MANIFEST, of the shape that the
 * program knows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: as net_open().
 */
#ifndef MODELS_NET_NAMED_H
#define MODELS_NET_NAMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/model_file.h"
#include "models/net_darknet.h"
#include "proto/rc.h"

struct net_named {
	const char *name;
	uint32_t side, channels;	/* input: a square */
	uint32_t out_side, out_channels;
	bool     resized;		/* side is not the shipped one */
};

/*
 * m, unless NULL, gets its entry in MANIFEST. Errors as model_find() and
 * net_open(), and RC_MODEL_BAD if the shape is another; always with a sentence
 * in err.
 */
enum rc net_named_open(struct net **out, const char *models_dir, const struct net_named *want,
    const struct net_setup *setup, struct model *m, char *err, size_t err_n) MUST_CHECK;

#endif
