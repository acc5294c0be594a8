/*
 * fake_call.h - one request through the dispatch table over fake stores, with
 * no thread and no socket.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FAKE_CALL_H
#define TESTS_FAKE_CALL_H

#include "server/dispatch.h"
#include "unit/fake_stores.h"

struct fake_call {
	struct fake f;
	struct config config;
	struct office office;
	struct desk desk;
	int64_t now_ms;
	uint64_t terminal;
	unsigned consoles;		/* that it may open; all of them unless told */
	enum console console;		/* of fake_session(); the branch terminal unless told */
	uint8_t token[TOKEN_BYTES];	/* of the session that fake_session() opened */
	cs_Envelope ask, answer;
};

#define FAKE_CALL_KNOWN .8f	/* cosine from which a face is known */
/* Whose faces the office compares. */
extern const struct vision_hello fake_call_maker;

/* Two customers with an account each (10,000.00 and 50.00 EUR) and one internal account. */
void    fake_call_init(struct fake_call *k);
void    fake_call_free(struct fake_call *k);
/* One more, with an account in euros. */
void    fake_call_customer(struct fake_call *k, const char *name, const char *customer, uint64_t serial, int64_t balance);
/* Seals this unit vector as this person's face. */
void    fake_call_face(struct fake_call *k, uint64_t person, const struct vision_hello *by, const float v[static 4]);
/* A session of this person in this state at k->terminal; its token goes into k->ask. */
void    fake_session(struct fake_call *k, uint64_t person, enum session_state state);
/* Runs k->ask as it stands; the body must be set. The answer is in k->answer. */
enum rc fake_call_run(struct fake_call *k);
/* The digits in the newest message. */
void    fake_call_code(struct fake_call *k, char code[static CODE_DIGITS + 1]);

#endif
