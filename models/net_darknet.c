/*
 * net_darknet.c - see net_darknet.h; net_darknet*.c alone know Darknet (the
 * Debian package of 2018).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/cpu_isa.h"
#include "models/net_check.h"
#include "models/net_darknet.h"
#include "models/net_darknet_graph.h"
#include "models/net_program.h"
#include "proto/crypto.h"

#define NET_KEY_BYTES 60

struct net {
	struct model_shape in, out;
	enum net_backend backend;	/* NET_F32, NET_BF16 or NET_STOCK */
	network *dn;
	struct net_graph graph;
	struct net_program *program;	/* unless NET_STOCK */
	struct net_workspace *own_workspace;
	struct weight_store *own_store;
	char key[NET_KEY_BYTES];	/* names network, version, numbers and size in the store */
	float *input;			/* [h][w][c] */
	float *planar;			/* NET_STOCK: input as [c][h][w] */
	float *result;			/* [h][w][c] */
	size_t result_n;
	bool used;			/* since it was wiped */
	double gflop;
};

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

/* ---- Darknet's own layers ---- */

void
net_planes(const float *from, struct model_shape s, float *to)
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

static void
run_stock(struct net *n, float *result)
{
	net_planes(n->input, n->in, n->planar);
	(void)network_predict(n->dn, n->planar);
	from_planar(n->dn->layers[n->dn->n - 1].output, n->out, result);
}

static enum rc
start_stock(struct net *n, const struct model *m, char *err, size_t err_n)
{
	uint32_t prelus = 0, gates = 0;

	darknet_graph_stock(n->dn);
	if (!darknet_graph_stock_ok(n->dn))
		return bad(m, -1, "PReLU or a gate is not in place", err, err_n);
	for (int i = 0; i < n->dn->n; i++) {
		prelus += darknet_graph_is_prelu(&n->dn->layers[i]);
		gates += darknet_graph_is_gate(&n->dn->layers[i]);
	}
	if (prelus != m->prelu || gates != m->gate)
		return bad(m, -1, "the number of PReLU or gate layers is not the one in MANIFEST", err, err_n);
	return RC_OK;
}

/* ---- fast layers in Darknet's slots ---- */

static void
fast_forward(struct layer l, struct network net)
{
	net_program_step((struct net_program *)(void *)l.cweights, net.index);
}

/* In the slot of a layer whose work is done by another one. */
static void
fused_forward(struct layer l, struct network net)
{
	(void)l;
	(void)net;
}

static void
place_fast(struct net *n)
{
	for (int i = 0; i < n->dn->n; i++) {
		layer *l = &n->dn->layers[i];

		l->forward = net_program_idle(n->program, i) ? fused_forward : fast_forward;
		l->cweights = (char *)n->program;	/* a field that these networks do not use */
	}
}

/* The first layer without its function in place, where Darknet's own would silently return rubbish; -1: none. */
static int
not_in_place(const struct net *n)
{
	for (int i = 0; i < n->dn->n; i++)
		if (n->dn->layers[i].forward != (n->graph.step[i].gone ? fused_forward : fast_forward) ||
		    net_program_idle(n->program, i) != n->graph.step[i].gone)
			return i;
	return -1;
}

static void
run_fast(struct net *n)
{
	net_program_start(n->program, n->input);
	(void)network_predict(n->dn, n->input);
	net_program_result(n->program, n->result);
}

/* The answer of Darknet's own layers to the built-in picture: from them, or from a packed store. */
static enum rc
find_reference(struct net *n, struct weight_store *store, const float **reference)
{
	char key[WEIGHT_KEY_BYTES + 1];
	void *at = NULL;
	enum rc r;

	(void)snprintf(key, sizeof key, "%s:reference", n->key);
	if ((r = weight_store_next(store, key, n->result_n * sizeof **reference, &at)) != RC_OK)
		return r;
	net_check_picture(n->input, model_shape_floats(n->in));
	if (!weight_store_packed(store))
		run_stock(n, at);
	*reference = at;
	return RC_OK;
}

static enum rc
check_answer(struct net *n, const struct model *m, const float *reference, char *err, size_t err_n)
{
	struct net_tolerance allowed = n->backend == NET_BF16 ? NET_TOLERANCE_BF16 : NET_TOLERANCE_F32, got;

	run_fast(n);
	if (net_check_agrees(n->result, reference, n->result_n, allowed, &got))
		return RC_OK;
	(void)snprintf(err, err_n, "network %s computes wrong numbers in %s on this processor (cosine %.6f to the "
	    "reference, largest difference %.2g); set ONEDNN_MAX_CPU_ISA=AVX2 or install the models again", m->name,
	    n->backend == NET_BF16 ? "bfloat16" : "float32", (double)got.cosine, (double)got.difference);
	return RC_MODEL_BAD;
}

static enum rc
make_program(struct net *n, const struct model *m, const struct net_setup *setup, struct weight_store *store,
    char *err, size_t err_n)
{
	struct net_program_setup ps = { n->key, &n->graph, n->backend == NET_BF16 ? KERNEL_BF16 : KERNEL_F32,
	    setup->workspace != NULL ? setup->workspace : n->own_workspace, store };
	const char *why = NULL;
	int32_t where = 0;
	enum rc r;

	if (net_graph_fuse(&n->graph, &where, &why) != RC_OK)
		return bad(m, where, why, err, err_n);
	if ((r = net_program_make(&n->program, &ps, &where, &why)) == RC_MODEL_BAD)
		return bad(m, where, why, err, err_n);
	return r;
}

/* Packed constants and the workspace's tensors take the place of Darknet's. */
static enum rc
start_fast(struct net *n, const struct model *m, const struct net_setup *setup, char *err, size_t err_n)
{
	struct weight_store *store;
	const float *reference = NULL;
	int slow;
	enum rc r;

	if ((setup->workspace == NULL && (r = net_workspace_open(&n->own_workspace)) != RC_OK) ||
	    (setup->store == NULL && (r = weight_store_make(&n->own_store, -1)) != RC_OK))
		return r;
	store = setup->store != NULL ? setup->store : n->own_store;
	if (find_reference(n, store, &reference) != RC_OK)
		return bad(m, -1, weight_store_trouble(store), err, err_n);
	if ((r = make_program(n, m, setup, store, err, err_n)) != RC_OK)
		return r;
	place_fast(n);
	if ((slow = not_in_place(n)) >= 0)
		return bad(m, slow, "no fast function is in place", err, err_n);
	darknet_drop(n->dn, true);
	for (int32_t i = 0; i < n->graph.n; i++)
		n->graph.step[i].weights = n->graph.step[i].bias = n->graph.step[i].slopes = NULL;
	free(n->planar);
	n->planar = NULL;
	return check_answer(n, m, reference, err, err_n);
}

static enum rc
describe(struct net *n, const struct model *m, char *err, size_t err_n)
{
	const char *why = NULL;
	int32_t where = 0;

	n->graph.n = n->dn->n;
	if ((n->graph.step = calloc((size_t)n->dn->n, sizeof *n->graph.step)) == NULL)
		return RC_NOMEM;
	if (!darknet_graph_steps(n->dn, n->graph.step, &where, &why))
		return bad(m, where, why, err, err_n);
	n->gflop = net_graph_gflop(&n->graph);
	(void)snprintf(n->key, sizeof n->key, "%s-%02x%02x%02x%02x-%s-%ux%u", m->name, m->weights.hash[0],
	    m->weights.hash[1], m->weights.hash[2], m->weights.hash[3], n->backend == NET_BF16 ? "bf16" : "f32",
	    n->in.w, n->in.h);
	return RC_OK;
}

static enum rc
take_buffers(struct net *n)
{
	size_t in = model_shape_floats(n->in);

	n->result_n = model_shape_floats(n->out);
	n->input = calloc(in, sizeof *n->input);
	n->planar = calloc(in, sizeof *n->planar);
	n->result = calloc(n->result_n, sizeof *n->result);
	return n->input != NULL && n->planar != NULL && n->result != NULL ? RC_OK : RC_NOMEM;
}

/* NET_AUTO becomes what suits processor and network. */
static enum rc
choose_backend(struct net *n, const struct model *m, enum net_backend wanted, char *err, size_t err_n)
{
	bool can = cpu_isa_best() >= CPU_ISA_AVX512_BF16;

	n->backend = wanted;
	if (wanted == NET_AUTO)
		n->backend = can && m->bf16 ? NET_BF16 : NET_F32;
	if (wanted != NET_BF16 || can)
		return RC_OK;
	(void)snprintf(err, err_n, "network %s: this processor (or ONEDNN_MAX_CPU_ISA) has no bfloat16; use float32",
	    m->name);
	return RC_MODEL_BAD;
}

enum rc
net_open(struct net **out, const struct model *m, const struct net_setup *setup, uint32_t side, char *err,
    size_t err_n)
{
	struct net *n = calloc(1, sizeof *n);
	enum rc r = RC_NOMEM;

	if (n == NULL)
		goto fail;
	if ((r = choose_backend(n, m, setup->backend, err, err_n)) != RC_OK ||
	    (r = darknet_load(&n->dn, m, side, err, err_n)) != RC_OK ||
	    (r = check_shapes(n, m, side, err, err_n)) != RC_OK ||
	    (r = take_buffers(n)) != RC_OK ||
	    (r = describe(n, m, err, err_n)) != RC_OK ||
	    (r = start_stock(n, m, err, err_n)) != RC_OK)
		goto fail;
	darknet_drop(n->dn, false);
	if (n->backend != NET_STOCK && (r = start_fast(n, m, setup, err, err_n)) != RC_OK)
		goto fail;
	n->used = true;		/* by the built-in picture */
	net_wipe(n);
	(void)malloc_trim(0);	/* what Darknet needed to load */
	*out = n;
	return RC_OK;
fail:
	if (r == RC_NOMEM)
		(void)snprintf(err, err_n, "network %s: out of memory", m->name);
	net_close(n);
	return r;
}

/* Pictures of people and what was made of them. */
static void
wipe_floats(float *x, size_t n)
{
	if (x != NULL)
		crypto_wipe(x, n * sizeof *x);
}

void
net_wipe(struct net *n)
{
	size_t in = model_shape_floats(n->in);

	if (!n->used)
		return;
	wipe_floats(n->input, in);
	wipe_floats(n->planar, in);
	wipe_floats(n->result, n->result_n);
	if (n->backend == NET_STOCK)
		darknet_wipe(n->dn);
	if (n->own_workspace != NULL)
		net_workspace_wipe(n->own_workspace);
	n->used = false;
}

void
net_close(struct net *n)
{
	if (n == NULL)
		return;
	net_wipe(n);
	darknet_free(n->dn);
	net_program_free(n->program);
	net_workspace_close(n->own_workspace);
	weight_store_close(n->own_store);
	free(n->graph.step);
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

enum net_backend
net_backend_used(const struct net *n)
{
	return n->backend;
}

float *
net_input(struct net *n)
{
	n->used = true;
	return n->input;
}

const float *
net_run(struct net *n)
{
	n->used = true;
	if (n->backend == NET_STOCK)
		run_stock(n, n->result);
	else
		run_fast(n);
	return n->result;
}
