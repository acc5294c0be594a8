/*
 * gateway_door.c - see gateway_door.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/msg.h"
#include "server/gateway_door.h"

#define RELOAD_FAILED_MS 5000
#define CUT_MS            500	/* between telling a revoked terminal and cutting it */

/* What the database said. */
static void
door_store_result(struct gateway_door *d, enum rc r)
{
	if (r != RC_OK && !d->store_is_down)
		log_line(d->office->log, LOG_LEVEL_WARN, "gateway", "the terminals cannot be read: %s", rc_text(r));
	if (r == RC_OK && d->store_is_down)
		log_line(d->office->log, LOG_LEVEL_INFO, "gateway", "the terminals can be read again");
	d->store_is_down = r != RC_OK;
	d->load_ms = clock_mono_ms(d->office->clock) + (r == RC_OK ? TERMINAL_RELOAD_MS : RELOAD_FAILED_MS);
}

/* ---- who may connect ---- */

/* An unknown key, for the staff. */
static void
door_note(struct gateway_door *d, const struct link_zap_request *q)
{
	enum rc r;

	if (d->store_is_down)
		return;
	r = terminals_note(d->terminals, d->stores, q->public_key, q->address, clock_utc_ms(d->office->clock));
	if (r == RC_STORE)
		door_store_result(d, r);
}

void
gateway_door_answer(struct gateway_door *d, int most)
{
	struct link_zap_request q;
	const struct terminal *t;
	char user[24] = "";
	bool allow;

	for (int i = 0; i < most && link_zap_next(d->zap, &q) == RC_OK; i++) {
		t = terminals_by_key(d->terminals, q.public_key);
		allow = t != NULL && t->status == TERMINAL_ACCEPTED;
		if (allow)
			snprintf(user, sizeof user, "%llu", (unsigned long long)t->id);
		else if (t == NULL)
			door_note(d, &q);
		if (link_zap_answer(d->zap, &q, allow, allow ? user : "") != RC_OK)
			log_line(d->office->log, LOG_LEVEL_WARN, "gateway", "a handshake could not be answered");
	}
}

/* ---- revoked terminals ---- */

/* Tells a connection why it is about to be cut. */
static void
door_tell_revoked(struct link_sock *control, const struct peer *p)
{
	cs_Envelope e = { .version = PROTO_VERSION, .rc = RC_TERMINAL_REVOKED, .which_body = cs_Envelope_session_ended_tag };
	uint8_t bytes[CONTROL_MESSAGE_MAX];
	struct link_msg m;
	size_t n = 0;

	snprintf(e.detail, sizeof e.detail, "This terminal has been revoked; please ask the branch staff.");
	link_msg_init(&m);
	if (msg_envelope_put(&e, bytes, &n) == RC_OK && link_msg_add(&m, p->route, p->route_n) == RC_OK &&
	    link_msg_add(&m, bytes, n) == RC_OK)
		(void)!link_send(control, &m);	/* it is cut anyway */
	link_msg_close(&m);
}

static void
door_cut_revoked(struct gateway_door *d, struct link_sock *control, int64_t now)
{
	const struct terminal *t;
	struct peer *p;

	for (size_t i = 0; (p = peers_next(d->peers, &i)) != NULL;) {
		t = terminals_by_id(d->terminals, p->terminal);
		if (t != NULL && t->status == TERMINAL_ACCEPTED)
			continue;
		if (p->cut_ms == 0) {
			if (p->control)
				door_tell_revoked(control, p);
			p->cut_ms = now + CUT_MS;
			log_line(d->office->log, LOG_LEVEL_INFO, "gateway", "terminal %llu is revoked: its connection is cut",
			    (unsigned long long)p->terminal);
		} else if (now >= p->cut_ms) {
			(void)!peers_cut(d->peers, p->fd);	/* false: gone by itself */
			peers_drop(p);
		}
	}
}

void
gateway_door_check(struct gateway_door *d, struct link_sock *control)
{
	int64_t now = clock_mono_ms(d->office->clock);

	if (now >= d->load_ms)
		door_store_result(d, terminals_load(d->terminals, d->stores));
	door_cut_revoked(d, control, now);
}

void
gateway_door_forget(struct gateway_door *d, struct link_sock *events)
{
	enum link_event_kind kind;
	int fd;

	while (link_monitor_next(events, &kind, &fd) == RC_OK)
		if (kind == LINK_EVENT_GONE)
			peers_forget(d->peers, fd);
}

/* ---- open and close ---- */

enum rc
gateway_door_open(struct gateway_door *d, const struct office *o, struct stores *st, char *err, size_t err_n)
{
	enum rc r = RC_NOMEM;

	*d = (struct gateway_door){ .office = o };
	snprintf(err, err_n, "%s", rc_text(r));
	if ((d->terminals = terminals_new()) == NULL || (d->peers = peers_new()) == NULL)
		goto out;
	if ((r = terminals_load(d->terminals, st)) != RC_OK) {
		snprintf(err, err_n, "the list of terminals cannot be read: %s", rc_text(r));
		goto out;
	}
	if ((r = link_zap_open(o->link, &d->zap)) != RC_OK) {
		snprintf(err, err_n, "the handler of handshakes cannot be opened: %s", rc_text(r));
		goto out;
	}
	return RC_OK;
out:
	gateway_door_free(d);
	return r;
}

void
gateway_door_close(struct gateway_door *d)
{
	link_close(d->zap);
	d->zap = NULL;
	stores_close(d->stores);
	d->stores = NULL;
}

void
gateway_door_free(struct gateway_door *d)
{
	gateway_door_close(d);
	terminals_free(d->terminals);
	peers_free(d->peers);
	*d = (struct gateway_door){ 0 };
}
