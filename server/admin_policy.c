/*
 * admin_policy.c - countersign-admin policy explain: what would be asked, by which line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "proto/money.h"
#include "server/admin.h"

int
admin_policy_explain(struct admin *a)
{
	const char *kind = admin_option(a, "--kind"), *amount = admin_option(a, "--amount");
	const char *currency = admin_option(a, "--currency");
	char text[POLICY_TEXT_BYTES], most[MONEY_TEXT_BYTES];
	struct policy_answer answer;
	int64_t v;

	if (kind == NULL || amount == NULL || currency == NULL)
		return admin_fail(ADMIN_USAGE, "policy explain needs --kind transfer --amount AMOUNT --currency CODE");
	if (policy_kind_parse(kind) == 0)
		return admin_fail(ADMIN_USAGE, "there is no kind \"%s\"; the policy knows: transfer", kind);
	if (money_exponent(currency) < 0)
		return admin_fail(ADMIN_USAGE, "there is no currency \"%s\"; give a code such as EUR", currency);
	if (money_parse(amount, currency, &v) != RC_OK)
		return admin_fail(ADMIN_USAGE, "\"%s\" is not an amount in %s; write it such as 4999.99", amount, currency);
	switch (policy_decide(&a->config->policy, policy_kind_parse(kind), v, currency, &answer)) {
	case RC_OK:
		policy_explain(&answer, currency, admin_config_path(a), text);
		fputs(text, stdout);
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
