/*
 * role.h - what a person may be in the bank, and the consoles they work at.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Roles and consoles are bits, so that a set of them is one number. The bit's
 * place is the number in person_role (db/schema/0007_roles.sql); everybody who
 * is registered is a customer, without a row. Threads: none, pure.
 */
#ifndef PROTO_ROLE_H
#define PROTO_ROLE_H

#include <stddef.h>

#include "proto/rc.h"

enum role {
	ROLE_CUSTOMER      = 1u << 0,
	ROLE_TELLER        = 1u << 1,	/* at the counter: exceptions, approvals there */
	ROLE_MAKER         = 1u << 2,	/* enters batches */
	ROLE_CHECKER       = 1u << 3,	/* checks what others entered */
	ROLE_SUPERVISOR    = 1u << 4,	/* approves, locks, ends */
	ROLE_AUDITOR       = 1u << 5,	/* reads only */
	ROLE_ADMINISTRATOR = 1u << 6,	/* roles and terminals */
};
#define ROLES_GRANTED ((unsigned)ROLE_TELLER | ROLE_MAKER | ROLE_CHECKER | ROLE_SUPERVISOR | ROLE_AUDITOR | ROLE_ADMINISTRATOR)
/* Who stands for the bank towards customers: exceptions, approvals. */
#define ROLES_COUNTER ((unsigned)ROLE_TELLER | ROLE_SUPERVISOR)

enum console { CONSOLE_TERMINAL = 1u << 0, CONSOLE_BACKOFFICE = 1u << 1, CONSOLE_AUDIT = 1u << 2 };
#define CONSOLES_ALL ((unsigned)CONSOLE_TERMINAL | CONSOLE_BACKOFFICE | CONSOLE_AUDIT)

#define ROLE_WORDS_BYTES 80u	/* all of either, with NUL */

/* The bit of a stored number, 0 if there is none; the number of a bit. */
unsigned    role_of_number(unsigned number);
unsigned    role_number(enum role r);
/* "teller"; "?" if it is not one role. */
const char *role_name(enum role r);
/* One role that can be granted, by its name. RC_INVALID. */
enum rc     role_parse(const char *word, enum role *r) MUST_CHECK;
/* "teller, supervisor", without customer; "none" for none. */
void        roles_words(unsigned roles, char dst[static ROLE_WORDS_BYTES]);

/* "terminal, audit". */
void        consoles_words(unsigned consoles, char dst[static ROLE_WORDS_BYTES]);
/* From "terminal,backoffice" as typed: at least one. RC_INVALID. */
enum rc     consoles_parse(const char *text, unsigned *consoles) MUST_CHECK;
/* Who may sign on at this console: one of these roles. 0: no such console. */
unsigned    console_roles(enum console c);

#endif
