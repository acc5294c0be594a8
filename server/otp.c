/*
 * otp.c - one-time codes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/otp.h"

#define OTP_CODES 1000000u	/* 10 to the power of CODE_DIGITS */

void
otp_mask_email(const char *email, char dst[static EMAIL_MAX_BYTES + 1])
{
	const char *at = strchr(email, '@');

	if (at == NULL || at == email)
		snprintf(dst, EMAIL_MAX_BYTES + 1, "***");
	else
		snprintf(dst, EMAIL_MAX_BYTES + 1, "%c***%s", email[0], at);
}

/* What the code is for, in words. */
static void
otp_words(const struct otp_order *o, char *dst, size_t n)
{
	char amount[MONEY_TEXT_BYTES] = "", account[64] = "";

	if (o->txn != NULL) {
		money_format(o->txn->amount, o->txn->currency, amount);
		account_number_format(o->txn->payee, account, sizeof account);
	}
	switch (o->purpose) {
	case CODE_REGISTER:
		snprintf(dst, n, "It confirms your e-mail address for a new account.");
		break;
	case CODE_LOGIN:
		snprintf(dst, n, "It completes your log-in at a branch terminal.");
		break;
	case CODE_TRANSACTION:
		snprintf(dst, n, "It confirms one transfer only:\n  amount  %s\n  to      %s\n  account %s", amount,
		    o->txn->payee_name, account);
		break;
	case CODE_APPROVAL:
		snprintf(dst, n, "With it you, as a member of staff, approve one transfer of a customer:\n  customer %s\n"
		    "  amount   %s\n  to       %s\n  account  %s", o->about, amount, o->txn->payee_name, account);
		break;
	case CODE_STAFF:
		snprintf(dst, n, "With it you, as a member of staff, %s", o->about);
		break;
	case CODE_BATCH:
		snprintf(dst, n, "With it you %s.", o->about);
		break;
	}
}

static enum rc
otp_message(const struct vault *v, const struct otp_order *o, const char *email, const char *code, struct outbox_new *m)
{
	char text[OUTBOX_TEXT_MAX], words[560];
	enum rc r;
	int n;

	otp_words(o, words, sizeof words);
	n = snprintf(text, sizeof text,
	    "%s\n%s: your code\nYour code: %s\n\n%s\n\nIt is good for %lld seconds. "
	    "If you did not ask for it, tell the bank. Nobody from the bank will ever ask you for it.\n",
	    email, o->bank, code, words, (long long)(o->life_ms / 1000));
	r = n > 0 && (size_t)n < sizeof text ? vault_outbox_put(v, text, m) : RC_TOO_BIG;
	m->person = o->person->id;
	m->expires_ms = o->now_ms + o->life_ms;
	crypto_wipe(text, sizeof text);
	return r;
}

enum rc
otp_send(struct stores *st, const struct vault *v, const struct rng *g, const struct otp_order *o,
    const struct audit_event *ev, char masked[static EMAIL_MAX_BYTES + 1])
{
	char email[EMAIL_MAX_BYTES + 1] = "", code[CODE_DIGITS + 1] = "";
	struct code_row row = { .person = o->person->id, .purpose = o->purpose };
	struct outbox_new message = { 0 };
	enum rc r = RC_BUG;

	if ((r = vault_email_get(v, o->person, email)) != RC_OK)
		goto out;
	row.created_ms = o->now_ms;
	row.expires_ms = o->now_ms + o->life_ms;
	memcpy(row.session, o->session, sizeof row.session);
	if (o->digest != NULL)
		memcpy(row.digest, o->digest, sizeof row.digest);
	rng_fill(g, row.salt, sizeof row.salt);
	snprintf(code, sizeof code, "%06u", rng_below(g, OTP_CODES) % OTP_CODES);
	vault_code_hash(v, &row, code, row.hash);
	if ((r = otp_message(v, o, email, code, &message)) != RC_OK ||
	    (r = st->code.ops->issue(&st->code, &row, &message, ev)) != RC_OK)
		goto out;
	otp_mask_email(email, masked);
out:
	crypto_wipe(email, sizeof email);
	crypto_wipe(code, sizeof code);
	crypto_wipe(&row, sizeof row);
	return r;
}

enum rc
otp_check(struct stores *st, const struct vault *v, const struct otp_try *t, uint64_t *id)
{
	static const uint8_t none[DIGEST_BYTES];
	const uint8_t *digest = t->digest != NULL ? t->digest : none;
	uint8_t given[DIGEST_BYTES] = { 0 };
	struct code_row row = { 0 };
	enum rc r = RC_BUG;

	if (!text_is_digits(t->code, CODE_DIGITS))
		return RC_CODE_WRONG;
	if ((r = st->code.ops->take(&st->code, t->session, t->purpose, digest, t->now_ms, &row)) != RC_OK)
		goto out;
	vault_code_hash(v, &row, t->code, given);
	r = row.person == t->person && crypto_same(given, row.hash, sizeof given) ? RC_OK : RC_CODE_WRONG;
	if (r == RC_OK)
		*id = row.id;
out:
	crypto_wipe(given, sizeof given);
	crypto_wipe(&row, sizeof row);
	return r;
}
