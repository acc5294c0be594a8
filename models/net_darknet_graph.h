/*
 * net_darknet_graph.h - Darknet's networks: loading and freeing, layers as
 * steps (net_graph.h), and the functions that Darknet lacks in its own layout;
 * private to net_darknet*.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A [batchnorm] section carries the slopes of a PReLU as its scales; a
 * [shortcut] with alpha=0 and beta=0 stands for the product of the picture
 * before it with the pixel it names. Darknet would normalise and add instead,
 * silently, so whoever runs a network checks that the right function is there.
 */
#ifndef MODELS_NET_DARKNET_GRAPH_H
#define MODELS_NET_DARKNET_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include <darknet.h>

#include "models/model_file.h"
#include "models/net_graph.h"

/* step: [dn->n], filled. False: step *where is of no kind that is known, *why says what. */
bool darknet_graph_steps(const network *dn, struct net_step *step, int32_t *where, const char **why);

bool darknet_graph_is_prelu(const layer *l);
bool darknet_graph_is_gate(const layer *l);
/* Puts PReLU and gates in place among Darknet's own functions. */
void darknet_graph_stock(network *dn);
bool darknet_graph_stock_ok(const network *dn);

/*
 * A network from its checked files, not yet compared with MANIFEST; side as in
 * net_open(). Not for several threads at a time. RC_MODEL_BAD or RC_NOMEM with
 * a sentence in err.
 */
enum rc darknet_load(network **out, const struct model *m, uint32_t side, char *err, size_t err_n) MUST_CHECK;
/* Frees what inference does not read; everything: also weights and outputs. */
void darknet_drop(network *dn, bool everything);
/* Every layer's output and the memory in which they compute. */
void darknet_wipe(network *dn);
void darknet_free(network *dn);	/* NULL is fine; layer.cweights is the caller's */

#endif
