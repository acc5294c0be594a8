/*
 * admin_policy.c - countersign-admin policy explain: what would be asked, by which line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>

#include "proto/money.h"
#include "server/admin.h"

/* " (FILE:12)" */
static void
policy_say_where(const struct admin *a, const char *name)
{
	int line = config_line(a->config, "policy", name);

	if (line > 0)
		printf(" (%s:%d)", admin_config_path(a), line);
	else
		printf(" (built in)");
}

static void
policy_say_time(const struct admin *a, int64_t ms, const char *what, const char *name)
{
	static const struct { int64_t ms; const char *word; } unit[] = { { 3600000, "h" }, { 60000, "min" }, { 1000, "s" }, { 1, "ms" } };
	size_t i = 0;

	while (ms % unit[i].ms != 0)
		i++;
	printf("%lld %s %s", (long long)(ms / unit[i].ms), unit[i].word, what);
	policy_say_where(a, name);
}

static void
policy_say_sign_on(const struct admin *a, const char *console, bool face, const char *name)
{
	printf("sign-on:   %s: password, one-time code%s", console, face ? ", live face" : "");
	policy_say_where(a, name);
	putchar('\n');
}

/* What counts whatever is paid. */
static void
policy_say_standing(const struct admin *a)
{
	const struct config *c = a->config;

	policy_say_sign_on(a, "back office", c->sign_on.backoffice_face, "backoffice_face");
	policy_say_sign_on(a, "audit console", c->sign_on.audit_face, "audit_face");
	printf("session:   ends ");
	policy_say_time(a, c->session.idle_ms, "after the last request", "idle_ms");
	printf(", ");
	policy_say_time(a, c->session.hard_ms, "after its beginning", "hard_ms");
	printf("\nface:      the enrolled one at a false match rate of %g", c->match_fmr);
	policy_say_where(a, "fmr");
	printf(", another's at enrolment at %g", c->match_gallery_fmr);
	policy_say_where(a, "gallery_fmr");
	printf("\nevidence:  the picture of a judged capture, for %lld days", (long long)c->evidence_days);
	policy_say_where(a, "evidence_days");
	putchar('\n');
}

int
admin_policy_explain(struct admin *a)
{
	const char *kind = admin_option(a, "--kind"), *amount = admin_option(a, "--amount");
	const char *currency = admin_option(a, "--currency");
	char text[POLICY_TEXT_BYTES], most[MONEY_TEXT_BYTES];
	struct policy_answer answer;
	int64_t v;

	if (kind == NULL && amount == NULL && currency == NULL) {
		policy_say_standing(a);
		return ADMIN_OK;
	}
	if (kind == NULL || amount == NULL || currency == NULL)
		return admin_fail(ADMIN_USAGE, "policy explain needs all of --kind transfer|batch --amount AMOUNT --currency CODE, or none");
	if (policy_kind_parse(kind) == 0)
		return admin_fail(ADMIN_USAGE, "there is no kind \"%s\"; the policy knows: transfer, batch", kind);
	if (money_exponent(currency) < 0)
		return admin_fail(ADMIN_USAGE, "there is no currency \"%s\"; give a code such as EUR", currency);
	if (money_parse(amount, currency, &v) != RC_OK)
		return admin_fail(ADMIN_USAGE, "\"%s\" is not an amount in %s; write it such as 4999.99", amount, currency);
	if (policy_kind_parse(kind) == POLICY_BATCH && !policy_has(&a->config->policy, POLICY_BATCH)) {
		puts("band:      payments of a batch have no limit of their own; write policy { batch { ... } }");
		return ADMIN_OK;
	}
	switch (policy_decide(&a->config->policy, policy_kind_parse(kind), v, currency, &answer)) {
	case RC_OK:
		policy_explain(&answer, currency, admin_config_path(a), text);
		fputs(text, stdout);
		policy_say_standing(a);
		return ADMIN_OK;
	case RC_LIMIT:
		money_format(answer.up_to, currency, most);
		printf("refused:   above %s, the most for one %s\n", most, kind);
		policy_explain(&answer, currency, admin_config_path(a), text);
		printf("the highest band is\n%s", text);
		return ADMIN_REFUSED;
	default:
		printf("refused:   no band for a %s in %s\n", kind, currency);
		return ADMIN_REFUSED;
	}
}
