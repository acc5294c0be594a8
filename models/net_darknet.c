/*
 * net_darknet.c - see net_darknet.h; the only file that knows Darknet (the
 * Debian package of 2018).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Darknet reads files by name, so the checked bytes go into sealed memory
 * files (net_file.h) that it opens below /proc/self/fd: what was hashed is
 * what is loaded.
 */
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <darknet.h>

#include "models/net_darknet.h"
#include "models/net_file.h"
#include "models/net_kernels.h"

#define FD_PATH_BYTES 40

/* One layer's replacement; rides in layer.cweights, which these networks do not use. */
struct net_op {
	struct kernel *kernel;
	const float *other;	/* second input of a shortcut */
	bool in_place;		/* output is the previous layer's buffer */
};

struct net {
	struct model_shape in, out;
	enum net_backend backend;
	network *dn;
	struct kernels *kernels;
	struct net_op *op;	/* [dn->n] unless NET_STOCK */
	float *input;		/* [h][w][c] */
	float *planar;		/* NET_STOCK: input as [c][h][w] */
	float *result;		/* NET_STOCK: output as [h][w][c] */
	double gflop;
};

/* ---- loading ---- */

/* Darknet reads numbers with atof: the decimal point must be a point. */
static network *
darknet_load(int cfg, int weights)
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

static enum rc
load_checked(struct net *n, const struct model *m, uint32_t side, char *err, size_t err_n)
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
	weights_fd = net_file_memory(m->name, weights, (size_t)m->weights.size);
	if (cfg_fd < 0 || weights_fd < 0 || (n->dn = darknet_load(cfg_fd, weights_fd)) == NULL)
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

/* ---- what Darknet built must be what MANIFEST promised ---- */

static enum rc
bad(const struct model *m, int layer, const char *what, char *err, size_t err_n)
{
	if (layer >= 0)
		(void)snprintf(err, err_n, "network %s, layer %d: %s; install the models again", m->name, layer, what);
	else
		(void)snprintf(err, err_n, "network %s: %s; install the models again", m->name, what);
	return RC_MODEL_BAD;
}

static enum rc
check_shapes(struct net *n, const struct model *m, uint32_t side, char *err, size_t err_n)
{
	const network *dn = n->dn;
	const layer *last = &dn->layers[dn->n - 1];
	bool flat = last->type == CONNECTED;	/* Darknet leaves out_c and so on open there */

	n->in = (struct model_shape){ (uint32_t)dn->c, (uint32_t)dn->h, (uint32_t)dn->w };
	n->out = flat ? (struct model_shape){ (uint32_t)last->outputs, 1, 1 } :
	    (struct model_shape){ (uint32_t)last->out_c, (uint32_t)last->out_h, (uint32_t)last->out_w };
	if (dn->n != (int)m->layers)
		return bad(m, -1, "the number of layers is not the one in MANIFEST", err, err_n);
	if (n->in.c != m->in.c || n->out.c != m->out.c)
		return bad(m, -1, "the channels are not the ones in MANIFEST", err, err_n);
	if (side == 0 && (n->in.h != m->in.h || n->in.w != m->in.w || n->out.h != m->out.h || n->out.w != m->out.w))
		return bad(m, -1, "the shapes are not the ones in MANIFEST", err, err_n);
	return RC_OK;
}

/* PReLU for Darknet's own layout [c][h][w]; slopes are the carrier's scales. */
static void
stock_prelu(struct layer l, struct network net)
{
	size_t per = (size_t)l.out_h * (size_t)l.out_w;

	for (size_t c = 0; c < (size_t)l.out_c; c++)
		for (size_t i = c * per; i < (c + 1) * per; i++)
			l.output[i] = net.input[i] > 0.0f ? net.input[i] : net.input[i] * l.scales[c];
}

static void
fast_forward(struct layer l, struct network net)
{
	struct net_op *op = (struct net_op *)(void *)l.cweights;

	kernel_run(op->kernel, net.input, op->other, l.output);
}

/* Every layer has its function in place, the PReLU carriers above all: Darknet's own would
 * normalise instead, and silently return rubbish. */
static enum rc
check_functions(const struct net *n, const struct model *m, char *err, size_t err_n)
{
	uint32_t carriers = 0;

	for (int i = 0; i < n->dn->n; i++) {
		const layer *l = &n->dn->layers[i];

		if (l->type == BATCHNORM) {
			carriers++;
			if (l->forward != (n->backend == NET_STOCK ? stock_prelu : fast_forward))
				return bad(m, i, "PReLU is not in place", err, err_n);
		}
		if (n->backend != NET_STOCK && (l->forward != fast_forward || n->op[i].kernel == NULL))
			return bad(m, i, "no fast kernel", err, err_n);
	}
	if (carriers != m->prelu)
		return bad(m, -1, "the number of PReLU layers is not the one in MANIFEST", err, err_n);
	return RC_OK;
}

/* ---- fast kernels ---- */

static bool
act_of(const layer *l, enum kernel_act *act)
{
	*act = l->activation == RELU ? KERNEL_RELU : l->activation == LEAKY ? KERNEL_LEAKY : KERNEL_LINEAR;
	return l->activation == RELU || l->activation == LEAKY || l->activation == LINEAR;
}

static struct kernel_window
window_of(const layer *l)
{
	return (struct kernel_window){ l->c, l->h, l->w, l->out_c, l->out_h, l->out_w, l->size, l->stride, l->pad, 1 };
}

static enum rc
make_shortcut(struct net *n, int i, enum kernel_act act)
{
	layer *l = &n->dn->layers[i];
	const layer *from = &n->dn->layers[l->index];

	if (l->outputs != from->outputs || l->c != l->out_c || l->h != l->out_h || l->index >= i - 1)
		return RC_MODEL_BAD;
	n->op[i].other = from->output;
	return kernel_add(n->kernels, l->out_c, l->out_h, l->out_w, act, &n->op[i].kernel);
}

/* PReLU works in the previous layer's buffer, which no other layer reads (shortcuts name the carrier). */
static enum rc
make_prelu(struct net *n, int i)
{
	layer *l = &n->dn->layers[i];

	if (i == 0 || l->outputs != n->dn->layers[i - 1].outputs)
		return RC_MODEL_BAD;
	for (int k = i + 1; k < n->dn->n; k++)
		if (n->dn->layers[k].type == SHORTCUT && n->dn->layers[k].index == i - 1)
			return RC_MODEL_BAD;
	free(l->output);
	l->output = n->dn->layers[i - 1].output;
	n->op[i].in_place = true;
	return kernel_prelu(n->kernels, l->out_c, l->out_h, l->out_w, l->scales, &n->op[i].kernel);
}

static enum rc
make_op(struct net *n, int i)
{
	layer *l = &n->dn->layers[i];
	struct kernel_window w = window_of(l);
	struct kernel **k = &n->op[i].kernel;
	enum kernel_act act;
	bool act_ok = act_of(l, &act);	/* layers without an activation leave the field at zero */

	switch (l->type) {
	case CONVOLUTIONAL:
		w.groups = l->groups;
		if (!act_ok || l->batch_normalize || l->binary || l->xnor || (l->groups != 1 && l->groups != l->c))
			return RC_MODEL_BAD;
		return kernel_conv(n->kernels, &w, l->weights, l->biases, act, k);
	case MAXPOOL:
		w.pad = l->pad / 2;	/* Darknet's pad is the sum of both sides there */
		return kernel_maxpool(n->kernels, &w, k);
	case AVGPOOL:
		if (l->h != l->w)
			return RC_MODEL_BAD;
		w = (struct kernel_window){ l->c, l->h, l->w, l->c, 1, 1, l->h, 1, 0, 1 };
		return kernel_meanpool(n->kernels, &w, k);
	case CONNECTED:
		if (!act_ok || act != KERNEL_LINEAR || l->batch_normalize || i == 0 || n->dn->layers[i - 1].out_h != 1)
			return RC_MODEL_BAD;
		return kernel_connected(n->kernels, l->inputs, l->outputs, l->weights, l->biases, k);
	case SHORTCUT:
		return act_ok ? make_shortcut(n, i, act) : RC_MODEL_BAD;
	case ACTIVE:
		if (!act_ok || act != KERNEL_RELU || i == 0)
			return RC_MODEL_BAD;
		return kernel_relu(n->kernels, n->dn->layers[i - 1].out_c, n->dn->layers[i - 1].out_h,
		    n->dn->layers[i - 1].out_w, k);
	case BATCHNORM:
		return make_prelu(n, i);
	default:
		return RC_MODEL_BAD;
	}
}

/* Memory that only training, or only stock layers, would use. */
static void
drop_unused(struct net *n)
{
	for (int i = 0; i < n->dn->n; i++) {
		layer *l = &n->dn->layers[i];

		free(l->delta);
		free(l->weight_updates);
		free(l->bias_updates);
		l->delta = l->weight_updates = l->bias_updates = NULL;
		if (n->backend == NET_STOCK)
			continue;
		free(l->weights);	/* the kernels have copies */
		free(l->indexes);
		l->weights = NULL;
		l->indexes = NULL;
	}
	if (n->backend != NET_STOCK) {
		free(n->dn->workspace);
		n->dn->workspace = NULL;
	}
}

static enum rc
make_ops(struct net *n, const struct model *m, char *err, size_t err_n)
{
	enum rc r;

	n->op = calloc((size_t)n->dn->n, sizeof *n->op);
	if (n->op == NULL || (r = kernels_open(&n->kernels)) != RC_OK)
		return RC_NOMEM;
	for (int i = 0; i < n->dn->n; i++) {
		layer *l = &n->dn->layers[i];

		if (make_op(n, i) != RC_OK)
			return bad(m, i, "no fast kernel for it on this processor", err, err_n);
		l->forward = fast_forward;
		l->cweights = (char *)&n->op[i];
	}
	return kernels_ready(n->kernels);
}

static void
place_stock_prelu(struct net *n)
{
	for (int i = 0; i < n->dn->n; i++)
		if (n->dn->layers[i].type == BATCHNORM)
			n->dn->layers[i].forward = stock_prelu;
}

static double
count_gflop(const network *dn)
{
	double flop = 0.0;

	for (int i = 0; i < dn->n; i++) {
		const layer *l = &dn->layers[i];

		if (l->type == CONVOLUTIONAL)
			flop += 2.0 * l->out_h * l->out_w * l->n * l->size * l->size * (l->c / l->groups);
		else if (l->type == CONNECTED)
			flop += 2.0 * l->inputs * l->outputs;
	}
	return flop / 1e9;
}

enum rc
net_open(struct net **out, const struct model *m, const struct net_setup *setup, uint32_t side, char *err,
    size_t err_n)
{
	struct net *n = calloc(1, sizeof *n);
	size_t in, res;
	enum rc r = RC_NOMEM;

	if (n == NULL)
		return RC_NOMEM;
	n->backend = setup->backend;
	if ((r = load_checked(n, m, side, err, err_n)) != RC_OK ||
	    (r = check_shapes(n, m, side, err, err_n)) != RC_OK)
		goto fail;
	n->gflop = count_gflop(n->dn);
	in = (size_t)n->in.c * n->in.h * n->in.w;
	res = (size_t)n->out.c * n->out.h * n->out.w;
	n->input = calloc(in, sizeof *n->input);
	n->planar = calloc(in, sizeof *n->planar);
	n->result = calloc(res, sizeof *n->result);
	r = RC_NOMEM;
	if (n->input == NULL || n->planar == NULL || n->result == NULL)
		goto fail;
	if (n->backend == NET_STOCK)
		place_stock_prelu(n);
	else if ((r = make_ops(n, m, err, err_n)) != RC_OK)
		goto fail;
	if ((r = check_functions(n, m, err, err_n)) != RC_OK)
		goto fail;
	drop_unused(n);
	*out = n;
	return RC_OK;
fail:
	if (r == RC_NOMEM)
		(void)snprintf(err, err_n, "network %s: out of memory", m->name);
	net_close(n);
	return r;
}

void
net_close(struct net *n)
{
	if (n == NULL)
		return;
	for (int i = 0; n->op != NULL && i < n->dn->n; i++) {
		layer *l = &n->dn->layers[i];

		kernel_free(n->op[i].kernel);
		if (l->cweights == (char *)&n->op[i])
			l->cweights = NULL;	/* ours, not Darknet's to free */
		if (n->op[i].in_place)
			l->output = NULL;	/* the previous layer frees it */
	}
	kernels_close(n->kernels);
	if (n->dn != NULL) {
		free(n->dn->workspace);	/* free_network() forgets these four */
		free(n->dn->seen);
		free(n->dn->t);
		free(n->dn->cost);
		free_network(n->dn);
	}
	free(n->op);
	free(n->input);
	free(n->planar);
	free(n->result);
	free(n);
}

struct model_shape
net_shape_in(const struct net *n)
{
	return n->in;
}

struct model_shape
net_shape_out(const struct net *n)
{
	return n->out;
}

double
net_gflop(const struct net *n)
{
	return n->gflop;
}

float *
net_input(struct net *n)
{
	return n->input;
}

/* [h][w][c] to [c][h][w] */
static void
to_planar(const float *from, struct model_shape s, float *to)
{
	for (size_t i = 0; i < (size_t)s.h * s.w; i++)
		for (size_t c = 0; c < s.c; c++)
			to[c * s.h * s.w + i] = from[i * s.c + c];
}

static void
from_planar(const float *from, struct model_shape s, float *to)
{
	for (size_t i = 0; i < (size_t)s.h * s.w; i++)
		for (size_t c = 0; c < s.c; c++)
			to[i * s.c + c] = from[c * s.h * s.w + i];
}

const float *
net_run(struct net *n)
{
	if (n->backend != NET_STOCK) {
		(void)network_predict(n->dn, n->input);
		return n->dn->layers[n->dn->n - 1].output;
	}
	to_planar(n->input, n->in, n->planar);
	(void)network_predict(n->dn, n->planar);
	from_planar(n->dn->layers[n->dn->n - 1].output, n->out, n->result);
	return n->result;
}
