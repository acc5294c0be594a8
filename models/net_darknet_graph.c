/*
 * net_darknet_graph.c - see net_darknet_graph.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "models/net_darknet_graph.h"

bool
darknet_graph_is_prelu(const layer *l)
{
	return l->type == BATCHNORM;
}

bool
darknet_graph_is_gate(const layer *l)
{
	return l->type == SHORTCUT && !(l->alpha < 0.0f || l->alpha > 0.0f) && !(l->beta < 0.0f || l->beta > 0.0f);
}

/* ---- what Darknet lacks, for its own layout [c][h][w] ---- */

static void
stock_prelu(struct layer l, struct network net)
{
	size_t per = (size_t)l.out_h * (size_t)l.out_w;

	for (size_t c = 0; c < (size_t)l.out_c; c++)
		for (size_t i = c * per; i < (c + 1) * per; i++)
			l.output[i] = net.input[i] > 0.0f ? net.input[i] : net.input[i] * l.scales[c];
}

static void
stock_gate(struct layer l, struct network net)
{
	size_t per = (size_t)l.out_h * (size_t)l.out_w;
	const float *gate = net.layers[l.index].output;

	for (size_t c = 0; c < (size_t)l.out_c; c++)
		for (size_t i = c * per; i < (c + 1) * per; i++)
			l.output[i] = net.input[i] * gate[c];
}

void
darknet_graph_stock(network *dn)
{
	for (int i = 0; i < dn->n; i++) {
		if (darknet_graph_is_prelu(&dn->layers[i]))
			dn->layers[i].forward = stock_prelu;
		if (darknet_graph_is_gate(&dn->layers[i]))
			dn->layers[i].forward = stock_gate;
	}
}

bool
darknet_graph_stock_ok(const network *dn)
{
	for (int i = 0; i < dn->n; i++) {
		const layer *l = &dn->layers[i];

		if ((darknet_graph_is_prelu(l) && l->forward != stock_prelu) ||
		    (darknet_graph_is_gate(l) && l->forward != stock_gate))
			return false;
	}
	return true;
}

/* ---- layers as steps ---- */

static bool
act_of(const layer *l, enum step_act *act)
{
	switch ((int)l->activation) {
	case LINEAR:
		*act = ACT_LINEAR;
		return true;
	case RELU:
		*act = ACT_RELU;
		return true;
	case LEAKY:
		*act = ACT_LEAKY;
		return true;
	case LOGISTIC:
		*act = ACT_LOGISTIC;
		return true;
	default:
		return false;
	}
}

static const char *
convolution_step(const layer *l, struct net_step *s)
{
	if (!act_of(l, &s->act) || l->batch_normalize || l->binary || l->xnor)
		return "a convolution of an unknown kind";
	if (l->groups != 1 && (l->groups != l->c || l->n != l->c))
		return "groups of more than one channel";
	s->kind = l->groups == 1 ? STEP_CONV : STEP_DEPTHWISE;
	s->pad = l->pad;
	return NULL;
}

static const char *
shortcut_step(const layer *l, const layer *from, struct net_step *s)
{
	bool gate = darknet_graph_is_gate(l);

	s->other = l->index;
	s->kind = gate ? STEP_GATE : STEP_SUM;
	if (!act_of(l, &s->act) || (gate && s->act != ACT_LINEAR) || s->act == ACT_LOGISTIC)
		return "an unknown function after a shortcut";
	if (gate ? from->out_c != l->out_c || from->out_h != 1 || from->out_w != 1 :
	    from->out_c != l->out_c || from->out_h != l->out_h || from->out_w != l->out_w)
		return "a shortcut between different shapes";
	return NULL;
}

/* The shape of what layer i reads; Darknet leaves it out for some kinds. */
static void
input_shape(const network *dn, int i, struct net_step *s)
{
	const layer *before = i > 0 ? &dn->layers[i - 1] : NULL;

	s->in_c = before != NULL ? before->out_c : dn->c;
	s->in_h = before != NULL ? before->out_h : dn->h;
	s->in_w = before != NULL ? before->out_w : dn->w;
}

static const char *
layer_step(const network *dn, int i, struct net_step *s)
{
	const layer *l = &dn->layers[i];

	*s = (struct net_step){ .from = i - 1, .other = STEP_NONE, .out_c = l->out_c, .out_h = l->out_h,
	    .out_w = l->out_w, .size = l->size, .stride = l->stride, .weights = l->weights, .bias = l->biases };
	input_shape(dn, i, s);
	switch ((int)l->type) {
	case CONVOLUTIONAL:
		return convolution_step(l, s);
	case MAXPOOL:
		s->kind = STEP_MAXPOOL;
		s->pad = l->pad / 2;	/* Darknet's pad is the sum of both sides there */
		return NULL;
	case AVGPOOL:
		s->kind = STEP_MEANPOOL;
		s->out_c = s->in_c;
		s->out_h = s->out_w = 1;
		return NULL;
	case CONNECTED:
		s->kind = STEP_CONNECTED;
		s->out_c = l->outputs;
		s->out_h = s->out_w = s->size = s->stride = 1;
		return act_of(l, &s->act) && !l->batch_normalize && s->in_h == 1 && s->in_w == 1 ? NULL :
		    "a connected layer of an unknown kind";
	case SHORTCUT:
		return shortcut_step(l, &dn->layers[l->index], s);
	case ACTIVE:
		s->kind = STEP_RELU;
		s->out_c = s->in_c;
		s->out_h = s->in_h;
		s->out_w = s->in_w;
		return l->activation == RELU ? NULL : "an unknown function";
	case BATCHNORM:
		s->kind = STEP_PRELU;
		s->slopes = l->scales;
		return NULL;
	case ROUTE:
		s->kind = STEP_ROUTE;
		s->from = l->input_layers[0];
		return l->n == 1 ? NULL : "a route from several layers";
	default:
		return "a layer of an unknown kind";
	}
}

bool
darknet_graph_steps(const network *dn, struct net_step *step, int32_t *where, const char **why)
{
	for (*where = 0; *where < dn->n; (*where)++)
		if ((*why = layer_step(dn, *where, &step[*where])) != NULL)
			return false;
	return true;
}
