/*
 * link.h - sockets between processes (CURVE over TCP) and between threads
 * (inproc), over libzmq; zmq.h is included by link_zmq.h and its files alone.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   contexts, sockets, multipart messages, poll, the ZAP handler
 *               and the monitor, with limits.h applied to every socket.
 * What it isn't: it knows no message kind, no session and no key table.
 *
 * Ownership:    a message owns its parts; link_send() takes them on success
 *               and leaves them on failure. Closing wipes them; what libzmq
 *               itself has buffered it does not wipe.
 * Threads:      a context is shared; a socket belongs to one thread.
 */
#ifndef PROTO_LINK_H
#define PROTO_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

struct link_ctx;
struct link_sock;

struct link_ctx *link_ctx_new(void);	/* NULL: out of memory */
/* Unblocks every other thread's calls with RC_CLOSED; sockets are still closed by their owners. */
void             link_ctx_shutdown(struct link_ctx *c);
void             link_ctx_free(struct link_ctx *c);	/* after all sockets are closed; NULL is fine */

/* ---- messages ---- */
#define LINK_PARTS_MAX 5u

struct link_msg {
	size_t n;				/* parts in use */
	struct {
		_Alignas(16) uint8_t opaque[64];
	} part[LINK_PARTS_MAX];
};

void           link_msg_init(struct link_msg *m);
void           link_msg_close(struct link_msg *m);	/* may be called again */
size_t         link_msg_size(const struct link_msg *m, size_t i);	/* 0 if there is no part i */
const uint8_t *link_msg_data(const struct link_msg *m, size_t i);	/* dies with the message */
enum rc        link_msg_add(struct link_msg *m, const void *p, size_t n) MUST_CHECK;	/* copies */
/* Moves part i of src to the end of dst without copying; src keeps an empty part there. */
enum rc        link_msg_move(struct link_msg *dst, struct link_msg *src, size_t i) MUST_CHECK;
/* The User-Id the ZAP handler gave to the sender; "" on inproc. Dies with the message. */
const char    *link_msg_user(const struct link_msg *m);
/* The TCP descriptor the message came over, -1 on inproc. */
int            link_msg_fd(const struct link_msg *m);

/* ---- sockets ---- */
enum link_flow {
	LINK_FLOW_CONTROL,	/* nothing is dropped: sending waits its turn up to a deep queue, then RC_AGAIN */
	LINK_FLOW_VIDEO,	/* at most two messages wait to be sent, then RC_AGAIN; nothing queues without a peer */
};

struct link_server_opts {
	const char *endpoint;		/* "tcp://127.0.0.1:7700" */
	uint8_t     secret[KEY_BYTES];	/* the server's CURVE secret key; wiped by the caller */
	enum link_flow flow;
};

struct link_client_opts {
	const char *endpoint;
	uint8_t     server_public[KEY_BYTES];
	uint8_t     public_key[KEY_BYTES];
	uint8_t     secret[KEY_BYTES];
	enum link_flow flow;
};

/*
 * A ROUTER with CURVE and ZAP domain "countersign". Received messages have the
 * peer's routing id as part 0; sent ones need it there. Refuses with RC_EARLY
 * when no ZAP handler is open in this context: without one libzmq would let
 * every key in. err names what failed (address in use, ...). What comes in waits
 * without a bound: read all the time, and cut who sends too much.
 */
enum rc link_serve(struct link_ctx *c, const struct link_server_opts *o, struct link_sock **out, char *err, size_t err_n) MUST_CHECK;
/* A DEALER with CURVE. Connecting goes on in the background; see the monitor. */
enum rc link_dial(struct link_ctx *c, const struct link_client_opts *o, struct link_sock **out) MUST_CHECK;
/* Between threads. A hub is a ROUTER (part 0 is the peer's name), a spoke is a DEALER with that name. Hubs first. */
enum rc link_hub(struct link_ctx *c, const char *name, struct link_sock **out) MUST_CHECK;
enum rc link_spoke(struct link_ctx *c, const char *hub, const char *name, struct link_sock **out) MUST_CHECK;
void    link_close(struct link_sock *s);	/* drops what is unsent after 1 s; NULL is fine */

/* The address a server socket really has ("tcp://127.0.0.1:*" was asked for). RC_TOO_BIG: dst is too small. */
enum rc link_endpoint(const struct link_sock *s, char *dst, size_t n) MUST_CHECK;

/*
 * Never block. RC_AGAIN: nothing there / no room. RC_CLOSED: the context was
 * shut down. RC_TOO_BIG: too many parts; m has the first ones, to see who sent
 * it. RC_NOT_FOUND: a server or hub has no peer of that name (any more).
 */
enum rc link_recv(struct link_sock *s, struct link_msg *m) MUST_CHECK;
enum rc link_send(struct link_sock *s, struct link_msg *m) MUST_CHECK;

#define LINK_POLL_MAX 96u

struct link_poll {
	struct link_sock *sock;	/* or NULL: then fd counts */
	int  fd;
	bool want_out;		/* also wait for room to send */
	bool in, out;		/* set by link_poll() */
};
/* timeout_ms -1 waits for ever. RC_TIMEOUT when nothing happened; signals give RC_AGAIN. */
enum rc link_poll(struct link_poll *items, size_t n, int timeout_ms) MUST_CHECK;

/* ---- ZAP, https://rfc.zeromq.org/spec/27/: who may connect ---- */
struct link_zap_request {
	uint8_t public_key[KEY_BYTES];
	char    address[64];
	char    id[32];		/* of the request, for the answer */
};
/* Open before any link_serve(); polled and answered by the gateway's own thread. */
enum rc link_zap_open(struct link_ctx *c, struct link_sock **out) MUST_CHECK;
enum rc link_zap_next(struct link_sock *zap, struct link_zap_request *r) MUST_CHECK;	/* RC_AGAIN when none; malformed ones are refused inside */
enum rc link_zap_answer(struct link_sock *zap, const struct link_zap_request *r, bool allow, const char *user) MUST_CHECK;

/* ---- monitor: what happens to a socket's connections ---- */
enum link_event_kind {
	LINK_EVENT_CONNECTED,		/* TCP is there, handshake begins */
	LINK_EVENT_READY,		/* handshake done: messages flow */
	LINK_EVENT_KEY_REFUSED,		/* ZAP said no: this socket stays dead, make a new one */
	LINK_EVENT_PROTOCOL,		/* the peer does not speak CURVE with the expected key */
	LINK_EVENT_GONE,		/* disconnected or could not connect; a client's libzmq retries */
};
/*
 * One monitor per socket (RC_EXISTS), of the same context and thread; the two
 * may be closed in any order. That of a dialled control socket knows of events
 * since before the first knock, others since they were opened. A control
 * client opens its monitor and reads it to the end at each turn: libzmq waits
 * when some thousand events are unread.
 */
enum rc link_monitor_open(struct link_ctx *c, struct link_sock *s, struct link_sock **out) MUST_CHECK;
/* RC_AGAIN when none. *fd: the connection's, -1 where libzmq does not tell. */
enum rc link_monitor_next(struct link_sock *mon, enum link_event_kind *kind, int *fd) MUST_CHECK;

/* The other end of a TCP connection, as "address port"; "" when this descriptor is none (any more). */
#define LINK_PEER_BYTES 64u
void link_peer(int fd, char dst[static LINK_PEER_BYTES]);
/*
 * Cuts a TCP connection (a revoked terminal): shutdown() on the descriptor,
 * libzmq notices. False, and nothing is done, when its other end is not the one
 * that link_peer() told: the number is something else's by now.
 */
bool link_cut(int fd, const char *peer);

#endif
