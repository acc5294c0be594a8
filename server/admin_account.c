/*
 * admin_account.c - countersign-admin account and person.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/admin.h"

#define ACCOUNTS_LISTED 10000u
#define PERSONS_PAGE      256u

int
admin_account_list(struct admin *a)
{
	struct account *list = calloc(ACCOUNTS_LISTED, sizeof *list);
	char number[2 * ACCOUNT_MAX_BYTES], amount[MONEY_TEXT_BYTES];
	size_t n = 0;
	enum rc r;

	if (list == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	if ((r = a->stores->ledger.ops->accounts_of(&a->stores->ledger, 0, list, ACCOUNTS_LISTED, &n)) == RC_OK)
		for (size_t i = 0; i < n; i++) {
			account_number_format(list[i].number, number, sizeof number);
			money_format(list[i].balance, list[i].currency, amount);
			printf("%-28s %20s  %s%s\n", number, amount, list[i].name, list[i].kind == ACCOUNT_INTERNAL ? " (of the bank)" : "");
		}
	free(list);
	if (r == RC_OK && n == ACCOUNTS_LISTED)
		printf("... the first %u only\n", ACCOUNTS_LISTED);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the accounts");
}

/* The request id lets a deposit with unknown outcome be asked for again without happening twice. */
static int
deposit_id(const struct admin *a, uint8_t id[static ID_BYTES])
{
	const char *given = admin_option(a, "--request");

	if (given == NULL)
		rng_fill(a->rng, id, ID_BYTES);
	else if (hex_get(given, id, ID_BYTES) != RC_OK)
		return admin_fail(ADMIN_USAGE, "--request takes %u hex digits, as printed by the deposit that failed", 2 * ID_BYTES);
	return ADMIN_OK;
}

int
admin_account_deposit(struct admin *a)
{
	const char *reference = admin_option(a, "--reference");
	struct audit_event ev = admin_event(a, AUDIT_DEPOSIT, "");
	char number[ACCOUNT_MAX_BYTES + 1], amount[MONEY_TEXT_BYTES], hex[2 * ID_BYTES + 1];
	struct ledger_deposit d = { .account = number, .currency = a->args[2],
	    .reference = reference != NULL ? reference : "Deposit", .now_ms = ev.at_ms };
	struct receipt receipt;
	int status;
	enum rc r;

	if (account_number_parse(a->args[0], number) != RC_OK)
		return admin_fail(ADMIN_USAGE, "%s is not an account number; see: countersign-admin account list", a->args[0]);
	if (money_exponent(d.currency) < 0)
		return admin_fail(ADMIN_USAGE, "the currency %s is not supported; give a code such as EUR", d.currency);
	if (money_parse(a->args[1], d.currency, &d.amount) != RC_OK)
		return admin_fail(ADMIN_USAGE, "%s is not an amount in %s; write it like 250.00", a->args[1], d.currency);
	if (!text_is_line(d.reference, REFERENCE_MAX_BYTES))
		return admin_fail(ADMIN_USAGE, "the reference is one line of at most %u characters", REFERENCE_MAX_BYTES);
	if ((status = deposit_id(a, d.request)) != ADMIN_OK)
		return status;
	snprintf(ev.subject, sizeof ev.subject, "%s", number);
	hex_put(d.request, ID_BYTES, hex);
	if ((r = a->stores->ledger.ops->deposit(&a->stores->ledger, &d, &ev, &receipt)) == RC_STORE)
		return admin_fail(ADMIN_BROKEN, "it is not known whether the deposit happened: %s; give the same command with --request %s",
		    rc_text(r), hex);
	if (r != RC_OK)
		return admin_fail_rc(r, "no deposit");
	money_format(receipt.txn.amount, receipt.txn.currency, amount);
	printf("deposited %s to %s (%s), journal %llu\n", amount, number, receipt.txn.payee_name, (unsigned long long)receipt.journal);
	money_format(receipt.balance_after, receipt.txn.currency, amount);
	printf("balance   %s\n", amount);
	return ADMIN_OK;
}

static void
print_person(const struct person_summary *p, int64_t now_ms)
{
	char until[32], number[24];

	snprintf(number, sizeof number, "#%llu", (unsigned long long)p->id);	/* until there is a customer number */
	printf("%-8s  %-8s  %s", p->customer[0] != '\0' ? p->customer : number, p->status == PERSON_ACTIVE ? "active" : p->status == PERSON_LOCKED ? "locked" : "pending", p->name);
	if (p->password_locked_until > now_ms) {
		clock_local_text(p->password_locked_until, until, sizeof until);
		printf("; password locked until %s", until);
	}
	if (p->face_fails_total >= FACE_TRIES_TOTAL) {
		printf("; face disabled, unlock needed");
	} else if (p->face_locked_until > now_ms) {
		clock_local_text(p->face_locked_until, until, sizeof until);
		printf("; face locked until %s", until);
	}
	putchar('\n');
}

int
admin_person_list(struct admin *a)
{
	struct person_summary *page = calloc(PERSONS_PAGE, sizeof *page);
	int64_t now_ms = clock_utc_ms(a->clock);
	size_t n = PERSONS_PAGE;
	uint64_t after = 0;
	enum rc r = RC_OK;

	if (page == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	while (n == PERSONS_PAGE &&
	    (r = a->stores->person.ops->list(&a->stores->person, after, page, PERSONS_PAGE, &n)) == RC_OK && n > 0) {
		for (size_t i = 0; i < n; i++)
			print_person(&page[i], now_ms);
		after = page[n - 1].id;
	}
	free(page);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the people");
}

int
admin_person_unlock(struct admin *a)
{
	struct audit_event ev = admin_event(a, AUDIT_PERSON_UNLOCK, a->args[0]);
	struct person p;
	enum rc r;

	if ((r = a->stores->person.ops->by_customer(&a->stores->person, a->args[0], &p)) == RC_OK) {
		ev.person = p.id;
		r = a->stores->person.ops->unlock(&a->stores->person, p.id, 0, &ev);
	}
	crypto_wipe(&p, sizeof p);
	if (r == RC_NOT_FOUND)
		return admin_fail(ADMIN_REFUSED, "no customer has the number %s; see: countersign-admin person list", a->args[0]);
	if (r != RC_OK)
		return admin_fail_rc(r, "cannot unlock");
	printf("unlocked %s\n", a->args[0]);
	return ADMIN_OK;
}
