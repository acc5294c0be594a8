/*
 * gateway.c - the poll loop between terminals and desks.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "server/flood.h"
#include "server/gate.h"
#include "server/gateway.h"
#include "server/gateway_captures.h"
#include "server/gateway_door.h"

#define GATEWAY_POLL_MS  200
#define GATEWAY_BURST     64	/* messages of one socket before the next has its turn */
#define GATEWAY_SOCKETS    6
#define GATEWAY_FLOOD_MS 1000
/* What one terminal may send in GATEWAY_FLOOD_MS before it is cut; an honest one sends a handful. */
#define GATEWAY_CONTROL_MOST 1000u
#define GATEWAY_STRAY_MOST    200u	/* frames that no capture asked for */

struct gateway {
	const struct office *office;
	struct gateway_door door;
	struct link_sock *control, *video, *desks;
	struct link_sock *control_events, *video_events;
	struct gateway_captures captures;
	struct flood refused;	/* lines of the log */
	struct flood sent, strays;	/* control messages, frames without credit */
	pthread_t thread;
	bool running;
};

static void
gateway_log(struct gateway *g, enum log_level level, uint64_t terminal, const char *what)
{
	uint32_t hidden;

	if (flood_allow(&g->refused, terminal, clock_mono_ms(g->office->clock), &hidden))
		log_line(g->office->log, level, "gateway", "terminal %llu: %s", (unsigned long long)terminal, what);
}

/* ---- from terminals to desks ---- */

/* libzmq takes in whatever comes, so a terminal that sends beyond all measure is cut. */
static void
gateway_bound(struct gateway *g, struct flood *f, const struct terminal *t, const struct link_msg *m)
{
	uint32_t hidden;

	if (!flood_allow(f, t->id, clock_mono_ms(g->office->clock), &hidden) && peers_cut(g->door.peers, link_msg_fd(m)))
		gateway_log(g, LOG_LEVEL_WARN, t->id, "it sends too much; its connection was cut");
}

/* The accepted terminal that sent this, its connection noted; NULL: refused. */
static const struct terminal *
gateway_sender(struct gateway *g, const struct link_msg *m, bool control)
{
	const struct terminal *t = terminals_by_user(g->door.terminals, link_msg_user(m));

	if (t == NULL) {
		gateway_log(g, LOG_LEVEL_WARN, 0, "a message of a terminal that is not accepted was dropped");
		return NULL;
	}
	if (!peers_note(g->door.peers, link_msg_fd(m), control, t->id, link_msg_data(m, 0), link_msg_size(m, 0))) {
		gateway_log(g, LOG_LEVEL_WARN, t->id, "its connection cannot be served");
		return NULL;
	}
	return t;
}

/* Passes routing id and the parts after it to the terminal's desk. */
static void
gateway_to_desk(struct gateway *g, const struct terminal *t, struct gate_head *h, struct link_msg *in)
{
	char desk[GATE_NAME_BYTES];
	struct link_msg out;
	enum rc r;

	h->terminal = t->id;
	h->consoles = t->consoles;
	memcpy(h->name, t->name, sizeof h->name);
	memcpy(h->branch, t->branch, sizeof h->branch);
	gate_desk_name(gate_desk_of(t->id, (uint32_t)g->office->config->desks), desk);
	link_msg_init(&out);
	if ((r = link_msg_add(&out, desk, strlen(desk))) == RC_OK && (r = link_msg_add(&out, h, sizeof *h)) == RC_OK) {
		for (size_t i = 0; i < in->n && r == RC_OK; i++)
			r = link_msg_move(&out, in, i);
		if (r == RC_OK)
			r = link_send(g->desks, &out);
	}
	if (r != RC_OK)
		gateway_log(g, LOG_LEVEL_WARN, t->id, "its desk is too busy; a message was dropped");
	link_msg_close(&out);
}

/* A message came. One with too many parts is of the wrong shape, and its sender known and counted. */
static bool
gateway_takes(enum rc r)
{
	return r == RC_OK || r == RC_TOO_BIG;
}

/* RC_CLOSED: the server stops. */
static enum rc
gateway_control(struct gateway *g)
{
	struct gate_head h = { .kind = GATE_CONTROL };
	const struct terminal *t;
	struct link_msg m;
	enum rc r = RC_OK;

	link_msg_init(&m);
	for (int i = 0; i < GATEWAY_BURST && gateway_takes(r = link_recv(g->control, &m)); i++) {
		if ((t = gateway_sender(g, &m, true)) != NULL) {
			gateway_bound(g, &g->sent, t, &m);
			if (m.n == 2 && link_msg_size(&m, 1) <= CONTROL_MESSAGE_MAX)
				gateway_to_desk(g, t, &h, &m);
			else
				gateway_log(g, LOG_LEVEL_WARN, t->id, "a control message of the wrong shape was dropped");
		}
		link_msg_close(&m);
	}
	link_msg_close(&m);
	return r;
}

static enum rc
gateway_video(struct gateway *g)
{
	struct gate_head h = { .kind = GATE_VIDEO };
	const struct terminal *t;
	cs_VideoHeader header;
	struct link_msg m;
	enum rc r = RC_OK;

	link_msg_init(&m);
	for (int i = 0; i < GATEWAY_BURST && gateway_takes(r = link_recv(g->video, &m)); i++) {
		if ((t = gateway_sender(g, &m, false)) != NULL) {
			if (m.n == 3 && link_msg_size(&m, 2) <= JPEG_MAX_BYTES &&
			    msg_video_header_get(link_msg_data(&m, 1), link_msg_size(&m, 1), &header) == RC_OK &&
			    gateway_capture_take(&g->captures, header.capture, t->id)) {
				memcpy(h.capture, header.capture, sizeof h.capture);
				gateway_to_desk(g, t, &h, &m);
			} else
				gateway_bound(g, &g->strays, t, &m);
		}
		link_msg_close(&m);
	}
	link_msg_close(&m);
	return r;
}

/* ---- from desks to terminals ---- */

static void
gateway_to_terminal(struct gateway *g, struct link_sock *to, const struct gate_head *h, struct link_msg *in)
{
	const struct terminal *t = terminals_by_id(g->door.terminals, h->terminal);
	struct link_msg out;
	enum rc r;

	if (t == NULL || t->status != TERMINAL_ACCEPTED)
		return;
	link_msg_init(&out);
	if ((r = link_msg_move(&out, in, 2)) == RC_OK && (r = link_msg_move(&out, in, 3)) == RC_OK)
		r = link_send(to, &out);
	if (r != RC_OK)
		gateway_log(g, LOG_LEVEL_INFO, h->terminal, "an answer could not be sent; its connection is gone or slow");
	link_msg_close(&out);
}

static enum rc
gateway_desks(struct gateway *g)
{
	struct gate_head h;
	struct link_msg m;
	enum rc r = RC_OK;

	link_msg_init(&m);
	for (int i = 0; i < GATEWAY_BURST && (r = link_recv(g->desks, &m)) == RC_OK; i++) {
		if (gate_head_get(&m, 1, &h) == RC_OK)
			switch ((enum gate_kind)h.kind) {
			case GATE_CONTROL:
				gateway_to_terminal(g, g->control, &h, &m);
				break;
			case GATE_VIDEO:
				gateway_capture_credit(&g->captures, h.capture, h.credits);
				gateway_to_terminal(g, g->video, &h, &m);
				break;
			case GATE_OPEN:
				if (!gateway_capture_open(&g->captures, h.capture, h.terminal, h.credits))
					gateway_log(g, LOG_LEVEL_WARN, h.terminal, "too many captures are open");
				break;
			case GATE_CLOSE:
				gateway_capture_close(&g->captures, h.capture);
				break;
			}
		link_msg_close(&m);
	}
	link_msg_close(&m);
	return r;
}

/* ---- thread ---- */

static void
gateway_close(struct gateway *g)
{
	link_close(g->control_events);
	link_close(g->video_events);
	link_close(g->control);
	link_close(g->video);
	link_close(g->desks);
	gateway_door_close(&g->door);
	g->control_events = g->video_events = g->control = g->video = g->desks = NULL;
}

static void *
gateway_thread(void *arg)
{
	struct gateway *g = arg;
	enum rc r;

	for (;;) {
		struct link_poll p[GATEWAY_SOCKETS] = {
			{ .sock = g->door.zap }, { .sock = g->control }, { .sock = g->video }, { .sock = g->desks },
			{ .sock = g->control_events }, { .sock = g->video_events },
		};

		r = link_poll(p, GATEWAY_SOCKETS, GATEWAY_POLL_MS);
		if (r != RC_OK && r != RC_TIMEOUT && r != RC_AGAIN)
			break;
		gateway_door_answer(&g->door, GATEWAY_BURST);
		if ((r = gateway_desks(g)) == RC_CLOSED || (r = gateway_control(g)) == RC_CLOSED ||
		    (r = gateway_video(g)) == RC_CLOSED)
			break;
		gateway_door_forget(&g->door, g->control_events);
		gateway_door_forget(&g->door, g->video_events);
		gateway_door_check(&g->door, g->control);
	}
	if (r != RC_CLOSED)
		log_line(g->office->log, LOG_LEVEL_ERROR, "gateway", "stopped: %s", rc_text(r));
	gateway_close(g);
	return NULL;
}

static enum rc
gateway_listen(struct gateway *g, const uint8_t *secret, const char *address, enum link_flow flow,
    struct link_sock **out, char *err, size_t err_n)
{
	char endpoint[CONFIG_TEXT_BYTES + 8];
	struct link_server_opts o = { .endpoint = endpoint, .flow = flow };
	enum rc r;

	snprintf(endpoint, sizeof endpoint, "tcp://%s", address);
	memcpy(o.secret, secret, sizeof o.secret);
	r = link_serve(g->office->link, &o, out, err, err_n);
	crypto_wipe(&o, sizeof o);
	return r;
}

enum rc
gateway_open(const struct office *o, const uint8_t curve_secret[static KEY_BYTES], struct stores *st,
    struct gateway **out, char *err, size_t err_n)
{
	struct gateway *g = calloc(1, sizeof *g);
	enum rc r = RC_NOMEM;

	snprintf(err, err_n, "%s", rc_text(r));
	if (g == NULL)
		return r;
	g->office = o;
	if ((r = gateway_door_open(&g->door, o, st, err, err_n)) != RC_OK)
		goto out;
	if ((r = link_hub(o->link, GATE_HUB, &g->desks)) != RC_OK) {
		snprintf(err, err_n, "the inner sockets cannot be opened: %s", rc_text(r));
		goto out;
	}
	if ((r = gateway_listen(g, curve_secret, o->config->listen_control, LINK_FLOW_CONTROL, &g->control, err, err_n)) != RC_OK ||
	    (r = gateway_listen(g, curve_secret, o->config->listen_video, LINK_FLOW_VIDEO, &g->video, err, err_n)) != RC_OK)
		goto out;
	if ((r = link_monitor_open(o->link, g->control, &g->control_events)) != RC_OK ||
	    (r = link_monitor_open(o->link, g->video, &g->video_events)) != RC_OK) {
		snprintf(err, err_n, "the connections cannot be watched: %s", rc_text(r));
		goto out;
	}
	g->sent = (struct flood){ .window_ms = GATEWAY_FLOOD_MS, .events = GATEWAY_CONTROL_MOST };
	g->strays = (struct flood){ .window_ms = GATEWAY_FLOOD_MS, .events = GATEWAY_STRAY_MOST };
	g->door.stores = st;
	*out = g;
	return RC_OK;
out:
	gateway_stop(g);
	return r;
}

enum rc
gateway_start(struct gateway *g)
{
	g->running = pthread_create(&g->thread, NULL, gateway_thread, g) == 0;
	return g->running ? RC_OK : RC_NOMEM;
}

void
gateway_stop(struct gateway *g)
{
	if (g == NULL)
		return;
	if (g->running)
		pthread_join(g->thread, NULL);
	else
		gateway_close(g);
	gateway_door_free(&g->door);
	free(g);
}
