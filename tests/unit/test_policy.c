/*
 * test_policy.c - bands rise without gap or overlap, and each amount is in the one it belongs to.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/config.h"

/* The policy of a file with this text; NULL with the complaint in err. */
static struct config *
policy_of(const char *text, char err[static CONFIG_ERR_BYTES])
{
	char file[] = "/tmp/countersign-policy-XXXXXX";
	struct config *c = NULL;
	int fd = mkstemp(file);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (config_load(file, &c, err, CONFIG_ERR_BYTES) != RC_OK)
		assert_null(c);
	unlink(file);
	return c;
}

#define THREE_BANDS \
	"policy {\n" \
	" transfer { currency = EUR up_to = \"1000.00\" proofs = {otp} }\n" \
	" transfer {\n  currency = EUR\n  up_to = \"5,000.00\"\n  proofs = {otp, face}\n }\n" \
	" transfer { currency = EUR up_to = \"25000\" proofs = {otp, face} approvals = 1 }\n" \
	" transfer { currency = \"*\" up_to = \"70\" proofs = {face} }\n" \
	" day { currency = EUR most = \"30000.00\" }\n" \
	"}\n"

static void
test_an_amount_is_in_one_band(void **state)
{
	static const struct {
		int64_t amount;
		const char *currency;
		enum rc r;
		bool otp, face;
		unsigned approvals;
		int line;
		int64_t day;
	} t[] = {
		{ 1, "EUR", RC_OK, true, false, 0, 2, 3000000 },
		{ 100000, "EUR", RC_OK, true, false, 0, 2, 3000000 },
		{ 100001, "EUR", RC_OK, true, true, 0, 5, 3000000 },
		{ 500000, "EUR", RC_OK, true, true, 0, 5, 3000000 },
		{ 500001, "EUR", RC_OK, true, true, 1, 8, 3000000 },
		{ 2500000, "EUR", RC_OK, true, true, 1, 8, 3000000 },
		{ 2500001, "EUR", RC_LIMIT, true, true, 1, 8, 3000000 },
		{ 7000, "USD", RC_OK, false, true, 0, 9, 0 },
		{ 7001, "USD", RC_LIMIT, false, true, 0, 9, 0 },
		{ 70, "JPY", RC_OK, false, true, 0, 9, 0 },
		{ 71, "JPY", RC_LIMIT, false, true, 0, 9, 0 },
		{ 70000, "KWD", RC_OK, false, true, 0, 9, 0 },
	};
	char err[CONFIG_ERR_BYTES] = "";
	struct config *c = policy_of(THREE_BANDS, err);
	struct policy_answer a;

	(void)state;
	if (c == NULL)
		fail_msg("%s", err);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(policy_decide(&c->policy, POLICY_TRANSFER, t[i].amount, t[i].currency, &a), t[i].r);
		assert_int_equal(a.rule->line, t[i].line);
		assert_int_equal(a.rule->otp, t[i].otp);
		assert_int_equal(a.rule->face, t[i].face);
		assert_int_equal(a.rule->approvals, t[i].approvals);
		assert_int_equal(a.day_most, t[i].day);
	}
	assert_int_equal(policy_decide(&c->policy, POLICY_TRANSFER, 1, "XXX", &a), RC_CURRENCY);
	config_free(c);
}

/* Without "*" a currency that has no band is refused. */
static void
test_no_band_no_transfer(void **state)
{
	char err[CONFIG_ERR_BYTES] = "";
	struct config *c = policy_of("policy { transfer { currency = EUR up_to = \"1.00\" proofs = {otp} } }\n", err);
	struct policy_answer a;

	(void)state;
	assert_non_null(c);
	assert_int_equal(policy_decide(&c->policy, POLICY_TRANSFER, 1, "USD", &a), RC_CURRENCY);
	config_free(c);
}

static void
test_explained_with_its_line(void **state)
{
	char err[CONFIG_ERR_BYTES] = "", text[POLICY_TEXT_BYTES];
	struct config *c = policy_of(THREE_BANDS, err);
	struct policy_answer a;

	(void)state;
	assert_non_null(c);
	assert_int_equal(policy_decide(&c->policy, POLICY_TRANSFER, 499999, "EUR", &a), RC_OK);
	policy_explain(&a, "EUR", "server.conf", text);
	assert_string_equal(text, "band:      transfer above 1,000.00 EUR up to 5,000.00 EUR (server.conf:5)\n"
	    "proofs:    one-time code, live face\napprovals: none\n"
	    "day:       up to 30,000.00 EUR may leave an account by transfers in 24 hours (server.conf:10)\n");
	config_free(c);
}

static void
test_what_is_wrong_has_its_line(void **state)
{
	static const struct { const char *text; int line; const char *says; } t[] = {
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" proofs = {otp} }\n"
		    " transfer { currency = EUR up_to = \"10.00\" proofs = {otp} }\n}\n", 3, "in line 2" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" proofs = {otp} }\n"
		    " transfer {\n  currency = EUR\n  up_to = \"9.99\"\n  proofs = {otp}\n }\n}\n", 5, "bands rise" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" }\n}\n", 2, "no proofs" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" proofs = {} }\n}\n", 2, "no proofs" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\"\n proofs = {otp, iris} }\n}\n", 3, "'iris'" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" proofs = {otp} approvals = 2 }\n}\n", 2, "more need hold = true" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" proofs = {otp} approvals = 4 hold = true }\n}\n", 2, "0 to 3" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.00\" proofs = {otp} approvals = -1 }\n}\n", 2, "0 to 3" },
		{ "policy {\n transfer { currency = EUR up_to = \"10.001\" proofs = {otp} }\n}\n", 2, "decimals" },
		{ "policy {\n transfer { currency = EUR up_to = \"-5\" proofs = {otp} }\n}\n", 2, "cannot be read" },
		{ "policy {\n transfer { currency = \"*\" up_to = \"5.50\" proofs = {otp} }\n}\n", 2, "whole units" },
		{ "policy {\n transfer { currency = \"*\" up_to = \"9000000000000000\" proofs = {otp} }\n}\n", 2, "cannot be read" },
		{ "policy {\n transfer { currency = EURO up_to = \"5\" proofs = {otp} }\n}\n", 2, "too long" },
		{ "policy {\n transfer { currency = XXX up_to = \"5\" proofs = {otp} }\n}\n", 2, "not known" },
		{ "policy {\n transfer { up_to = \"5\" proofs = {otp} }\n}\n", 2, "currency is missing" },
		{ "policy {\n\n transfer { currency = EUR proofs = {otp} }\n}\n", 3, "amount is missing" },
		{ "policy {\n withdraw { currency = EUR up_to = \"5\" }\n}\n", 2, "withdraw" },
		{ "policy {\n day { currency = EUR most = \"5\" }\n day { currency = EUR most = \"6\" }\n}\n", 3, "line 2 already" },
	};
	char err[CONFIG_ERR_BYTES], line[16];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		snprintf(line, sizeof line, ":%d: ", t[i].line);
		assert_null(policy_of(t[i].text, err));
		if (strstr(err, line) == NULL || strstr(err, t[i].says) == NULL)
			fail_msg("case %zu: \"%s\", wanted line %d and \"%s\"", i, err, t[i].line, t[i].says);
	}
}

/* Payments of a batch: bands of their own beside the built-in ones of transfers. */
static void
test_a_batch_has_its_bands(void **state)
{
	char err[CONFIG_ERR_BYTES] = "", text[POLICY_TEXT_BYTES];
	struct config *c = policy_of("policy {\n batch { currency = EUR up_to = \"25.00\" }\n}\n", err);
	struct policy_answer a;

	(void)state;
	if (c == NULL)
		fail_msg("%s", err);
	assert_true(policy_has(&c->policy, POLICY_BATCH));
	assert_int_equal(policy_decide(&c->policy, POLICY_TRANSFER, 1000000, "EUR", &a), RC_OK);
	assert_int_equal(policy_decide(&c->policy, POLICY_BATCH, 2501, "EUR", &a), RC_LIMIT);
	assert_int_equal(policy_decide(&c->policy, POLICY_BATCH, 1, "USD", &a), RC_CURRENCY);
	assert_int_equal(policy_decide(&c->policy, POLICY_BATCH, 2500, "EUR", &a), RC_OK);
	policy_explain(&a, "EUR", "server.conf", text);
	assert_string_equal(text, "band:      payment of a batch above 0.00 EUR up to 25.00 EUR (server.conf:2)\n"
	    "proofs:    one-time code of its maker\napprovals: 1, its checker: another person, one-time code, live face\n"
	    "day:       not counted; that limit is for transfers\n");
	config_free(c);
	c = policy_of("policy { day { currency = \"*\" most = \"100\" } }\n", err);
	assert_non_null(c);
	assert_false(policy_has(&c->policy, POLICY_BATCH));
	config_free(c);
}

/* A file with a limit of the day alone keeps the built-in bands. */
static void
test_a_day_beside_the_built_in_bands(void **state)
{
	char err[CONFIG_ERR_BYTES] = "";
	struct config *c = policy_of("policy { day { currency = \"*\" most = \"100\" } }\n", err);
	struct policy_answer a;

	(void)state;
	assert_non_null(c);
	assert_int_equal(policy_decide(&c->policy, POLICY_TRANSFER, 1000000, "EUR", &a), RC_OK);
	assert_int_equal(a.day_most, 10000);
	assert_int_equal(a.rule->line, 0);
	config_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_amount_is_in_one_band),
		cmocka_unit_test(test_no_band_no_transfer),
		cmocka_unit_test(test_explained_with_its_line),
		cmocka_unit_test(test_what_is_wrong_has_its_line),
		cmocka_unit_test(test_a_batch_has_its_bands),
		cmocka_unit_test(test_a_day_beside_the_built_in_bands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
