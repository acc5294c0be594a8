/*
 * config_policy.c - bands and days of the section `policy`, read one by one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A band is checked when its closing brace is read. Messages name the line of
 * its amount, which libconfuse knows only while it reads that line.
 */
#include <string.h>

#include "proto/text.h"
#include "server/config_policy.h"

static _Thread_local struct {
	struct policy *policy;
	int line;		/* of the amount of the band that is being read; 0: none was read */
} reading;

static int
policy_amount_read(cfg_t *cfg, cfg_opt_t *opt)
{
	(void)opt;
	reading.line = cfg->line;
	return 0;
}

/* What may stand in proofs. */
static int
policy_proof_read(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (s != NULL && (strcmp(s, "otp") == 0 || strcmp(s, "face") == 0))
		return 0;
	cfg_error(cfg, "'%s' in proofs is neither \"otp\" nor \"face\"", s == NULL ? "" : s);
	return -1;
}

/* Complains about a band at the line of its amount. */
static int
policy_wrong(cfg_t *sec, const char *why)
{
	if (reading.line > 0)
		sec->line = reading.line;
	reading.line = 0;
	cfg_error(sec, "%s", why);
	return -1;
}

/* Currency and amount of a section. NULL, or what is wrong. */
static const char *
policy_section_amount(cfg_t *sec, const char *key, char currency[static CURRENCY_BYTES + 1], int64_t *v)
{
	const char *c = cfg_getstr(sec, "currency"), *amount = cfg_getstr(sec, key);

	if (c == NULL || text_copy(currency, CURRENCY_BYTES + 1, c) != RC_OK)
		return "currency is missing or too long; write a code such as \"EUR\", or \"*\" for all others";
	if (amount == NULL)
		return "the amount is missing; write up_to = \"1000.00\" in a rule, most = \"5000.00\" in a day";
	switch (policy_amount(amount, currency, v)) {
	case RC_OK:
		return NULL;
	case RC_CURRENCY:
		return "currency is not known; write a code such as \"EUR\", or \"*\" for all others";
	default:
		return "the amount cannot be read; write it with the decimals of its currency, \"1000.00\", for \"*\" in whole units, \"1000\"";
	}
}

static int
policy_rule_read(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct policy_rule r = { .kind = policy_kind_parse(cfg_opt_name(opt)), .line = reading.line };
	char why[POLICY_WHY_BYTES];
	const char *wrong;
	long approvals;

	(void)cfg;
	if ((wrong = policy_section_amount(sec, "up_to", r.currency, &r.up_to)) != NULL)
		return policy_wrong(sec, wrong);
	if (r.kind == POLICY_BATCH)
		goto add;
	for (unsigned i = 0; i < cfg_size(sec, "proofs"); i++) {
		r.otp |= strcmp(cfg_getnstr(sec, "proofs", i), "otp") == 0;
		r.face |= strcmp(cfg_getnstr(sec, "proofs", i), "face") == 0;
	}
	approvals = cfg_getint(sec, "approvals");
	r.approvals = approvals < 0 || approvals > 1000 ? 1000 : (unsigned)approvals;
	r.hold = cfg_getbool(sec, "hold") == cfg_true;
add:
	if (policy_add_rule(reading.policy, &r, why) != RC_OK)
		return policy_wrong(sec, why);
	reading.line = 0;
	return 0;
}

static int
policy_day_read(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct policy_day d = { .line = reading.line };
	char why[POLICY_WHY_BYTES];
	const char *wrong;

	(void)cfg;
	if ((wrong = policy_section_amount(sec, "most", d.currency, &d.most)) != NULL)
		return policy_wrong(sec, wrong);
	if (policy_add_day(reading.policy, &d, why) != RC_OK)
		return policy_wrong(sec, why);
	reading.line = 0;
	return 0;
}

static cfg_opt_t
with_check(cfg_opt_t o, cfg_validate_callback_t check)
{
	o.validcb = check;
	return o;
}

void
config_policy_options(cfg_opt_t dst[static CONFIG_POLICY_OPTIONS])
{
	/* libconfuse copies the options when it begins to read. */
	static _Thread_local cfg_opt_t rule[6], batch[3], day[3];
	cfg_opt_t currency = CFG_STR("currency", NULL, CFGF_NONE), up_to = CFG_STR("up_to", NULL, CFGF_NONE);
	cfg_opt_t most = CFG_STR("most", NULL, CFGF_NONE), proofs = CFG_STR_LIST("proofs", NULL, CFGF_NONE);
	cfg_opt_t approvals = CFG_INT("approvals", 0, CFGF_NONE), hold = CFG_BOOL("hold", cfg_false, CFGF_NONE), end = CFG_END();
	cfg_opt_t rules = CFG_SEC("transfer", rule, CFGF_MULTI), batches = CFG_SEC("batch", batch, CFGF_MULTI), days = CFG_SEC("day", day, CFGF_MULTI);

	rule[0] = currency;
	rule[1] = with_check(up_to, policy_amount_read);
	rule[2] = with_check(proofs, policy_proof_read);
	rule[3] = approvals;
	rule[4] = hold;
	rule[5] = end;
	batch[0] = currency;
	batch[1] = rule[1];
	batch[2] = end;
	day[0] = currency;
	day[1] = with_check(most, policy_amount_read);
	day[2] = end;
	dst[0] = with_check(rules, policy_rule_read);
	dst[1] = with_check(batches, policy_rule_read);
	dst[2] = with_check(days, policy_day_read);
}

void
config_policy_begin(struct policy *p)
{
	reading.policy = p;
	reading.line = 0;
}

void
config_policy_end(void)
{
	if (!policy_has(reading.policy, POLICY_TRANSFER) && reading.policy->rules < POLICY_RULES_MAX)
		policy_built_in(reading.policy);
	reading.policy = NULL;
}

void
config_policy_print(FILE *to)
{
	fputs("\n\t# What a transaction needs, by amount. Bands of one currency rise; each begins right above\n"
	    "\t# the one before it, and more than the last is refused. Currency \"*\": each that has no band\n"
	    "\t# of its own, in whole units.\n"
	    "\ttransfer {\n"
	    "\t\tcurrency = \"*\"\n"
	    "\t\t# largest amount of the band, in the currency's units\n"
	    "\t\tup_to = \"10000\"\n"
	    "\t\t# of the person who pays: \"otp\", a one-time code, and \"face\", a live face; at least one\n"
	    "\t\tproofs = { \"otp\", \"face\" }\n"
	    "\t\t# by a member of staff who neither pays nor is paid (0 or 1; with hold: by 1 to 3 others)\n"
	    "\t\tapprovals = 0\n"
	    "\t\t# true: not beside the payer; the amount is held until so many supervisors approve it at\n"
	    "\t\t# the audit console, one refuses it, or 24 hours are over\n"
	    "\t\thold = false\n"
	    "\t}\n"
	    "\t# batch { currency = \"EUR\" up_to = \"25000.00\" }: the most of one payment in a batch; without any: no limit\n"
	    "\t# day { currency = \"EUR\" most = \"50000.00\" }: what transfers may take from one account in any 24\n"
	    "\t# hours; payments of a batch are bounded by their own band and by two people instead\n", to);
}
