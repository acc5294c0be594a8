/*
 * call.h - one request at a desk, from decoding to answer: what a handler sees.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A handler gets a request that the dispatch table has let through, does its
 * work over the desk's stores and fills the answer's body. On failure it
 * returns the code, through call_refuse() where a better sentence than the
 * code's own text can be said; the desk then answers `refused`.
 *
 * Threads: the desk's own.
 */
#ifndef SERVER_CALL_H
#define SERVER_CALL_H

#include <pthread.h>
#include <stdbool.h>

#include "proto/msg.h"
#include "server/answers.h"
#include "server/auth.h"
#include "server/desk.h"
#include "server/desk_captures.h"
#include "server/flood.h"
#include "server/session.h"

struct desk {
	const struct office *office;
	uint32_t number;
	char name[GATE_NAME_BYTES];
	struct stores *stores;
	struct link_sock *gate, *vision, *notify;
	struct answers *answers;
	int64_t holds_looked_ms;	/* monotonic: when desk_holds_expire() last looked */
	int64_t evidence_looked_ms;	/* the same of desk_evidence_end() */
	struct auth auth;
	struct flood refusals, lines;	/* of the audit trail, of the log */
	struct flood registrations;	/* begun at one terminal */
	struct desk_captures captures;
	cs_Envelope ask, answer;	/* of the call in progress; wiped after it */
	pthread_t thread;
	bool running;
};

struct call {
	struct desk *desk;
	const cs_Envelope *ask;
	cs_Envelope *answer;
	struct session session;		/* state SESSION_NONE: none */
	uint64_t terminal;
	const char *terminal_name, *branch;
	unsigned consoles;		/* that the terminal may open: bits of enum console */
	const uint8_t *route;		/* of the sender on the control socket */
	size_t route_n;
	int64_t now_ms;			/* UTC */
	struct audit_event event;	/* call_event()'s */
};

/*
 * The audit event of this call, with who, where and when filled in. It lives in
 * the call and dies at the next call_event().
 */
const struct audit_event *call_event(struct call *c, enum audit_action a, enum rc outcome, const char *subject,
            const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/*
 * Appends an event alone: a refusal that no store operation recorded. At most
 * FLOOD_EVENTS per terminal, action and minute; the rest is counted, and
 * call_audit_rest() records the count when the minute is over.
 */
void    call_audit(struct call *c, enum audit_action a, enum rc outcome, const char *subject, const char *fmt, ...)
            __attribute__((format(printf, 5, 6)));
/* At each turn of the desk; at its end with all, as no later turn comes. */
void    call_audit_rest(struct desk *d, bool all);
/* Says in words what was wrong and what to do; returns r. */
enum rc call_refuse(struct call *c, enum rc r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The person of the session; the caller wipes it. */
enum rc call_person(struct call *c, struct person *p) MUST_CHECK;
/* A message waits in the outbox: the notifier need not wait for its next look. */
void    call_wake_notifier(struct call *c);

/* To the gateway: head, routing id and bytes (any of the last two may be empty). */
enum rc desk_send(struct desk *d, const struct gate_head *h, const uint8_t *route, size_t route_n,
            const uint8_t *bytes, size_t n) MUST_CHECK;
/* Encodes d->answer and sends it to this routing id of the control socket. */
enum rc desk_send_answer(struct desk *d, uint64_t terminal, const uint8_t *route, size_t route_n) MUST_CHECK;

#endif
