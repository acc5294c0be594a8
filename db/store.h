/*
 * store.h - the database as the server sees it: one bundle of seams.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a connection that carries every aggregate's table of
 *               operations (person, session, terminal, code, capture, ledger,
 *               outbox, audit, staff, role, exception, batch, hold, evidence). db/mysql_*.c fills it for MySQL and MariaDB;
 *               tests may fill single tables with fakes.
 * What it isn't: a pool. One bundle belongs to one thread.
 *
 * Rules for all operations:
 *  - each is one database transaction, complete or without any effect;
 *  - deadlocks (1213) and lock time-outs (1205) are retried inside;
 *  - RC_STORE: the database cannot be reached or failed; the caller refuses.
 *    A lost connection is opened again at a later call, not more often than
 *    every STORE_RETRY_MS;
 *  - RC_MALFORMED: a stored value does not fit; no version of this program wrote it;
 *  - a commit whose outcome is unknown is settled inside where the operation
 *    has an id of its own, else reported as RC_STORE;
 *  - outputs are untouched on failure;
 *  - ev is appended to this bundle's audit lane in the same transaction.
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_store.h"
#include "db/batch_store.h"
#include "db/capture_store.h"
#include "db/code_store.h"
#include "db/evidence_store.h"
#include "db/exception_store.h"
#include "db/hold_store.h"
#include "db/ledger_store.h"
#include "db/outbox_store.h"
#include "db/person_store.h"
#include "db/role_store.h"
#include "db/session_store.h"
#include "db/staff_store.h"
#include "db/terminal_store.h"
#include "proto/clock.h"
#include "proto/log.h"

#define STORE_RETRY_MS 500

struct stores {
	struct person_store   person;
	struct session_store  session;
	struct terminal_store terminal;
	struct code_store     code;
	struct capture_store  capture;
	struct ledger_store   ledger;
	struct outbox_store   outbox;
	struct audit_store    audit;
	struct staff_store    staff;
	struct role_store     role;
	struct exception_store exception;
	struct batch_store    batch;
	struct hold_store     hold;
	struct evidence_store evidence;
	void *ctx;		/* the connection */
};

struct store_options {
	const char *socket;	/* path of a Unix socket, or NULL: host and port */
	const char *host;
	uint16_t    port;
	const char *user;
	const char *password;	/* wiped by the caller after the call; the store keeps its own locked copy */
	const char *database;
	const char *lane;	/* name of the audit lane this bundle writes, "node1/desk-03"; NULL: it only reads */
	uint32_t    branch;	/* in the account numbers opened here; 0 means 1 */
	int         timeout_ms;	/* connect, read and write */
	const struct clock *clock;
	const struct rng   *rng;
	struct log *log;	/* borrowed */
};

/*
 * Opens one bundle. RC_STORE with a sentence in err when the database cannot be
 * reached, RC_VERSION when its schema is not the one this program was built for
 * (run `countersign-admin db migrate`).
 */
enum rc stores_open(const struct store_options *o, struct stores **out, char *err, size_t err_n) MUST_CHECK;
void    stores_close(struct stores *s);	/* NULL is fine */

#endif
