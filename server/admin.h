/*
 * admin.h - countersign-admin: what its commands share.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   one program, one table of commands (admin_main.c), one file
 *               per subject. A command gets its arguments checked for number
 *               only, prints for a person, and returns an exit status.
 * What it isn't: it talks to no server; it works on the database and the key
 *               files, as the server's database user. Only `db migrate`,
 *               `db status` and what changes roles use the owner of the schema.
 *
 * Threads: none.
 */
#ifndef SERVER_ADMIN_H
#define SERVER_ADMIN_H

#include <stdbool.h>
#include <stddef.h>

#include "db/store.h"
#include "proto/clock.h"
#include "proto/crypto.h"
#include "server/config.h"

enum admin_exit {
	ADMIN_OK = 0,
	ADMIN_REFUSED = 1,	/* it was understood and cannot be; the audit trail is broken */
	ADMIN_USAGE = 2,
	ADMIN_BROKEN = 3,	/* configuration, files or database: nothing is known */
};

struct admin_option {
	const char *name;	/* "--out" */
	const char *value;	/* NULL: not given */
};

#define ADMIN_ARGS_MAX 4
#define ADMIN_OPTIONS_MAX 4

struct admin {
	const char *config_path;	/* NULL: not given */
	struct config *config;		/* loaded before commands that want it */
	struct stores *stores;		/* opened before commands that want it */
	const struct clock *clock;
	const struct rng *rng;
	const char *args[ADMIN_ARGS_MAX];
	int args_n;
	struct admin_option options[ADMIN_OPTIONS_MAX];
};

/* --config FILE, else ./server.conf. */
const char *admin_config_path(const struct admin *a);
/* The value of an option, NULL if it was not given. */
const char *admin_option(const struct admin *a, const char *name);
/* "countersign-admin: sentence" on stderr; returns status. */
int admin_fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for the result of a store: what was tried, and why it failed. */
int admin_fail_rc(enum rc r, const char *what);
/* An event by this tool, now; detail names the system user. */
struct audit_event admin_event(const struct admin *a, enum audit_action action, const char *subject);
/* A key file of the configuration; wiped on failure. */
int admin_key(const struct admin *a, const char *file, const char *kind, uint8_t *key, size_t n);

/* ---- people at this terminal (admin_person.c) ---- */

/*
 * The person with this customer number, or "#17": a registration in progress.
 * The caller wipes *p.
 */
int admin_person(struct admin *a, const char *number, struct person *p);
/* "12345678", or "#17" while pending. */
void admin_person_number(const struct person *p, char dst[static 24]);
/*
 * Who sits here? Asks on the terminal for number and password of somebody with
 * one of these roles; wrong ones count as at log-in. The caller wipes *p.
 */
int admin_identify(struct admin *a, unsigned roles, struct person *p);
/* Records *ev as refused and says why: nobody acts about themselves, nobody confirms their own. */
int admin_refuse(struct admin *a, struct audit_event *ev, const char *why);
/* --reason, one line. */
int admin_need_reason(const struct admin *a, const char **reason);
/* The person of --person; the caller wipes *p. */
int admin_need_person(struct admin *a, struct person *p);
/*
 * Sends a code for this act to this person and asks for it; *by is what the
 * act then spends. words continue "With it you, as a member of staff, ...".
 */
int admin_sign(struct admin *a, const struct person *p, const char *words, const uint8_t digest[static DIGEST_BYTES],
    struct code_use *by);
/*
 * One line from the controlling terminal, without its end; a secret is not
 * shown. The caller wipes it. ADMIN_REFUSED without a terminal.
 */
int admin_ask(const char *prompt, bool secret, char *dst, size_t n);

int admin_init(struct admin *a);
int admin_db_migrate(struct admin *a);
int admin_db_status(struct admin *a);
int admin_terminal_invite(struct admin *a);
int admin_terminal_list(struct admin *a);
int admin_terminal_accept(struct admin *a);
int admin_terminal_revoke(struct admin *a);
int admin_account_list(struct admin *a);
int admin_account_deposit(struct admin *a);
int admin_account_statement(struct admin *a);
int admin_person_list(struct admin *a);
int admin_person_unlock(struct admin *a);
int admin_policy_explain(struct admin *a);
int admin_role_first(struct admin *a);
int admin_role_propose(struct admin *a);
int admin_role_confirm(struct admin *a);
int admin_role_end(struct admin *a);
int admin_role_list(struct admin *a);
int admin_face_allow(struct admin *a);
int admin_exception_propose(struct admin *a);
int admin_exception_confirm(struct admin *a);
int admin_exception_end(struct admin *a);
int admin_exception_list(struct admin *a);
int admin_audit_verify(struct admin *a);
int admin_audit_list(struct admin *a);

#endif
