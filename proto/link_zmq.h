/*
 * link_zmq.h - what the link_zmq_*.c files share; included by no one else.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROTO_LINK_ZMQ_H
#define PROTO_LINK_ZMQ_H

#include <stdatomic.h>
#include <zmq.h>

#include "proto/link.h"

struct link_ctx {
	void *zmq;
	atomic_bool zap_open;		/* a ZAP handler is bound: serving is safe */
	atomic_uint monitors;		/* names of monitor endpoints */
};

struct link_sock {
	void *zmq;
	struct link_ctx *ctx;
	bool zap;			/* closing it ends the context's protection */
	struct link_sock *watches;	/* a monitor: the socket it reports on */
	struct link_sock *watched_by;	/* the other way round */
	bool given;			/* a monitor: link_monitor_open() gave it to the caller */
};

/* The result code for zmq_errno(). */
enum rc link_zmq_rc(int err);
/* A new socket of this type; RC_NOMEM when libzmq has none left. */
enum rc link_zmq_open(struct link_ctx *c, int type, struct link_sock **out) MUST_CHECK;
/* A monitor of s, which the caller gives away or link_close(s) closes. */
enum rc link_zmq_watch(struct link_sock *s) MUST_CHECK;

#endif
