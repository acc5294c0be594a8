/*
 * admin_at.h - people who sit at countersign-admin, for tests of its questions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever cannot be done fails the test program with words. Threads: none.
 */
#ifndef INTEGRATION_ADMIN_AT_H
#define INTEGRATION_ADMIN_AT_H

#include "tests/integration/prompt.h"
#include "tests/integration/server.h"

#define ADMIN_PASSWORD "a long password"
#define WORDS(...) (const char *const[8]){ __VA_ARGS__ }

struct somebody {
	const char *name, *email;
	uint64_t id;
	char customer[CUSTOMER_BYTES + 1], account[ACCOUNT_MAX_BYTES + 1];
	char code[CODE_DIGITS + 1];	/* the last one seen */
};

struct admin_at {
	struct server *server;
	struct prompt prompt;
};

/* Starts it with up to eight words. */
void admin_start(struct admin_at *a, const char *noun, const char *verb, const char *const words[8]);
/* This person types number and password. */
void admin_sits(struct admin_at *a, const struct somebody *p, const char *password);
/* Waits for its end, which says this; the exit status. No password was shown. */
int  admin_ended(struct admin_at *a, const char *says);
/* Sits, waits for the code, types it. */
int  admin_signs(struct admin_at *a, struct somebody *p, const char *says);
/* An active customer with this number and ADMIN_PASSWORD, who can be written to; no face, no account. */
void admin_hired(struct admin_at *a, struct somebody *p, const char *customer);

#endif
