/*
 * desk.h - a desk: the thread that serves a share of the terminals.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   one thread with one spoke to the gateway, one to the vision
 *               pool and one to the notifier, one database bundle, and the
 *               captures in progress of its terminals. It decodes envelopes,
 *               runs the dispatch table and sends the answers.
 * What it isn't: it keeps no session: those are in the database, so a desk can
 *               be killed at any point.
 *
 * Desks share nothing but what is const, the enrolled faces (known.h) and the
 * check of the audit trail (trail.h).
 * Threads: desk_start() and desk_stop() belong to main; everything else runs on
 * the desk's own thread.
 */
#ifndef SERVER_DESK_H
#define SERVER_DESK_H

#include "db/store.h"
#include "proto/clock.h"
#include "proto/crypto.h"
#include "proto/link.h"
#include "proto/log.h"
#include "server/config.h"
#include "server/known.h"
#include "server/match_rule.h"
#include "server/vault.h"

struct trail;

/* What all parts of the server are given; const after start but for the faces in known and the check in trail. */
struct office {
	const struct config *config;
	const struct vault  *vault;
	const struct clock  *clock;
	const struct rng    *rng;
	bool one_account;	/* this account can read the password of the database's root */
	struct link_ctx *link;
	struct log *log;
	struct match_rule match;	/* from which cosine on a face is the enrolled one */
	struct known *known;	/* all enrolled faces; has a lock of its own */
	struct trail *trail;	/* the check of the audit trail; has a lock of its own */
};

struct desk;

/*
 * Starts desk number `number`. Takes stores (closed by the desk) on success.
 * The gateway's, the notifier's and the vision pool's hubs must be open.
 */
enum rc desk_start(const struct office *o, uint32_t number, struct stores *st, struct desk **out) MUST_CHECK;
/* After link_ctx_shutdown(): joins the thread and frees. NULL is fine. */
void    desk_stop(struct desk *d);

#endif
