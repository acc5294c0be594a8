/*
 * desk_batch.c - batches looked at and made: opened, imported, dropped, read, listed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/role.h"
#include "server/desk_batch.h"
#include "server/dispatch.h"

enum rc
desk_batch_words(struct call *c, enum rc r)
{
	switch (r) {
	case RC_NOT_FOUND:
		return call_refuse(c, r, "There is no such batch for you.");
	case RC_EARLY:
		return call_refuse(c, r, "The batch has been submitted, posted or dropped; it cannot be changed now.");
	case RC_LIMIT:
		return call_refuse(c, r, "A batch holds %u payments in %u currencies at most; please begin another.",
		    BATCH_LINES_MAX, BATCH_CURRENCIES_MAX);
	case RC_REQUEST_OTHER:
		return call_refuse(c, r, "A line was changed after the code had been asked for; please sign again.");
	case RC_DENIED:
		return call_refuse(c, r, "Who made a batch cannot check it.");
	case RC_PROOF_MISSING:
		return call_refuse(c, r, "A live face for this batch is missing or too old; please look into the camera again.");
	default:
		return desk_code_refuse(c, r);
	}
}

static void
head_fill(const struct batch *b, cs_BatchHead *to)
{
	to->batch = b->id;
	to->state = (cs_BatchState)b->state;
	to->lines = (uint32_t)b->lines;
	memcpy(to->maker, b->maker_name, sizeof to->maker);
	memcpy(to->checker, b->checker_name, sizeof to->checker);
	to->changed_utc_ms = b->changed_ms;
	to->submitted_utc_ms = b->submitted_ms;
	to->decided_utc_ms = b->decided_ms;
	memcpy(to->reason, b->reason, sizeof to->reason);
}

enum rc
desk_batch_get_for(struct call *c, uint64_t id, struct batch *b, struct batch_total total[BATCH_CURRENCIES_MAX], size_t *totals)
{
	struct batch_store *s = &c->desk->stores->batch;
	enum rc r = s->ops->get(s, id, b, total, totals);
	bool shown;

	if (r != RC_OK)
		return r == RC_NOT_FOUND ? desk_batch_words(c, r) : r;
	shown = b->state == BATCH_SUBMITTED || b->state == BATCH_POSTED ||
	    (b->state == BATCH_SENT_BACK && b->checker == c->session.person);
	if (b->maker != c->session.person && !(shown && (c->session.roles & ROLE_CHECKER) != 0))
		return desk_batch_words(c, RC_NOT_FOUND);
	return RC_OK;
}

static void
line_fill(const struct batch_line *l, cs_BatchLine *row)
{
	row->place = l->place;
	memcpy(row->debit, l->debit, sizeof row->debit);
	memcpy(row->payee, l->payee, sizeof row->payee);
	memcpy(row->payee_name, l->payee_name, sizeof row->payee_name);
	row->amount = l->amount;
	memcpy(row->currency, l->currency, sizeof row->currency);
	memcpy(row->reference, l->reference, sizeof row->reference);
}

/* What its maker has not finished. */
static enum rc
unfinished_fill(struct call *c, const struct batch *b, cs_Batch *to)
{
	struct batch_store *s = &c->desk->stores->batch;
	struct batch_line l[BATCH_UNFINISHED_MAX] = { 0 };
	size_t n = 0;
	enum rc r;

	if (b->maker != c->session.person || (b->state != BATCH_DRAFT && b->state != BATCH_SENT_BACK))
		return RC_OK;
	if ((r = s->ops->kept(s, b->id, l, &n)) != RC_OK)
		return r;
	for (size_t i = 0; i < n; i++)
		line_fill(&l[i], &to->unfinished[i]);
	to->unfinished_count = (pb_size_t)n;
	return RC_OK;
}

static enum rc
lines_fill(struct call *c, uint64_t batch, uint64_t from, cs_Batch *to)
{
	struct batch_store *s = &c->desk->stores->batch;
	struct batch_line l[BATCH_LINES_READ + 1];
	size_t n = 0;
	enum rc r;

	if ((r = s->ops->lines(s, batch, from, l, BATCH_LINES_READ + 1, &n)) != RC_OK)
		return r;
	if (n > BATCH_LINES_READ)
		to->next = l[--n].place;
	for (size_t i = 0; i < n; i++)
		line_fill(&l[i], &to->lines[i]);
	to->lines_count = (pb_size_t)n;
	return RC_OK;
}

enum rc
desk_batch_answer(struct call *c, uint64_t batch, uint64_t from)
{
	cs_Batch *to = &c->answer->body.batch;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	struct batch b;
	size_t n = 0;
	enum rc r;

	if ((r = desk_batch_get_for(c, batch, &b, from <= 1 ? total : NULL, &n)) != RC_OK ||
	    (from != 0 && (r = lines_fill(c, batch, from, to)) != RC_OK) || (from == 1 && (r = unfinished_fill(c, &b, to)) != RC_OK))
		return r;
	to->has_head = true;
	head_fill(&b, &to->head);
	memcpy(to->digest, b.digest, sizeof to->digest);
	to->version = b.version;
	to->maker = b.maker;
	for (size_t i = 0; i < n; i++) {
		memcpy(to->totals[i].currency, total[i].currency, sizeof to->totals[i].currency);
		to->totals[i].lines = (uint32_t)total[i].lines;
		to->totals[i].sum = total[i].sum;
	}
	to->totals_count = (pb_size_t)n;
	c->answer->which_body = cs_Envelope_batch_tag;
	return RC_OK;
}

enum rc
desk_batch_open(struct call *c)
{
	static const uint8_t none[ID_BYTES];
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchOpen *ask = &c->ask->body.batch_open;
	uint64_t id = 0;
	enum rc r;

	if (memcmp(ask->request, none, sizeof none) == 0)
		return call_refuse(c, RC_INVALID, "The request has no number.");
	r = s->ops->open(s, c->session.person, ask->request, ask->import ? BATCH_IMPORT : BATCH_DRAFT,
	    call_event(c, AUDIT_BATCH_OPEN, RC_OK, "", "%s", ask->import ? "to import a file" : "a new batch"), &id);
	if (r != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_batch_opened_tag;
	c->answer->body.batch_opened.batch = id;
	return RC_OK;
}

/* "12": what audit records call a batch. */
static const char *
subject_of(uint64_t batch, char dst[static 24])
{
	snprintf(dst, 24, "batch %llu", (unsigned long long)batch);
	return dst;
}

enum rc
desk_batch_imported(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	uint64_t id = c->ask->body.batch_imported.batch;
	char subject[24];
	enum rc r = s->ops->imported(s, id, c->session.person, call_event(c, AUDIT_BATCH_OPEN, RC_OK, subject_of(id, subject),
	    "imported whole"));

	return r != RC_OK ? desk_batch_words(c, r) : desk_batch_answer(c, id, 0);
}

enum rc
desk_batch_drop(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	uint64_t id = c->ask->body.batch_drop.batch;
	char subject[24];
	enum rc r = s->ops->drop(s, id, c->session.person, call_event(c, AUDIT_BATCH_DROP, RC_OK, subject_of(id, subject),
	    "thrown away"));

	return r != RC_OK ? desk_batch_words(c, r) : desk_batch_answer(c, id, 0);
}

enum rc
desk_batch_get(struct call *c)
{
	const cs_BatchGet *ask = &c->ask->body.batch_get;

	return desk_batch_answer(c, ask->batch, ask->from != 0 ? ask->from : 1);
}

enum rc
desk_batch_queue(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchQueueGet *ask = &c->ask->body.batch_queue_get;
	cs_BatchQueue *to = &c->answer->body.batch_queue;
	struct batch list[BATCH_QUEUE_PAGE];
	size_t n = 0;
	enum rc r;

	if (ask->queue == cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK && (c->session.roles & ROLE_CHECKER) == 0)
		return call_refuse(c, RC_DENIED, "Only a checker sees what waits to be checked.");
	r = s->ops->list(s, (enum batch_queue)ask->queue, c->session.person, ask->since_utc_ms, ask->before, list,
	    BATCH_QUEUE_PAGE, &n);
	if (r != RC_OK)
		return r == RC_INVALID ? call_refuse(c, r, "There is no such queue.") : r;
	for (size_t i = 0; i < n; i++)
		head_fill(&list[i], &to->batches[i]);
	to->batches_count = (pb_size_t)n;
	if (n == BATCH_QUEUE_PAGE)
		to->next_before = list[n - 1].id;
	c->answer->which_body = cs_Envelope_batch_queue_tag;
	return RC_OK;
}
