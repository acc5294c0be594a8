/*
 * server.h - a real countersignd over a private MariaDB, for one test program.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Makes keys and configuration in the folder of the private database, starts
 * the program of this build, and hands out accepted terminals. Whatever cannot
 * be done fails the test program with words. Threads: main's own.
 */
#ifndef INTEGRATION_SERVER_H
#define INTEGRATION_SERVER_H

#include "tests/integration/client.h"
#include "tests/integration/private_db.h"

struct server {
	struct private_db *db;
	struct stores *stores;		/* as countersign_admin, for looking and arranging */
	char control[32], video[32];
	uint8_t public_key[KEY_BYTES];
	unsigned consoles;		/* of terminals that are accepted from now on; the branch terminal alone unless told */
	long pid;			/* 0: not running */
};

/* extra: lines for server.conf, may be "". Not started yet. */
struct server *server_make(const char *extra);
/* Starts it and waits until it serves. */
void           server_start(struct server *s);
/* `countersignd --check`; its exit status. */
int            server_check(struct server *s);
/* `countersign-admin audit verify`; its exit status. */
int            server_verify(struct server *s);
/* SIGTERM; the exit status. */
int            server_stop(struct server *s);
void           server_kill(struct server *s);	/* kill -9 */
void           server_kill_workers(struct server *s);	/* kill -9 of its vision workers */
void           server_configure(struct server *s, const char *extra);	/* takes effect at the next start */
void           server_drop(struct server *s);	/* stops all, removes the folder; NULL is fine */

/* A new key, accepted as a terminal of this name. */
void           server_accept(struct server *s, const char *name, struct client_key *key);
/* The same in two steps: the key is pending first. */
uint64_t       server_terminal(struct server *s, const struct client_key *key);	/* id, 0: unknown */
void           server_accept_key(struct server *s, const char *name, const struct client_key *key);
struct client *server_client(struct server *s, const struct client_key *key);

/* The code in the newest message to this address that is not `not_this`; waits for it. */
void           server_code(struct server *s, const char *to, const char *not_this, char code[static CODE_DIGITS + 1]);
/* How many audit records of this action with this outcome there are. */
int64_t        server_audited(struct server *s, enum audit_action a, enum rc outcome);
int64_t        server_balance(struct server *s, const char *account);
void           server_deposit(struct server *s, const char *account, int64_t amount);

#endif
