/*
 * batch_pick.c - gathered from what was typed, each account once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/batch_pick.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/batch_line.h"
#include "proto/crypto.h"
#include "proto/money.h"

struct found {
	struct known_account account;
	size_t order;		/* the latest first */
	bool first;		/* it stood in the column that is asked for */
};

static int
found_by_number(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int d = strcmp(x->account.number, y->account.number);

	return d != 0 ? d : (x->order > y->order) - (x->order < y->order);
}

static int
found_by_order(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->first != y->first ? (x->first ? -1 : 1) : (x->order > y->order) - (x->order < y->order);
}

/* What a line tells of the account in one of its columns. */
static void
found_in_line(struct found *f, size_t *n, const struct line_fact *fact, const cs_BatchLine *l, int col)
{
	bool debit = col == BATCH_DEBIT;
	const char *number = debit ? l->debit : l->payee, *judged = debit ? fact->judged.debit : fact->judged.payee;
	cs_BatchField field = debit ? cs_BatchField_BATCH_FIELD_DEBIT : cs_BatchField_BATCH_FIELD_PAYEE;
	struct found *to = &f[*n];

	if (number[0] == '\0' || (fact->state == LINE_WRONG && fact->word.field == field))
		return;
	*to = (struct found){ .order = *n, .account = { .debit = debit, .payee = !debit } };
	snprintf(to->account.number, sizeof to->account.number, "%s", number);
	/* While a line waits, the name may be that of what stood there before. */
	if (fact->state != LINE_WAITS && strcmp(judged, number) == 0)
		snprintf(to->account.name, sizeof to->account.name, "%s", debit ? fact->word.debit_name : fact->word.payee_name);
	++*n;
}

/* Each account once, with a name if any of its lines has one. */
static size_t
found_merge(struct found *f, size_t n, int col)
{
	size_t kept = 0;

	if (n > 0)
		qsort(f, n, sizeof *f, found_by_number);
	for (size_t i = 0; i < n; i++) {
		struct known_account *last = kept > 0 ? &f[kept - 1].account : NULL, *now = &f[i].account;

		if (last == NULL || strcmp(last->number, now->number) != 0) {
			f[kept++] = f[i];
			continue;
		}
		last->debit |= now->debit;
		last->payee |= now->payee;
		if (last->name[0] == '\0')
			memcpy(last->name, now->name, sizeof last->name);
	}
	for (size_t i = 0; i < kept; i++)
		f[i].first = (col == BATCH_DEBIT && f[i].account.debit) || (col == BATCH_PAYEE && f[i].account.payee);
	if (kept > 0)
		qsort(f, kept, sizeof *f, found_by_order);
	return kept;
}

/* All accounts that are known, those of column col first; *n of them. NULL: out of memory. free() it. */
static struct known_account *
accounts_gather(const struct batch_lines *b, const struct visit *v, int col, size_t *n)
{
	size_t room = 2 * b->facts + v->knowns + 1;
	struct found *f = calloc(room, sizeof *f);
	struct known_account *a = calloc(room, sizeof *a);
	cs_BatchLine l;

	*n = 0;
	for (size_t i = b->facts; i-- > 0 && f != NULL && a != NULL;) {
		batch_line_read(&b->grid, i, &l);
		found_in_line(f, n, &b->fact[i], &l, BATCH_DEBIT);
		found_in_line(f, n, &b->fact[i], &l, BATCH_PAYEE);
	}
	if (f == NULL || a == NULL) {
		free(f);
		free(a);
		return NULL;
	}
	for (size_t i = 0; i < v->knowns; i++, ++*n)
		f[*n] = (struct found){ .account = v->known[i], .order = *n };
	*n = found_merge(f, *n, col);
	for (size_t i = 0; i < *n; i++)
		a[i] = f[i].account;
	crypto_wipe(f, room * sizeof *f);
	free(f);
	return a;
}

/* Those of this batch first, then all in the order of their codes. */
static struct known_account *
currencies_gather(const struct batch_lines *b, size_t *n)
{
	cs_BatchTotal total[BATCH_CURRENCIES_MAX];
	size_t used = batch_lines_totals(b, total), all = 0;
	struct known_account *a;
	const char *code, *name;

	while (money_currency(all, &name) != NULL)
		all++;
	if ((a = calloc(all, sizeof *a)) == NULL)
		return NULL;
	*n = 0;
	for (int first = 1; first >= 0; first--)
		for (size_t i = 0; (code = money_currency(i, &name)) != NULL; i++) {
			bool in = false;

			for (size_t k = 0; k < used; k++)
				in = in || strcmp(total[k].currency, code) == 0;
			if (in != first)
				continue;
			snprintf(a[*n].number, sizeof a[*n].number, "%s", code);
			snprintf(a[(*n)++].name, sizeof a->name, "%s", name);
		}
	return a;
}

static void
batch_pick_text(const void *ctx, size_t i, char text[static TABLE_CELL_BYTES])
{
	const struct batch_pick *p = ctx;
	char number[FIELD_BYTES];

	account_number_format(p->item[i].number, number, sizeof number);
	snprintf(text, TABLE_CELL_BYTES, "%s  %s", number, p->item[i].name);
}

static struct pick_items
batch_pick_items(const struct batch_pick *p)
{
	return (struct pick_items){ .title = p->currencies ? "Currencies" : "Accounts of your payments", .n = p->n, .text = batch_pick_text,
		.ctx = p };
}

void
batch_pick_open(struct batch_pick *p, const struct batch_lines *b, struct visit *v)
{
	struct pick_items items;

	batch_pick_close(p);
	p->currencies = b->grid.col == BATCH_CURRENCY;
	p->item = p->currencies ? currencies_gather(b, &p->n) : accounts_gather(b, v, b->grid.col, &p->n);
	if (p->item == NULL) {
		visit_say(v, NOTICE_BAD, "This terminal is out of memory; please type it.");
		return;
	}
	if (p->n == 0) {
		batch_pick_close(p);
		visit_say(v, NOTICE_INFO, "There is nothing to choose yet: F4 lists the accounts that you have typed since you logged in.");
		return;
	}
	items = batch_pick_items(p);
	pick_open(&p->pick, &items);
}

bool
batch_pick_key(struct batch_pick *p, struct grid *g, struct key k)
{
	struct pick_items items = batch_pick_items(p);
	char text[FIELD_BYTES];
	size_t chosen;
	enum pick_did did = pick_key(&p->pick, &items, k, &chosen);

	if (did == PICK_CHOSEN) {
		account_number_format(p->item[chosen].number, text, sizeof text);
		grid_put(g, text);
	}
	if (did != PICK_GOES_ON)
		batch_pick_close(p);
	return did == PICK_CHOSEN;
}

void
batch_pick_draw(const struct batch_pick *p, struct cells *c)
{
	struct pick_items items = batch_pick_items(p);

	if (p->pick.open)
		pick_draw(&p->pick, &items, c);
}

void
batch_pick_close(struct batch_pick *p)
{
	if (p->item != NULL)
		crypto_wipe(p->item, p->n * sizeof *p->item);
	free(p->item);
	crypto_wipe(p, sizeof *p);
}

void
batch_pick_learn(const struct batch_lines *b, struct visit *v)
{
	size_t n;
	struct known_account *a = accounts_gather(b, v, BATCH_COLS, &n);

	if (a == NULL)
		return;
	v->knowns = n < KNOWN_ACCOUNTS ? n : KNOWN_ACCOUNTS;
	memcpy(v->known, a, v->knowns * sizeof *a);
	crypto_wipe(a, n * sizeof *a);
	free(a);
}
