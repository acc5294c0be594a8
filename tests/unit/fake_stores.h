/*
 * fake_stores.h - the server's database as a few arrays, for unit tests.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keeps what the handlers put in and answers from it, by the rules of the
 * store headers; `down` makes every operation answer RC_STORE. What a test
 * wants to see it reads from the struct.
 */
#ifndef TESTS_FAKE_STORES_H
#define TESTS_FAKE_STORES_H

#include <stdbool.h>

#include "db/store.h"

#define FAKE_MAX 32u

struct fake {
	struct stores stores;
	bool down;
	bool race;		/* a person is read just before others lock it */
	enum { FAKE_SAYS, FAKE_FAILS, FAKE_LOSES } activating;	/* RC_STORE: not done, or done and not said */
	bool late;		/* an enrolment took too long: its proof has expired */
	uint64_t enrols;		/* who may enrol a face although active; 0: nobody */
	int64_t now_ms;			/* for operations that are given no time */

	size_t   sessions;
	struct { struct session s; uint8_t token[DIGEST_BYTES]; } session[FAKE_MAX];
	size_t   persons;
	struct person person[FAKE_MAX];
	struct face_template face[FAKE_MAX];	/* of the person beside it; sealed_n 0: none; active once the person is */
	size_t   codes;
	struct code_row code[FAKE_MAX];
	size_t   messages;
	struct outbox_row message[FAKE_MAX];
	bool     message_sent[FAKE_MAX];
	int64_t  message_next[FAKE_MAX];	/* 0 with attempts: given up */
	size_t   accounts;
	struct account account[FAKE_MAX];
	size_t   intents;
	struct intent intent[FAKE_MAX];
	bool     intent_has_face[FAKE_MAX];	/* an unspent face proof */
	uint8_t  face_proof[DIGEST_BYTES];	/* of a sign-on, unspent; zero: none */
	bool     intent_approved[FAKE_MAX];	/* an unspent approval */
	unsigned roles[FAKE_MAX + 1];		/* by person */
	struct exception exception[FAKE_MAX + 1];	/* the open one, by person; id 0: none */
	char     begun[AUDIT_DETAIL_BYTES];	/* of the last capture; begin() then refuses, as no frame comes here */
	size_t   posts;				/* how often post() moved money */
	uint8_t  posted_request[FAKE_MAX][ID_BYTES];
	struct receipt receipt[FAKE_MAX];
	size_t   terminals;
	struct terminal terminal[FAKE_MAX];
	size_t   invitations;
	struct invitation_row invitation[4];
	size_t   noted;				/* note_pending() calls */
	size_t   events;
	struct audit_event event[256];
};

void fake_init(struct fake *f);
/* The newest event of this action, or NULL. */
const struct audit_event *fake_event(const struct fake *f, enum audit_action a);

#endif
