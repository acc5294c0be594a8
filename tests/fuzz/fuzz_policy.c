/*
 * fuzz_policy.c - a configuration with any policy: refused with file and line,
 * or a policy whose bands rise and give each amount one answer.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool held)
{
	if (!held)
		abort();
}

/* Every complaint begins with "policy.conf:LINE: ". */
static void
check_complaint(const char *err)
{
	static const char file[] = "policy.conf:";
	const char *p = err + strlen(file);
	char *end;

	must(strncmp(err, file, strlen(file)) == 0);
	must(strtol(p, &end, 10) > 0 && end > p && strncmp(end, ": ", 2) == 0 && end[2] != '\0');
}

/* At and right above the end of a band. */
static void
check_band(const struct policy *p, const struct policy_rule *r)
{
	const char *currency = strcmp(r->currency, POLICY_ANY) == 0 ? "JPY" : r->currency;
	struct policy_answer at, above;
	char text[POLICY_TEXT_BYTES];
	enum rc got = policy_decide(p, r->kind, r->up_to, currency, &at);

	must(r->otp || r->face);
	must(got == RC_OK || strcmp(r->currency, POLICY_ANY) == 0);
	if (got != RC_OK)
		return;
	policy_explain(&at, currency, "policy.conf", text);
	must(text[0] != '\0');
	if (at.rule != r)	/* yen have bands of their own */
		return;
	must(at.above < r->up_to && at.up_to == r->up_to);
	got = policy_decide(p, r->kind, r->up_to + 1, currency, &above);
	must(got == RC_LIMIT || above.rule != r);
	must(got == RC_LIMIT || above.above == r->up_to);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1), err[CONFIG_ERR_BYTES] = "";
	struct config *c = NULL;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	if (config_load_text("policy.conf", "/", text, &c, err, sizeof err) != RC_OK) {
		must(c == NULL);
		check_complaint(err);
		free(text);
		return 0;
	}
	must(c->session.idle_ms > 0 && c->session.idle_ms <= c->session.hard_ms);
	must(c->match_fmr > 0 && c->match_gallery_fmr > 0);
	must(c->policy.rules > 0 && c->policy.rules <= POLICY_RULES_MAX && c->policy.days <= POLICY_DAYS_MAX);
	for (size_t i = 0; i < c->policy.rules; i++)
		check_band(&c->policy, &c->policy.rule[i]);
	config_free(c);
	free(text);
	return 0;
}
