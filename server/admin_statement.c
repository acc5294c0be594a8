/*
 * admin_statement.c - countersign-admin account statement: what an account held,
 * each posting, what it holds; for people or as CSV.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The closing balance is the opening one and the postings that were printed, so
 * that a statement always equals its postings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/csv.h"
#include "proto/money.h"
#include "server/admin.h"

#define STATEMENT_PAGE 256u
#define STATEMENT_END  INT64_MAX

struct statement {
	FILE   *csv;		/* NULL: for people, to standard output */
	struct account account;
	int64_t balance;	/* so far */
};

/* "2026-01-31", the first moment of it in UTC. Without the option: def. */
static int
statement_day(const struct admin *a, const char *option, int64_t def, int64_t *ms)
{
	const char *text = admin_option(a, option), *end;
	struct tm tm = { 0 }, back;
	time_t t;

	*ms = def;
	if (text == NULL)
		return ADMIN_OK;
	end = strptime(text, "%Y-%m-%d", &tm);
	back = tm;
	if (end == NULL || *end != '\0' || (t = timegm(&back)) < 0 || back.tm_mday != tm.tm_mday)
		return admin_fail(ADMIN_USAGE, "%s takes a day such as 2026-01-31, not %s", option, text);
	*ms = (int64_t)t * 1000;
	return ADMIN_OK;
}

/* r NULL: a balance alone, named by what. */
static void
statement_line(const struct statement *st, int64_t at_ms, const char *what, const struct history_row *r)
{
	const char *currency = st->account.currency;
	char at[CLOCK_TEXT_BYTES] = "", number[24] = "", amount[MONEY_TEXT_BYTES] = "", balance[MONEY_TEXT_BYTES];

	if (at_ms > 0 && at_ms != STATEMENT_END)
		clock_utc_text(at_ms, at);
	if (st->csv == NULL) {
		if (r != NULL)
			money_format_plain(r->amount, currency, amount);
		money_format_plain(st->balance, currency, balance);
		printf("%-24s  %-8s  %18s  %18s  %s  %s  %s\n", at, what, amount, balance, r == NULL ? "" : r->other,
		    r == NULL ? "" : r->other_name, r == NULL ? "" : r->reference);
		return;
	}
	csv_plain(st->csv, true, at);
	csv_text(st->csv, false, what);
	if (r != NULL)
		snprintf(number, sizeof number, "%llu", (unsigned long long)r->journal);
	csv_plain(st->csv, false, number);
	csv_text(st->csv, false, r == NULL ? "" : r->other);
	csv_text(st->csv, false, r == NULL ? "" : r->other_name);
	csv_text(st->csv, false, r == NULL ? "" : r->reference);
	if (r != NULL)
		csv_amount(st->csv, false, r->amount, currency);
	else
		csv_plain(st->csv, false, "");
	csv_amount(st->csv, false, st->balance, currency);
	csv_plain(st->csv, false, currency);
	csv_end(st->csv);
}

static enum rc
statement_run(struct admin *a, struct statement *st, int64_t from_ms, int64_t to_ms)
{
	struct ledger_store *l = &a->stores->ledger;
	struct history_row *page = calloc(STATEMENT_PAGE, sizeof *page);
	size_t n = STATEMENT_PAGE;
	uint64_t after = 0;
	enum rc r = RC_OK;

	if (page == NULL)
		return RC_NOMEM;
	if (st->csv != NULL)
		fputs("time,kind,journal,account,name,reference,amount,balance,currency\r\n", st->csv);
	statement_line(st, from_ms, "opening", NULL);
	while (r == RC_OK && n == STATEMENT_PAGE) {
		if ((r = l->ops->statement_lines(l, st->account.number, from_ms, to_ms, after, page, STATEMENT_PAGE, &n)) != RC_OK)
			break;
		for (size_t i = 0; i < n; i++) {
			st->balance += page[i].amount;
			statement_line(st, page[i].at_ms, "posting", &page[i]);
			after = page[i].posting;
		}
	}
	if (r == RC_OK)
		statement_line(st, to_ms, "closing", NULL);
	free(page);
	return r;
}

int
admin_account_statement(struct admin *a)
{
	struct ledger_store *l = &a->stores->ledger;
	const char *file = admin_option(a, "--csv");
	char number[ACCOUNT_MAX_BYTES + 1];
	struct statement st = { 0 };
	int64_t from_ms, to_ms;
	int status;
	enum rc r;

	if (account_number_parse(a->args[0], number) != RC_OK)
		return admin_fail(ADMIN_USAGE, "%s is not an account number; see: countersign-admin account list", a->args[0]);
	if ((status = statement_day(a, "--from", 0, &from_ms)) != ADMIN_OK ||
	    (status = statement_day(a, "--to", STATEMENT_END, &to_ms)) != ADMIN_OK)
		return status;
	if ((r = l->ops->statement_open(l, number, from_ms, &st.account, &st.balance)) != RC_OK)
		return admin_fail_rc(r, "no statement");
	if (file != NULL && (st.csv = strcmp(file, "-") == 0 ? stdout : fopen(file, "wxe")) == NULL)
		return admin_fail(ADMIN_BROKEN, "cannot make the file %s; it must not exist yet", file);
	r = statement_run(a, &st, from_ms, to_ms);
	if (st.csv != NULL && st.csv != stdout && fclose(st.csv) != 0 && r == RC_OK)
		r = RC_IO;
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "the statement is not complete");
}
