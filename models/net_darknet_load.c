/*
 * net_darknet_load.c - checked files into Darknet, and its network out of
 * memory again (net_darknet_graph.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Darknet reads files by name, so the checked bytes go into sealed memory
 * files (net_file.h) that it opens below /proc/self/fd: what was hashed is
 * what is loaded.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/net_darknet_graph.h"
#include "models/net_file.h"
#include "proto/crypto.h"

#define FD_PATH_BYTES 40

/* Darknet reads numbers with atof: the decimal point must be a point. */
static network *
load_quietly(int cfg, int weights)
{
	char cfg_path[FD_PATH_BYTES], weights_path[FD_PATH_BYTES];
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = (locale_t)0;
	int kept = net_file_quiet();
	network *dn;

	(void)snprintf(cfg_path, sizeof cfg_path, "/proc/self/fd/%d", cfg);
	(void)snprintf(weights_path, sizeof weights_path, "/proc/self/fd/%d", weights);
	if (c != (locale_t)0)
		before = uselocale(c);
	dn = parse_network_cfg(cfg_path);
	if (dn != NULL)
		load_weights(dn, weights_path);
	if (c != (locale_t)0) {
		(void)uselocale(before);
		freelocale(c);
	}
	(void)fflush(stdout);
	net_file_loud(kept);
	return dn;
}

enum rc
darknet_load(network **out, const struct model *m, uint32_t side, char *err, size_t err_n)
{
	uint8_t *cfg = NULL, *weights = NULL, *resized;
	size_t cfg_n = (size_t)m->cfg.size;
	int cfg_fd = -1, weights_fd = -1;
	enum rc r;

	if ((r = model_file_read(&m->cfg, &cfg, err, err_n)) != RC_OK ||
	    (r = model_file_read(&m->weights, &weights, err, err_n)) != RC_OK)
		goto out;
	r = RC_NOMEM;
	if (side != 0) {
		resized = net_file_resized(cfg, cfg_n, side, &cfg_n);
		free(cfg);
		if ((cfg = resized) == NULL)
			goto out;
	}
	cfg_fd = net_file_memory(m->name, cfg, cfg_n);
	if (cfg_fd >= 0)
		weights_fd = net_file_memory(m->name, weights, (size_t)m->weights.size);
	if (weights_fd < 0) {
		r = RC_IO;
		(void)snprintf(err, err_n, "network %s: its files cannot be kept in memory: %s", m->name, strerror(errno));
		goto out;
	}
	if ((*out = load_quietly(cfg_fd, weights_fd)) == NULL)
		goto out;
	r = RC_OK;
out:
	if (r == RC_NOMEM)
		(void)snprintf(err, err_n, "network %s: out of memory", m->name);
	if (cfg_fd >= 0)
		(void)close(cfg_fd);
	if (weights_fd >= 0)
		(void)close(weights_fd);
	free(cfg);
	free(weights);
	return r;
}

static void
drop(float **p)
{
	free(*p);
	*p = NULL;
}

void
darknet_drop(network *dn, bool everything)
{
	for (int i = 0; i < dn->n; i++) {
		layer *l = &dn->layers[i];
		float **training[] = { &l->delta, &l->weight_updates, &l->bias_updates, &l->scale_updates, &l->mean_delta,
		    &l->variance_delta, &l->x, &l->x_norm };
		float **computing[] = { &l->weights, &l->biases, &l->scales, &l->mean, &l->variance, &l->rolling_mean,
		    &l->rolling_variance, &l->output };

		for (size_t k = 0; k < sizeof training / sizeof training[0]; k++)
			drop(training[k]);
		for (size_t k = 0; everything && k < sizeof computing / sizeof computing[0]; k++)
			drop(computing[k]);
		if (everything) {
			free(l->indexes);
			l->indexes = NULL;
		}
	}
	if (everything)
		drop(&dn->workspace);
}

void
darknet_wipe(network *dn)
{
	size_t workspace = 0;

	for (int i = 0; i < dn->n; i++) {
		const layer *l = &dn->layers[i];

		if (l->output != NULL)
			crypto_wipe(l->output, (size_t)l->outputs * (size_t)l->batch * sizeof *l->output);
		workspace = l->workspace_size > workspace ? l->workspace_size : workspace;
	}
	if (dn->workspace != NULL)
		crypto_wipe(dn->workspace, workspace);
}

void
darknet_free(network *dn)
{
	if (dn == NULL)
		return;
	for (int i = 0; i < dn->n; i++)
		dn->layers[i].cweights = NULL;	/* ours, not Darknet's to free */
	free(dn->workspace);	/* free_network() forgets these four */
	free(dn->seen);
	free(dn->t);
	free(dn->cost);
	free_network(dn);
}
