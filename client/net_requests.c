/*
 * net_requests.c - the table of open requests: what is sent again, how long,
 * and who hears of it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/net_state.h"

#include <string.h>

#define NET_PATIENCE_MS 30000	/* a repeated request is given up after this */
#define NET_ONCE_MS     15000	/* one that may not be repeated */

static enum net_repeat
net_repeat_of(pb_size_t kind)
{
	switch (kind) {
	case cs_Envelope_transfer_commit_tag:
	case cs_Envelope_reversal_commit_tag:
		return NET_FOREVER;
	case cs_Envelope_overview_get_tag:
	case cs_Envelope_payee_get_tag:
	case cs_Envelope_transfer_prepare_tag:
	case cs_Envelope_history_get_tag:
	case cs_Envelope_transfer_status_get_tag:
	case cs_Envelope_capture_cancel_tag:
	case cs_Envelope_register_finish_tag:
	case cs_Envelope_logout_tag:
	case cs_Envelope_person_get_tag:
	case cs_Envelope_sessions_get_tag:
	case cs_Envelope_terminals_get_tag:
	case cs_Envelope_events_tail_tag:
	case cs_Envelope_events_find_tag:
	case cs_Envelope_story_get_tag:
	case cs_Envelope_holds_get_tag:
	case cs_Envelope_waiting_get_tag:
	case cs_Envelope_hold_post_tag:
	case cs_Envelope_reversal_prepare_tag:
	case cs_Envelope_trail_get_tag:
	case cs_Envelope_numbers_get_tag:
	case cs_Envelope_batch_open_tag:
	case cs_Envelope_batch_put_tag:
	case cs_Envelope_batch_line_drop_tag:
	case cs_Envelope_batch_get_tag:
	case cs_Envelope_batch_queue_get_tag:
	case cs_Envelope_batch_submit_tag:
	case cs_Envelope_batch_post_tag:
		return NET_REPEAT;
	default:
		return NET_ONCE;
	}
}

static void
net_request_free(struct net_request *q)
{
	crypto_wipe(q, sizeof *q);
}

/* The table entry is free before the owner hears of it: it may ask again at once. */
static void
net_request_over(struct net *n, struct net_request *q, enum rc rc, const cs_Envelope *msg)
{
	uint32_t tag = q->tag;
	pb_size_t kind = q->kind;

	net_request_free(q);
	n->events.answer(n->events.ctx, tag, kind, rc, msg);
}

static void
net_transmit_request(struct net *n, struct net_request *q)
{
	if (net_transmit(n, q->encoded, q->bytes) != RC_OK)
		return;
	q->sent = true;
	q->sent_ms = net_now(n);
}

void
net_requests_go(struct net *n)
{
	for (size_t i = 0; i < NET_OPEN; i++)
		if (n->open[i].used)
			net_transmit_request(n, &n->open[i]);
}

void
net_requests_fail(struct net *n, bool all)
{
	for (size_t i = 0; i < NET_OPEN; i++) {
		struct net_request *q = &n->open[i];

		if (q->used && (all || (q->sent && q->repeat == NET_ONCE)))
			net_request_over(n, q, RC_CLOSED, NULL);
	}
}

void
net_requests_answer(struct net *n, const cs_Envelope *e)
{
	enum rc rc = rc_from_wire(e->rc);

	for (size_t i = 0; i < NET_OPEN; i++) {
		struct net_request *q = &n->open[i];

		if (!q->used || memcmp(q->id, e->request_id, ID_BYTES) != 0)
			continue;
		/* The server could not, for now: a confirmation stays open and is sent again. */
		if (q->repeat == NET_FOREVER && (rc == RC_BUSY || rc == RC_STORE))
			return;
		net_request_over(n, q, rc, e);
		return;
	}
}

/* Repeats what may be repeated, gives up what took too long. */
void
net_requests_due(struct net *n, int64_t now)
{
	for (size_t i = 0; i < NET_OPEN; i++) {
		struct net_request *q = &n->open[i];

		if (!q->used)
			continue;
		if ((q->repeat == NET_ONCE && now - q->asked_ms >= NET_ONCE_MS) ||
		    (q->repeat == NET_REPEAT && now - q->asked_ms >= NET_PATIENCE_MS))
			net_request_over(n, q, RC_TIMEOUT, NULL);
		else if (n->state == NET_READY && (!q->sent ||
		    (q->repeat != NET_ONCE && now - q->sent_ms >= REQUEST_TIMEOUT_MS)))
			net_transmit_request(n, q);
	}
}

enum rc
net_ask(struct net *n, const cs_Envelope *e, uint32_t tag)
{
	struct net_request *q = NULL;
	cs_Envelope out;
	enum rc r = RC_BUG;

	for (size_t i = 0; i < NET_OPEN && q == NULL; i++)
		if (!n->open[i].used)
			q = &n->open[i];
	if (q == NULL)
		return RC_BUSY;
	out = *e;
	out.version = PROTO_VERSION;
	rng_fill(n->rng, q->id, ID_BYTES);
	memcpy(out.request_id, q->id, ID_BYTES);
	if ((r = msg_envelope_put(&out, q->encoded, &q->bytes)) != RC_OK) {
		net_request_free(q);
		goto out;
	}
	q->used = true;
	q->kind = e->which_body;
	q->tag = tag;
	q->repeat = net_repeat_of(e->which_body);
	q->asked_ms = net_now(n);
	if (n->state == NET_READY)
		net_transmit_request(n, q);
out:
	msg_wipe(&out);
	return r;
}
