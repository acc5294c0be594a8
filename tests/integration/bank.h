/*
 * bank.h - people, accounts, intents and proofs for tests of the stores.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INTEGRATION_BANK_H
#define INTEGRATION_BANK_H

#include <stdbool.h>
#include <stdint.h>

#include "db/store.h"
#include "tests/integration/private_db.h"

struct bank_person {
	uint64_t id;
	uint8_t  session[ID_BYTES];
	char     customer[CUSTOMER_BYTES + 1], account[ACCOUNT_MAX_BYTES + 1];
};

struct audit_event bank_event(enum audit_action action, int64_t at_ms);
void bank_random(void *p, size_t n);

/* A pending person with a session; asserts. */
void bank_pending(struct stores *s, int64_t now_ms, struct bank_person *p);
/* A captured enrolment, kept as proof and template. */
void bank_enrol(struct stores *s, int64_t now_ms, const struct bank_person *p);
/* All of a registration, in euros. */
void bank_customer(struct stores *s, int64_t now_ms, struct bank_person *p);
void bank_deposit(struct stores *s, int64_t now_ms, const struct bank_person *p, int64_t amount);

/* Gives or ends a role without anybody's signature. */
void bank_role(struct private_db *db, uint64_t person, enum role role, bool held);

/* An intent from one person to another; needs as said. */
void bank_intent(struct stores *s, int64_t now_ms, const struct bank_person *from, const struct bank_person *to,
    int64_t amount, bool face, bool code, struct intent *i);
/* A face proof for the digest (zero digest: for anything). */
void bank_face(struct stores *s, int64_t now_ms, const struct bank_person *p, const uint8_t digest[DIGEST_BYTES]);
/* A code for the digest, taken; its row. */
uint64_t bank_code(struct stores *s, int64_t now_ms, const struct bank_person *p, enum code_purpose purpose,
    const uint8_t digest[DIGEST_BYTES]);
struct ledger_step bank_step(const struct intent *i, uint64_t code, int64_t now_ms);

#endif
