/*
 * policy.c - bands of amounts, and which one an amount is in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "server/policy.h"

#define WHOLE_CURRENCY "JPY"	/* one without decimals: POLICY_ANY counts whole units */
#define WHOLE_MOST     (MONEY_MAX / 1000)	/* three decimals are the most a currency has */
#define BUILT_IN_UNITS 10000

enum policy_kind
policy_kind_parse(const char *name)
{
	return strcmp(name, "transfer") == 0 ? POLICY_TRANSFER : strcmp(name, "batch") == 0 ? POLICY_BATCH : (enum policy_kind)0;
}

const char *
policy_kind_name(enum policy_kind kind)
{
	return kind == POLICY_TRANSFER ? "transfer" : kind == POLICY_BATCH ? "batch" : "unknown kind";
}

static bool
policy_is_any(const char *currency)
{
	return strcmp(currency, POLICY_ANY) == 0;
}

enum rc
policy_amount(const char *text, const char *currency, int64_t *v)
{
	bool any = policy_is_any(currency);
	enum rc r;

	if (!any && money_exponent(currency) < 0)
		return RC_CURRENCY;
	if ((r = money_parse(text, any ? WHOLE_CURRENCY : currency, v)) != RC_OK)
		return r;
	return any && *v > WHOLE_MOST ? RC_INVALID : RC_OK;
}

/* Minor units of `currency`, for an amount under the heading `of`. */
static int64_t
policy_minor(const char *of, int64_t v, const char *currency)
{
	if (policy_is_any(of))
		for (int i = money_exponent(currency); i > 0; i--)
			v *= 10;
	return v;
}

static enum rc
policy_check(const char *currency, int64_t amount, const char *what, char why[static POLICY_WHY_BYTES])
{
	if (!policy_is_any(currency) && money_exponent(currency) < 0)
		snprintf(why, POLICY_WHY_BYTES, "currency \"%s\" is not known; write a code such as \"EUR\", or \"*\" for all others", currency);
	else if (amount <= 0 || amount > (policy_is_any(currency) ? WHOLE_MOST : MONEY_MAX))
		snprintf(why, POLICY_WHY_BYTES, "%s is not an amount that can be paid", what);
	else
		return RC_OK;
	return RC_CONFIG;
}

enum rc
policy_add_rule(struct policy *p, const struct policy_rule *r, char why[static POLICY_WHY_BYTES])
{
	const struct policy_rule *below = NULL;
	enum rc rc;

	if ((rc = policy_check(r->currency, r->up_to, "up_to", why)) != RC_OK)
		return rc;
	for (size_t i = 0; i < p->rules; i++)
		if (p->rule[i].kind == r->kind && strcmp(p->rule[i].currency, r->currency) == 0)
			below = &p->rule[i];
	if (p->rules == POLICY_RULES_MAX)
		snprintf(why, POLICY_WHY_BYTES, "more than %u rules", POLICY_RULES_MAX);
	else if (r->kind == POLICY_TRANSFER && !r->otp && !r->face)
		snprintf(why, POLICY_WHY_BYTES, "no proofs; a %s needs at least one of \"otp\" and \"face\"", policy_kind_name(r->kind));
	else if (r->approvals > APPROVALS_MAX)
		snprintf(why, POLICY_WHY_BYTES, "approvals is out of range; 0 to %u are allowed", APPROVALS_MAX);
	else if (r->approvals > 1 && !r->hold)
		snprintf(why, POLICY_WHY_BYTES, "%u approvals beside the payer; one can be given there, more need hold = true", r->approvals);
	else if (r->hold && r->approvals == 0)
		snprintf(why, POLICY_WHY_BYTES, "hold without an approval; write approvals = 1 or more beside hold = true");
	else if (below != NULL && r->up_to <= below->up_to)
		snprintf(why, POLICY_WHY_BYTES, "up_to is not above that of the %s rule for %s in line %d; bands rise, and each begins "
		    "right above the one before it", policy_kind_name(r->kind), r->currency, below->line);
	else {
		p->rule[p->rules++] = *r;
		return RC_OK;
	}
	return RC_CONFIG;
}

enum rc
policy_add_day(struct policy *p, const struct policy_day *d, char why[static POLICY_WHY_BYTES])
{
	enum rc rc;

	if ((rc = policy_check(d->currency, d->most, "most", why)) != RC_OK)
		return rc;
	for (size_t i = 0; i < p->days; i++)
		if (strcmp(p->day[i].currency, d->currency) == 0) {
			snprintf(why, POLICY_WHY_BYTES, "a day in %s has a limit in line %d already", d->currency, p->day[i].line);
			return RC_CONFIG;
		}
	if (p->days == POLICY_DAYS_MAX) {
		snprintf(why, POLICY_WHY_BYTES, "more than %u limits of a day", POLICY_DAYS_MAX);
		return RC_CONFIG;
	}
	p->day[p->days++] = *d;
	return RC_OK;
}

bool
policy_has(const struct policy *p, enum policy_kind kind)
{
	for (size_t i = 0; i < p->rules; i++)
		if (p->rule[i].kind == kind)
			return true;
	return false;
}

void
policy_built_in(struct policy *p)
{
	p->rule[p->rules++] = (struct policy_rule){ .kind = POLICY_TRANSFER, .currency = POLICY_ANY, .up_to = BUILT_IN_UNITS,
	    .otp = true, .face = true };
}

/* The day's limit under this heading. */
static const struct policy_day *
policy_day_find(const struct policy *p, const char *currency)
{
	for (size_t i = 0; i < p->days; i++)
		if (strcmp(p->day[i].currency, currency) == 0)
			return &p->day[i];
	return NULL;
}

enum rc
policy_decide(const struct policy *p, enum policy_kind kind, int64_t amount, const char *currency, struct policy_answer *a)
{
	const char *of = POLICY_ANY;

	*a = (struct policy_answer){ 0 };
	if (money_exponent(currency) < 0)
		return RC_CURRENCY;
	for (size_t i = 0; i < p->rules; i++)
		if (p->rule[i].kind == kind && strcmp(p->rule[i].currency, currency) == 0)
			of = currency;
	if ((a->day = policy_day_find(p, currency)) == NULL)
		a->day = policy_day_find(p, POLICY_ANY);
	if (a->day != NULL)
		a->day_most = policy_minor(a->day->currency, a->day->most, currency);
	for (size_t i = 0; i < p->rules; i++) {
		const struct policy_rule *r = &p->rule[i];

		if (r->kind != kind || strcmp(r->currency, of) != 0)
			continue;
		a->rule = r;
		a->above = a->up_to;
		a->up_to = policy_minor(of, r->up_to, currency);
		if (amount <= a->up_to)
			return RC_OK;
	}
	return a->rule != NULL ? RC_LIMIT : RC_CURRENCY;
}

/* " (FILE:12)" */
static void
policy_where(const char *file, int line, char *dst, size_t n)
{
	if (line > 0)
		snprintf(dst, n, "%.160s:%d", file, line);
	else
		snprintf(dst, n, "built in");
}

static void
policy_others(const struct policy_rule *r, char *dst, size_t cap)
{
	if (r->approvals == 0)
		snprintf(dst, cap, "none");
	else if (!r->hold)
		snprintf(dst, cap, "1, beside the payer, by a member of staff who neither pays nor is paid");
	else
		snprintf(dst, cap, "%u, later, %s; the amount is held for 24 hours at most", r->approvals, r->approvals == 1 ?
		    "by a supervisor who neither pays nor is paid" : "each by another supervisor, none of whom pays or is paid");
}

void
policy_explain(const struct policy_answer *a, const char *currency, const char *file, char text[static POLICY_TEXT_BYTES])
{
	char above[MONEY_TEXT_BYTES], up_to[MONEY_TEXT_BYTES], most[MONEY_TEXT_BYTES], day[340] = "", where[200], others[160];

	money_format(a->above, currency, above);
	money_format(a->up_to, currency, up_to);
	if (a->day != NULL) {
		money_format(a->day_most, currency, most);
		policy_where(file, a->day->line, where, sizeof where);
		snprintf(day, sizeof day, "day:       up to %s may leave an account by transfers in 24 hours (%s)\n", most, where);
	}
	policy_where(file, a->rule->line, where, sizeof where);
	if (a->rule->kind == POLICY_BATCH) {
		snprintf(text, POLICY_TEXT_BYTES, "band:      payment of a batch above %s up to %s (%s)\nproofs:    one-time code of its maker\n"
		    "approvals: 1, its checker: another person, one-time code, live face\n"
		    "day:       not counted; that limit is for transfers\n", above, up_to, where);
		return;
	}
	policy_others(a->rule, others, sizeof others);
	snprintf(text, POLICY_TEXT_BYTES, "band:      %s above %s up to %s (%s)\nproofs:    %s%s%s\napprovals: %s\n%s",
	    policy_kind_name(a->rule->kind), above, up_to, where, a->rule->otp ? "one-time code" : "",
	    a->rule->otp && a->rule->face ? ", " : "", a->rule->face ? "live face" : "",
	    others, day);
}
