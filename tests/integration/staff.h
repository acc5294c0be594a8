/*
 * staff.h - a bank with staff at a branch terminal and at an office, for tests
 * of roles and consoles.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever cannot be done fails the test program with words. Threads: none.
 */
#ifndef INTEGRATION_STAFF_H
#define INTEGRATION_STAFF_H

#include "tests/integration/admin_at.h"
#include "tests/integration/bank.h"
#include "tests/integration/person.h"

#define ASK_MS 8000

struct world {
	struct server *server;
	struct admin_at at;
	struct person_cast *cast;
	struct client *branch, *office;	/* a branch terminal, and one that may open the other consoles only */
	struct somebody ada, ben, sue, max, eva;	/* eva has a face */
};

/* Fixtures of a cmocka group. */
int  staff_setup(void **state);
int  staff_teardown(void **state);

/* What a terminal says first; it waits until its key is accepted. */
enum rc staff_hello(struct client *c, cs_Console console, cs_Envelope *a);
enum rc staff_login(struct client *c, const struct somebody *p, cs_Console console);
/* Password and code; the answer to the code. */
enum rc staff_signs_on(struct world *w, struct client *c, struct somebody *p, cs_Console console, cs_Envelope *a);
/* A request without fields. */
enum rc staff_asks(struct client *c, pb_size_t kind, cs_Envelope *a);
/* Enrols like a customer at the branch, and is one until two administrators say more. */
void    staff_enrols(struct world *w, struct somebody *p, const char *face);

#endif
