/*
 * test_screen_forms.c - what the forms refuse before anything is sent, and
 * what they say then.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "screen_rig.h"

static void
expect_notice(struct rig *r, const char *word)
{
	if (r->v->notice.level == NOTICE_NONE || strstr(r->v->notice.text, word) == NULL)
		print_error("the message is: %s\n", r->v->notice.text);
	assert_int_not_equal(r->v->notice.level, NOTICE_NONE);
	assert_non_null(strstr(r->v->notice.text, word));
}

static void
test_register(void **state)
{
	static const struct {
		const char *what, *name, *email, *password, *again, *currency, *word;
	} t[] = {
		{ "no name",        "",    "a@b.c", "long enough 1", "long enough 1", "EUR", "name" },
		{ "blank name",     "  ",  "a@b.c", "long enough 1", "long enough 1", "EUR", "name" },
		{ "no at sign",     "Ada", "a.b.c", "long enough 1", "long enough 1", "EUR", "e-mail" },
		{ "short password", "Ada", "a@b.c", "short",         "short",         "EUR", "10 characters" },
		{ "nine letters",   "Ada", "a@b.c", "ßßßßßßßßß",     "ßßßßßßßßß",     "EUR", "10 characters" },
		{ "two passwords",  "Ada", "a@b.c", "long enough 1", "long enough 2", "EUR", "differ" },
		{ "currency",       "Ada", "a@b.c", "long enough 1", "long enough 1", "XXX", "USD or JPY" },
		{ "two letters",    "Ada", "a@b.c", "long enough 1", "long enough 1", "JP", "three letters" },
		{ "yen",            "Ada", "a@b.c", "long enough 1", "long enough 1", "JPY", "Asking" },
		{ "all is well",    "Ada", "a@b.c", "long enough 1", "long enough 1", "EUR", "Asking" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		const char *const texts[] = { t[i].name, t[i].email, t[i].password, t[i].again };
		struct rig r;

		print_message("%s\n", t[i].what);
		rig_open(&r);
		rig_connect(&r);
		rig_type(&r, "2");
		for (size_t k = 0; k < 4; k++) {
			rig_type(&r, texts[k]);
			rig_press(&r, REQ_NEXT);
		}
		rig_press(&r, REQ_CLEAR);
		rig_type(&r, t[i].currency);
		rig_press(&r, REQ_SUBMIT);
		expect_notice(&r, t[i].word);
		assert_int_equal(r.count, strcmp(t[i].word, "Asking") == 0);
		rig_close(&r);
	}
}

static void
to_transfer(struct rig *r, const char *payee)
{
	rig_open(r);
	rig_home(r);
	rig_type(r, "1");
	rig_page(r, "transfer");
	rig_type(r, payee);
	rig_press(r, REQ_NEXT);
}

static void
answer_payee(struct rig *r, const char *name)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, payee_get);
	e.which_body = cs_Envelope_payee_tag;
	strcpy(e.body.payee.account, r->sent.body.payee_get.account);
	strcpy(e.body.payee.name, name);
	rig_answer(r, &e);
}

static void
test_payee(void **state)
{
	char payee[ACCOUNT_MAX_BYTES + 1], wrong[ACCOUNT_MAX_BYTES + 1], *text;
	struct rig r;
	unsigned count;

	(void)state;
	account_number_make(1, 5000, payee);
	strcpy(wrong, payee);
	wrong[10] = wrong[10] == '9' ? '0' : (char)(wrong[10] + 1);
	/* One wrong digit shows without asking anybody. */
	to_transfer(&r, wrong);
	rig_asked(&r, overview_get);
	text = rig_text(&r, 80, 24);
	assert_non_null(strstr(text, "This is not an account number"));
	free(text);
	rig_type(&r, "5");
	rig_press(&r, REQ_SUBMIT);
	expect_notice(&r, "digit by digit");
	rig_close(&r);
	/* A right one that nobody has. */
	to_transfer(&r, payee);
	rig_asked(&r, payee_get);
	rig_refuse(&r, RC_ACCOUNT_UNKNOWN, "");
	text = rig_text(&r, 80, 24);
	assert_non_null(strstr(text, "No such account"));
	free(text);
	rig_type(&r, "5");
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	expect_notice(&r, "No such account");
	assert_int_equal(r.count, count);
	rig_close(&r);
	/* The review is asked for before the name has come: it waits for it. */
	to_transfer(&r, payee);
	rig_type(&r, "5");
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, payee_get);
	answer_payee(&r, "Grace Hopper");
	rig_asked(&r, transfer_prepare);
	assert_string_equal(r.sent.body.transfer_prepare.payee, payee);
	assert_int_equal(r.sent.body.transfer_prepare.amount, 500);
	/* The server refuses: the form stays as it was. */
	rig_refuse(&r, RC_LIMIT, "The amount is above the limit of 10,000.00 EUR.");
	rig_page(&r, "transfer");
	expect_notice(&r, "10,000.00");
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, transfer_prepare);
	rig_close(&r);
	/* One's own account. */
	rig_open(&r);
	rig_home(&r);
	rig_type(&r, "1");
	rig_type(&r, r.v->overview.accounts[0].number);
	rig_press(&r, REQ_SUBMIT);
	expect_notice(&r, "the money comes from");
	rig_close(&r);
}

static void
test_amount(void **state)
{
	static const struct { const char *what, *amount, *word; } t[] = {
		{ "nothing",            "",         "such as 12.50" },
		{ "zero",               "0",        "such as 12.50" },
		{ "three decimals",     "1.234",    "such as 12.50" },
		{ "two points",         "1.2.3",    "such as 12.50" },
		{ "negative",           "-1",       "such as 12.50" },
		{ "exponent",           "1e9",      "such as 12.50" },
		{ "a letter",           "1O0",      "such as 12.50" },
		{ "decimal comma",      "1,50",     "such as 12.50" },
		{ "cut off",            "000000000000000000000000000000001000", "such as 12.50" },
		{ "more than there is", "12000.01", "not that much" },
		{ "all there is",       "12000",    "Asking" },
	};
	char payee[ACCOUNT_MAX_BYTES + 1];

	(void)state;
	account_number_make(1, 5000, payee);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct rig r;

		print_message("%s\n", t[i].what);
		to_transfer(&r, payee);
		answer_payee(&r, "Grace Hopper");
		rig_type(&r, t[i].amount);
		rig_press(&r, REQ_SUBMIT);
		expect_notice(&r, t[i].word);
		assert_int_equal(r.sent.which_body == cs_Envelope_transfer_prepare_tag, strcmp(t[i].word, "Asking") == 0);
		rig_close(&r);
	}
}

/* As many accounts as a customer can have: nothing runs into the frame. */
static void
test_many_accounts(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_press(&r, REQ_AGAIN);
	e.which_body = cs_Envelope_overview_tag;
	e.body.overview.accounts_count = ACCOUNTS_MAX;
	for (uint64_t i = 0; i < ACCOUNTS_MAX; i++) {
		account_number_make(1, 100 + i, e.body.overview.accounts[i].number);
		strcpy(e.body.overview.accounts[i].currency, "EUR");
		e.body.overview.accounts[i].balance = INT64_MAX;
		e.body.overview.accounts[i].available = INT64_MAX - 1;
	}
	rig_answer(&r, &e);
	rig_golden(&r, "home-many");
	rig_close(&r);
}

/* What the server says about a wrong code, and what can be done. */
static void
test_codes(void **state)
{
	static const struct { enum rc rc; const char *word; } t[] = {
		{ RC_CODE_WRONG, "six digits" }, { RC_CODE_EXPIRED, "F5" }, { RC_CODE_USED, "F5" }, { RC_CODE_TRIES, "F5" },
	};
	cs_Envelope e = cs_Envelope_init_zero;

	(void)state;
	e.which_body = cs_Envelope_code_sent_tag;
	e.body.code_sent.life_ms = 60000;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct rig r;
		char *text;

		rig_open(&r);
		rig_connect(&r);
		rig_type(&r, "1");
		rig_type(&r, "10000017");
		rig_press(&r, REQ_ENTER);
		rig_type(&r, "secret words");
		rig_press(&r, REQ_ENTER);
		rig_answer(&r, &e);
		rig_type(&r, "987654");
		rig_press(&r, REQ_ENTER);
		rig_asked(&r, login_code);
		rig_refuse(&r, t[i].rc, "");
		rig_page(&r, "otp");
		expect_notice(&r, t[i].word);
		rig_press(&r, REQ_ENTER);
		expect_notice(&r, "six digits");		/* what was typed is gone */
		rig_wait(&r, 61000);
		text = rig_text(&r, 80, 24);
		assert_non_null(strstr(text, "has expired"));
		assert_null(strstr(text, "987654"));
		free(text);
		rig_press(&r, REQ_AGAIN);
		rig_asked(&r, code_resend);
		rig_close(&r);
	}
}

/* The largest amounts there can be: no column loses a digit or runs into the next. */
static void
test_wide_history(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;
	char *text;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_type(&r, "2");
	rig_asked(&r, history_get);
	e.which_body = cs_Envelope_history_tag;
	strcpy(e.body.history.currency, "EUR");
	e.body.history.entries_count = 1;
	strcpy(e.body.history.entries[0].other_name, "Grace Hopper");
	e.body.history.entries[0].amount = -MONEY_MAX;
	e.body.history.entries[0].balance_after = INT64_MAX;
	rig_answer(&r, &e);
	text = rig_text(&r, 80, 24);
	assert_non_null(strstr(text, " -90000000000000.00 92233720368547758.07 "));
	assert_non_null(strstr(text, "(PgUp) Newer"));	/* there is one page: these do nothing now */
	assert_non_null(strstr(text, "(PgDn) Older"));
	free(text);
	rig_press(&r, REQ_PGDN);
	expect_notice(&r, "oldest entries");
	rig_press(&r, REQ_PGUP);
	expect_notice(&r, "newest entries");
	rig_press(&r, REQ_REFUSE);
	expect_notice(&r, "F7 does nothing on this page");
	rig_close(&r);
}

/* Keys that work on other pages say so, and so does an empty password. */
static void
test_words_for_keys(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	rig_press(&r, REQ_LOGOUT);
	expect_notice(&r, "Nobody is logged in");
	rig_type(&r, "1");
	rig_press(&r, REQ_QUIT);
	expect_notice(&r, "welcome page");
	rig_type(&r, "10000017");
	rig_press(&r, REQ_NEXT);
	rig_press(&r, REQ_ENTER);
	expect_notice(&r, "Type your password");
	rig_close(&r);
	rig_open(&r);
	rig_home(&r);
	rig_press(&r, REQ_QUIT);
	expect_notice(&r, "F9 on the account page");
	rig_page(&r, "home");
	rig_type(&r, "1");
	rig_press(&r, REQ_LOGOUT);
	expect_notice(&r, "You log out with F9 on the account page");
	rig_page(&r, "transfer");
	rig_close(&r);
}

/* The server goes while it is asked: the page says that, not that it is being asked. */
static void
test_server_gone(void **state)
{
	char payee[ACCOUNT_MAX_BYTES + 1], *text;
	struct rig r;

	(void)state;
	account_number_make(1, 5000, payee);
	to_transfer(&r, payee);
	answer_payee(&r, "Grace Hopper");
	rig_type(&r, "5");
	rig_press(&r, REQ_SUBMIT);
	expect_notice(&r, "Asking");
	app_net(r.app, NET_LOST, RC_CLOSED, NULL);
	text = rig_text(&r, 80, 24);
	assert_null(strstr(text, "Asking"));
	assert_non_null(strstr(text, "cannot be reached"));
	free(text);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_register), cmocka_unit_test(test_payee), cmocka_unit_test(test_amount),
		cmocka_unit_test(test_many_accounts), cmocka_unit_test(test_codes),
		cmocka_unit_test(test_wide_history), cmocka_unit_test(test_words_for_keys), cmocka_unit_test(test_server_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
