/*
 * net_named.c - see net_named.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "models/net_named.h"

static bool
shape_is(struct model_shape s, uint32_t channels, uint32_t side)
{
	return s.c == channels && s.h == side && s.w == side;
}

enum rc
net_named_open(struct net **out, const char *models_dir, const struct net_named *want, const struct net_setup *setup,
    struct model *m, char *err, size_t err_n)
{
	struct net *n = NULL;
	struct model found;
	enum rc r;

	if ((r = model_find(models_dir, want->name, &found, err, err_n)) != RC_OK ||
	    (r = net_open(&n, &found, setup, want->resized ? want->side : 0, err, err_n)) != RC_OK)
		return r;
	if (!shape_is(net_shape_in(n), want->channels, want->side) ||
	    !shape_is(net_shape_out(n), want->out_channels, want->out_side)) {
		(void)snprintf(err, err_n, "network %s: not of the shape that this program knows; install the models again",
		    want->name);
		net_close(n);
		return RC_MODEL_BAD;
	}
	if (m != NULL)
		*m = found;
	*out = n;
	return RC_OK;
}
