/*
 * batch_line.c - one payment as it stands in the grid.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/batch_line.h"

#include <string.h>

#include "client/amount.h"
#include "client/batch_lines.h"
#include "proto/money.h"
#include "proto/text.h"

bool
batch_line_read(const struct grid *g, size_t line, cs_BatchLine *l)
{
	int exponent = money_exponent(grid_text(g, line, BATCH_CURRENCY));
	bool whole = exponent >= 0;

	*l = (cs_BatchLine)cs_BatchLine_init_zero;
	if (account_number_parse(grid_text(g, line, BATCH_DEBIT), l->debit) != RC_OK)
		l->debit[0] = '\0';
	if (account_number_parse(grid_text(g, line, BATCH_PAYEE), l->payee) != RC_OK)
		l->payee[0] = '\0';
	if (exponent >= 0 && text_copy(l->currency, sizeof l->currency, grid_text(g, line, BATCH_CURRENCY)) != RC_OK)
		whole = false;
	if (amount_calc(grid_text(g, line, BATCH_AMOUNT), exponent < 0 ? 2 : exponent, &l->amount) != RC_OK)
		whole = false;
	if (text_copy(l->reference, sizeof l->reference, grid_text(g, line, BATCH_REFERENCE)) != RC_OK)
		whole = false;
	return whole && l->debit[0] != '\0' && l->payee[0] != '\0';
}

bool
batch_line_same(const cs_BatchLine *a, const cs_BatchLine *b)
{
	return strcmp(a->debit, b->debit) == 0 && strcmp(a->payee, b->payee) == 0 && a->amount == b->amount &&
	    strcmp(a->currency, b->currency) == 0 && strcmp(a->reference, b->reference) == 0;
}

bool
batch_line_any(const cs_BatchLine *l)
{
	return l->debit[0] != '\0' || l->payee[0] != '\0' || l->amount != 0 || l->reference[0] != '\0';
}

bool
batch_line_tells(const struct grid *g, size_t line, const cs_BatchLine *l)
{
	return (grid_text(g, line, BATCH_DEBIT)[0] == '\0' || l->debit[0] != '\0') &&
	    (grid_text(g, line, BATCH_PAYEE)[0] == '\0' || l->payee[0] != '\0') &&
	    (grid_text(g, line, BATCH_AMOUNT)[0] == '\0' || l->amount != 0) &&
	    (grid_text(g, line, BATCH_CURRENCY)[0] == '\0' || l->currency[0] != '\0');
}
