/*
 * policy.h - what the bank asks for before money moves: proofs and approvals by
 * kind of transaction, currency and amount, and the most of a day.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a list of bands and a pure decision over it. A band begins right
 *               above the one before it, so that there is neither a gap nor an
 *               overlap; what is above the last one is above the limit.
 * What it isn't: it reads no file (config_policy.c) and enforces nothing: the
 *               desk writes the answer into the intent, the ledger holds to it.
 *
 * Threads: a policy that is complete is only read, by any thread.
 */
#ifndef SERVER_POLICY_H
#define SERVER_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

#define POLICY_RULES_MAX 64u
#define POLICY_DAYS_MAX  64u
#define POLICY_WHY_BYTES 200u
#define POLICY_TEXT_BYTES 1024u
/* In place of a currency: each that has no rule of its own. Amounts are whole units then. */
#define POLICY_ANY       "*"

/* A batch's bands are for each of its payments; proofs are always its maker's code and its checker's face and code. */
enum policy_kind { POLICY_TRANSFER = 1, POLICY_BATCH = 2 };

struct policy_rule {
	enum policy_kind kind;
	char     currency[CURRENCY_BYTES + 1];	/* or POLICY_ANY */
	int64_t  up_to;				/* minor units, itself within; whole units for POLICY_ANY */
	bool     otp, face;			/* of the person who pays; false for POLICY_BATCH */
	unsigned approvals;			/* by so many others, 0 to APPROVALS_MAX; more than 1 only with hold */
	bool     hold;				/* not beside the payer: the amount is held until they approve */
	int      line;				/* of the file; 0: built in */
};

struct policy_day {
	char     currency[CURRENCY_BYTES + 1];	/* or POLICY_ANY */
	int64_t  most;				/* leaves one account in any 24 hours; units as above */
	int      line;
};

struct policy {
	struct policy_rule rule[POLICY_RULES_MAX];
	size_t   rules;
	struct policy_day day[POLICY_DAYS_MAX];
	size_t   days;
};

struct policy_answer {
	const struct policy_rule *rule;		/* of the policy; the highest one after RC_LIMIT */
	int64_t  above, up_to;			/* the band in minor units: above < amount <= up_to */
	const struct policy_day *day;		/* NULL: no limit of the day */
	int64_t  day_most;			/* minor units; 0: none */
};

/* "transfer", "batch"; 0 if there is no kind of this name. */
enum policy_kind policy_kind_parse(const char *name);
const char *policy_kind_name(enum policy_kind kind);
/* "12.50" in this currency; whole units for POLICY_ANY. RC_CURRENCY, RC_INVALID. */
enum rc policy_amount(const char *text, const char *currency, int64_t *v) MUST_CHECK;

/* The next band of its kind and currency. RC_CONFIG with the reason in why: nothing was added. */
enum rc policy_add_rule(struct policy *p, const struct policy_rule *r, char why[static POLICY_WHY_BYTES]) MUST_CHECK;
enum rc policy_add_day(struct policy *p, const struct policy_day *d, char why[static POLICY_WHY_BYTES]) MUST_CHECK;
/* Is there any band of this kind? */
bool    policy_has(const struct policy *p, enum policy_kind kind);
/* Adds what counts where no transfer was written: up to ten thousand units with code and face. */
void    policy_built_in(struct policy *p);

/*
 * What is asked for this amount (minor units, more than zero)? RC_LIMIT: more
 * than the last band, a->up_to says how much is allowed. RC_CURRENCY: this kind
 * has no band in this currency.
 */
enum rc policy_decide(const struct policy *p, enum policy_kind kind, int64_t amount, const char *currency,
    struct policy_answer *a) MUST_CHECK;
/* Sentences for a person: band, proofs, approvals, day; `file` names where the lines are. */
void    policy_explain(const struct policy_answer *a, const char *currency, const char *file,
    char text[static POLICY_TEXT_BYTES]);

#endif
