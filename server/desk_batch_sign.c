/*
 * desk_batch_sign.c - a batch signed: by its maker with control totals and a
 * code, by its checker with a reason, or with face and code.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every code is made for the digest of all lines as they stand: one changed
 * line, and it is good for nothing. A checker says which digest was shown: a
 * batch that came back changed meanwhile is not signed unseen.
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/desk_batch.h"
#include "server/dispatch.h"

#define BATCH_SUBJECT_BYTES 32u
#define BATCH_WORDS_BYTES  220u

static void
batch_subject(uint64_t batch, char dst[static BATCH_SUBJECT_BYTES])
{
	snprintf(dst, BATCH_SUBJECT_BYTES, "batch %llu", (unsigned long long)batch);
}

/* "3 payments: 120.00 EUR, 5.00 USD" */
static void
totals_words(const struct batch *b, const struct batch_total *t, size_t n, char dst[static BATCH_WORDS_BYTES])
{
	size_t at = (size_t)snprintf(dst, BATCH_WORDS_BYTES, "%llu payment%s:", (unsigned long long)b->lines, b->lines == 1 ? "" : "s");
	char amount[MONEY_TEXT_BYTES];

	for (size_t i = 0; i < n && at < BATCH_WORDS_BYTES; i++) {
		money_format(t[i].sum, t[i].currency, amount);
		at += (size_t)snprintf(dst + at, BATCH_WORDS_BYTES - at, "%s %s", i > 0 ? "," : "", amount);
	}
}

/*
 * Do the totals typed from the paper agree with the lines? Says the first that
 * does not, but never what the lines say: the paper is to be counted.
 */
static enum rc
control_check(struct call *c, const cs_BatchCodeSend *ask, const struct batch_total *t, size_t n)
{
	for (pb_size_t i = 0; i < ask->control_count; i++) {
		const cs_BatchTotal *typed = &ask->control[i];
		size_t k = 0;

		while (k < n && strcmp(t[k].currency, typed->currency) != 0)
			k++;
		if (k == n)
			return call_refuse(c, RC_INVALID, "There is no payment in %s in this batch.", typed->currency);
		if (t[k].lines != typed->lines)
			return call_refuse(c, RC_INVALID, "The number of payments in %s does not agree with the lines; please count the paper again.",
			    typed->currency);
		if (t[k].sum != typed->sum)
			return call_refuse(c, RC_INVALID, "The sum in %s does not agree with the lines; please add up the paper again.",
			    typed->currency);
	}
	if (ask->control_count != n)
		return call_refuse(c, RC_INVALID, "The batch has payments in %zu currencies; please give the totals of each.", n);
	return RC_OK;
}

static enum rc
code_send(struct call *c, const struct batch *b, const struct batch_total *t, size_t n, const uint8_t digest[DIGEST_BYTES],
    const char *act)
{
	const struct office *o = c->desk->office;
	struct otp_order order = {
		.purpose = CODE_BATCH, .session = c->session.id, .digest = digest, .bank = o->config->bank,
		.now_ms = c->now_ms, .life_ms = o->config->code.life_ms,
	};
	char subject[BATCH_SUBJECT_BYTES], totals[BATCH_WORDS_BYTES], about[BATCH_WORDS_BYTES + 64];
	struct person p = { 0 };
	enum rc r;

	batch_subject(b->id, subject);
	totals_words(b, t, n, totals);
	snprintf(about, sizeof about, "%s %s of %s", act, subject, totals);
	order.about = about;
	if ((r = call_person(c, &p)) == RC_OK) {
		order.person = &p;
		r = desk_code_send(c, &order, subject, call_event(c, AUDIT_CODE_SEND, RC_OK, subject, "code to %s it, %s", act, totals));
	}
	crypto_wipe(&p, sizeof p);
	return r;
}

/* A batch that this checker may post; seen: the digest of what was shown to the checker, NULL: not told. */
static enum rc
to_post(struct call *c, uint64_t batch, const uint8_t *seen, struct batch *b, struct batch_total total[BATCH_CURRENCIES_MAX],
    size_t *n)
{
	enum rc r = desk_batch_get_for(c, batch, b, total, n);

	if (r != RC_OK)
		return r;
	if (b->state != BATCH_SUBMITTED)
		return call_refuse(c, RC_EARLY, "This batch does not wait to be checked.");
	if (b->maker == c->session.person)
		return desk_batch_words(c, RC_DENIED);
	if (seen != NULL && !crypto_same(seen, b->digest, DIGEST_BYTES))
		return call_refuse(c, RC_REQUEST_OTHER, "The batch was changed since you opened it; please open it again and compare anew.");
	return RC_OK;
}

enum rc
desk_batch_face_digest(struct call *c, uint64_t batch, uint8_t digest[static DIGEST_BYTES])
{
	struct batch_total total[BATCH_CURRENCIES_MAX];
	struct batch b;
	size_t n = 0;
	enum rc r = to_post(c, batch, NULL, &b, total, &n);

	if (r == RC_OK)
		memcpy(digest, b.digest, DIGEST_BYTES);
	return r;
}

/* Records a refusal and words it. */
static enum rc
sign_refuse(struct call *c, uint64_t batch, enum rc r, const char *act)
{
	char subject[BATCH_SUBJECT_BYTES];

	batch_subject(batch, subject);
	if (r != RC_STORE)
		call_audit(c, AUDIT_BATCH_REFUSE, r, subject, "not %s", act);
	return c->answer->detail[0] != '\0' ? r : desk_batch_words(c, r);
}

enum rc
desk_batch_code_send(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchCodeSend *ask = &c->ask->body.batch_code_send;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	uint8_t digest[DIGEST_BYTES];
	struct batch b;
	size_t n = 0;
	enum rc r;

	/* The digest first: a line changed after it is noticed when the batch is submitted. */
	r = s->ops->digest(s, ask->batch, c->session.person, digest);
	if (r == RC_INVALID)
		return call_refuse(c, r, "The batch has no payment yet.");
	if (r == RC_OK) {
		if ((r = desk_batch_get_for(c, ask->batch, &b, total, &n)) != RC_OK || (r = control_check(c, ask, total, n)) != RC_OK)
			return r;
		return code_send(c, &b, total, n, digest, "submit");
	}
	if (r != RC_EARLY && r != RC_NOT_FOUND)
		return desk_batch_words(c, r);
	/* Not a draft of this person's: a checker's, then. */
	if ((r = to_post(c, ask->batch, ask->digest, &b, total, &n)) != RC_OK)
		return r == RC_REQUEST_OTHER ? sign_refuse(c, ask->batch, r, "signed") : r;
	return code_send(c, &b, total, n, b.digest, "post");
}

/* The code that was typed, checked against the digest. */
static enum rc
code_take(struct call *c, const char *code, const uint8_t digest[DIGEST_BYTES], struct code_use *by)
{
	struct otp_try t = {
		.purpose = CODE_BATCH, .person = c->session.person, .session = c->session.id, .digest = digest,
		.code = code, .now_ms = c->now_ms,
	};

	*by = (struct code_use){ .person = c->session.person, .now_ms = c->now_ms };
	memcpy(by->session, c->session.id, sizeof by->session);
	memcpy(by->digest, digest, sizeof by->digest);
	return otp_check(c->desk->stores, c->desk->office->vault, &t, &by->code);
}

enum rc
desk_batch_submit(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchSubmit *ask = &c->ask->body.batch_submit;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	char subject[BATCH_SUBJECT_BYTES], words[BATCH_WORDS_BYTES];
	uint8_t digest[DIGEST_BYTES];
	struct code_use by;
	struct batch b;
	size_t n = 0;
	enum rc r;

	if ((r = s->ops->digest(s, ask->batch, c->session.person, digest)) != RC_OK ||
	    (r = desk_batch_get_for(c, ask->batch, &b, total, &n)) != RC_OK ||
	    (r = code_take(c, ask->code, digest, &by)) != RC_OK)
		return sign_refuse(c, ask->batch, r, "submitted");
	batch_subject(b.id, subject);
	totals_words(&b, total, n, words);
	r = s->ops->submit(s, b.id, &by, call_event(c, AUDIT_BATCH_SUBMIT, RC_OK, subject, "%s", words));
	return r != RC_OK ? sign_refuse(c, ask->batch, r, "submitted") : desk_batch_answer(c, b.id, 0);
}

enum rc
desk_batch_back(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchBack *ask = &c->ask->body.batch_back;
	char subject[BATCH_SUBJECT_BYTES];
	enum rc r;

	if (!text_is_line(ask->reason, REFERENCE_MAX_BYTES))
		return call_refuse(c, RC_INVALID, "Please say why it is sent back.");
	batch_subject(ask->batch, subject);
	r = s->ops->back(s, ask->batch, c->session.person, ask->reason, call_event(c, AUDIT_BATCH_BACK, RC_OK, subject, "%s",
	    ask->reason));
	if (r == RC_EARLY)
		return call_refuse(c, r, "This batch does not wait to be checked any more.");
	if (r != RC_OK)
		return sign_refuse(c, ask->batch, r, "sent back");
	return desk_batch_answer(c, ask->batch, 0);
}

/* What stopped a batch, with the line as the maker counts it. */
static enum rc
post_refuse(struct call *c, uint64_t batch, enum rc r, uint64_t failed)
{
	struct batch_store *s = &c->desk->stores->batch;
	struct batch_line l[BATCH_LINES_PAGE];
	uint64_t from = 1, number = 1;
	char subject[BATCH_SUBJECT_BYTES];
	size_t n = 0;

	batch_subject(batch, subject);
	if (failed == 0)
		return sign_refuse(c, batch, r, "posted");
	while (s->ops->lines(s, batch, from, l, BATCH_LINES_PAGE, &n) == RC_OK && n > 0) {
		size_t k = 0;

		while (k < n && l[k].place != failed)
			k++;
		number += k;
		if (k < n)
			break;
		from = l[n - 1].place + 1;
	}
	call_audit(c, AUDIT_BATCH_REFUSE, r, subject, "not posted: line %llu", (unsigned long long)number);
	return call_refuse(c, r, "Nothing was posted: line %llu stopped it, as %s.", (unsigned long long)number,
	    r == RC_DENIED ? "it moves your own money" : rc_text(r));
}

enum rc
desk_batch_post(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchPost *ask = &c->ask->body.batch_post;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	char subject[BATCH_SUBJECT_BYTES], words[BATCH_WORDS_BYTES];
	uint64_t failed = 0;
	struct code_use by;
	struct batch b;
	size_t n = 0;
	enum rc r;

	if ((r = desk_batch_get_for(c, ask->batch, &b, total, &n)) != RC_OK)
		return r;
	/* Posted by this very person: the answer was lost. */
	if (b.state == BATCH_POSTED && b.checker == c->session.person)
		return desk_batch_answer(c, b.id, 0);
	if ((r = to_post(c, ask->batch, ask->digest, &b, total, &n)) != RC_OK || (r = code_take(c, ask->code, b.digest, &by)) != RC_OK)
		return sign_refuse(c, ask->batch, r, "posted");
	batch_subject(b.id, subject);
	totals_words(&b, total, n, words);
	r = s->ops->post(s, b.id, &by, call_event(c, AUDIT_BATCH_POST, RC_OK, subject, "%s", words), &failed);
	return r != RC_OK ? post_refuse(c, ask->batch, r, failed) : desk_batch_answer(c, b.id, 0);
}
