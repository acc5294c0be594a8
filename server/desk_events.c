/*
 * desk_events.c - the audit trail at the console: followed live, and searched.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Following: inside a lane the order of numbers is the order of commits, so a
 * place in each lane loses nothing, where one place in time would. Searching:
 * a person or a terminal is read through its index; what no index can choose is
 * looked through in bounded steps, so that no request takes long: an answer may
 * be empty and say where to go on. Names of people and terminals are compared by
 * the database, which knows the letters of all languages, wherever a filter
 * names so few that their numbers can be kept.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/money.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/events.h"

#define CHUNK       64u		/* records read at once */
#define LOOKED_MAX  8192u	/* records looked at for one request: about 50 ms */
#define BATCHES_MAX 64u		/* the newest of an account, whose records the account's name finds */
#define SOURCES_MAX 64u		/* people or terminals that a filter names; of more none is read by index: .3 ms each */

_Static_assert(EVENTS_PAGE_MAX <= CHUNK, "a page is found in one chunk");

/* What is looked for. */
struct wanted {
	cs_EventFilter filter;		/* without the name that the ids stand for */
	uint64_t ids[SOURCES_MAX + 1];	/* of the people or terminals it names */
	size_t n;			/* 0: too many, or it names none; the text is compared */
	bool by_person, nobody;		/* nobody: the filter names nobody, so nothing can be found */
	uint64_t batch[BATCHES_MAX];	/* of the account it names: their records do not tell it */
	size_t batches;
};

/* And how far it was looked. */
struct search {
	struct wanted what;
	struct audit_where where;
	bool over;			/* nothing older is left */
	const struct audit_head *heads;	/* records above these are left to the next tail; NULL: none are */
	size_t heads_n;
};

/* Does an index serve this filter? */
static enum rc
wanted_open(struct call *c, const cs_EventFilter *f, struct wanted *w)
{
	struct audit_store *audit = &c->desk->stores->audit;
	struct batch_store *batch = &c->desk->stores->batch;
	char account[ACCOUNT_MAX_BYTES + 1];
	size_t n = 0;
	enum rc r;

	w->filter = *f;
	if (account_number_parse(f->account, account) == RC_OK &&
	    (r = batch->ops->of_account(batch, account, w->batch, BATCHES_MAX, &w->batches)) != RC_OK)
		return r;
	w->by_person = f->person[0] != '\0';
	if (w->by_person)
		r = audit->ops->people(audit, f->person, w->ids, SOURCES_MAX + 1, &n);
	else if (f->terminal[0] != '\0')
		r = audit->ops->terminals(audit, f->terminal, w->ids, SOURCES_MAX + 1, &n);
	else
		return RC_OK;
	w->nobody = n == 0;
	w->n = n <= SOURCES_MAX ? n : 0;
	if (w->n > 0)
		(w->by_person ? w->filter.person : w->filter.terminal)[0] = '\0';
	return r;
}

/* A record of a batch with a line from or to the account that is looked for. */
static bool
wanted_batch(const struct wanted *w, const struct audit_line *l)
{
	unsigned long long number;

	if (w->batches == 0 || sscanf(l->event.subject, "batch %llu", &number) != 1)
		return false;
	for (size_t i = 0; i < w->batches; i++)
		if (w->batch[i] == number)
			return true;
	return false;
}

static bool
wanted_match(const struct wanted *w, const struct audit_line *l)
{
	uint64_t id = w->by_person ? l->event.person : l->event.terminal;
	bool named = w->n == 0 && !w->nobody;

	for (size_t i = 0; i < w->n && !named; i++)
		named = w->ids[i] == id;
	if (!named)
		return false;
	if (wanted_batch(w, l)) {
		cs_EventFilter rest = w->filter;

		rest.account[0] = '\0';
		return events_match(&rest, l);
	}
	return events_match(&w->filter, l);
}

static enum rc
search_open(struct call *c, const cs_EventFilter *f, const struct audit_place *before, struct search *s)
{
	s->where.before = *before;
	s->where.from_ms = f->from_utc_ms > 0 ? f->from_utc_ms : 0;
	if (f->to_utc_ms > 0 && f->to_utc_ms < before->at_ms)
		s->where.before = (struct audit_place){ .at_ms = f->to_utc_ms + 1 };
	return wanted_open(c, f, &s->what);
}

/* Records of one source that are read at once: of each a page, as all may be of one. */
static size_t
search_share(const struct search *s)
{
	return s->what.n * EVENTS_PAGE_MAX > CHUNK ? EVENTS_PAGE_MAX : s->what.n > 0 ? CHUNK / s->what.n : CHUNK;
}

/* The next records backwards, the newest first; *n of lines, which has room for a share of each source. */
static enum rc
search_chunk(struct call *c, struct search *s, struct audit_line *lines, size_t *n)
{
	struct audit_store *audit = &c->desk->stores->audit;
	const struct wanted *w = &s->what;
	size_t share = search_share(s), got = 0, all = 0;
	bool full = false;
	enum rc r;

	for (size_t i = 0; i < w->n || i == 0; i++) {
		s->where.person = w->by_person && w->n > 0 ? w->ids[i] : 0;
		s->where.terminal = !w->by_person && w->n > 0 ? w->ids[i] : 0;
		if ((r = audit->ops->look(audit, &s->where, lines + all, share, &got)) != RC_OK)
			return r;
		all += got;
		full = full || got == share;
	}
	*n = events_merge(lines, all, share, full);
	s->over = !full;
	return RC_OK;
}

/* A record that came after the heads were read. */
static bool
search_later(const struct search *s, const struct audit_line *l)
{
	for (size_t i = 0; i < s->heads_n; i++)
		if (s->heads[i].lane == l->lane)
			return l->seq > s->heads[i].seq;
	return s->heads != NULL;
}

/* Fills rows, the newest first; afterwards s->where.before is the place to go on from. */
static enum rc
search_run(struct call *c, struct search *s, cs_Events *to)
{
	struct audit_line *lines = calloc(search_share(s) * (s->what.n > 0 ? s->what.n : 1), sizeof *lines);
	size_t looked = 0, n = 0;
	enum rc r = lines != NULL ? RC_OK : RC_NOMEM;

	while (r == RC_OK && !s->what.nobody && !s->over && looked < LOOKED_MAX && to->rows_count < EVENTS_PAGE_MAX) {
		if ((r = search_chunk(c, s, lines, &n)) != RC_OK)
			break;
		for (size_t i = 0; i < n; i++, looked++) {
			if (to->rows_count == EVENTS_PAGE_MAX) {
				s->over = false;
				break;
			}
			s->where.before = (struct audit_place){ lines[i].event.at_ms, lines[i].lane, lines[i].seq };
			if (wanted_match(&s->what, &lines[i]) && !search_later(s, &lines[i]))
				events_put(to, &lines[i]);
		}
	}
	free(lines);
	return r;
}

enum rc
desk_events_find(struct call *c)
{
	const cs_EventsFind *ask = &c->ask->body.events_find;
	cs_Events *to = &c->answer->body.events;
	struct audit_place before = { ask->before_utc_ms, ask->before.lane, ask->before.seq };
	struct search s = { 0 };
	enum rc r;

	if (before.at_ms <= 0)
		before = (struct audit_place){ INT64_MAX, INT64_MAX, INT64_MAX };
	if ((r = search_open(c, &ask->filter, &before, &s)) != RC_OK || (r = search_run(c, &s, to)) != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_events_tag;
	to->more = !s.what.nobody && !s.over;
	to->next_utc_ms = s.where.before.at_ms;
	to->has_next = true;
	to->next = (cs_LaneAt){ (uint32_t)s.where.before.lane, s.where.before.seq };
	return RC_OK;
}

/* ---- following ---- */

static int
oldest_first(const void *a, const void *b)
{
	const cs_Event *x = a, *y = b;

	if (x->utc_ms != y->utc_ms)
		return x->utc_ms < y->utc_ms ? -1 : 1;
	if (x->lane != y->lane)
		return x->lane < y->lane ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* The newest records, for a console that begins to follow. */
static enum rc
tail_begin(struct call *c, const cs_EventFilter *f, const struct audit_head *heads, size_t n, cs_Events *to)
{
	const struct audit_place top = { INT64_MAX, INT64_MAX, INT64_MAX };
	struct search s = { .heads = heads, .heads_n = n };
	enum rc r;

	if ((r = search_open(c, f, &top, &s)) != RC_OK || (r = search_run(c, &s, to)) != RC_OK)
		return r;
	for (size_t i = 0; i < n; i++)
		to->seen[i] = (cs_LaneAt){ (uint32_t)heads[i].lane, heads[i].seq };
	return RC_OK;
}

/* What one lane has got since `after`, which moves along: at most so many rows, and not many more records than `looks`. */
static enum rc
tail_lane(struct call *c, const struct wanted *w, const struct audit_head *head, uint64_t *after, size_t rows, size_t looks,
    cs_Events *to)
{
	struct audit_store *audit = &c->desk->stores->audit;
	size_t looked = 0, full = to->rows_count + rows, n = 0;
	struct audit_line lines[CHUNK];
	enum rc r;

	while (*after < head->seq && looked < looks && to->rows_count < full) {
		if ((r = audit->ops->tail(audit, head->lane, *after, lines, CHUNK, &n)) != RC_OK)
			return r;
		if (n == 0)
			return RC_STORE;	/* the head says that there are more */
		for (size_t i = 0; i < n && to->rows_count < full; i++, looked++) {
			*after = lines[i].seq;
			if (wanted_match(w, &lines[i]))
				events_put(to, &lines[i]);
		}
	}
	return RC_OK;
}

static uint64_t
seen_in(const cs_EventsTail *ask, uint64_t lane)
{
	for (pb_size_t i = 0; i < ask->seen_count; i++)
		if (ask->seen[i].lane == lane)
			return ask->seen[i].seq;
	return 0;	/* a lane that is new since then */
}

/*
 * Every lane with news gets its share of the answer; what is left over goes to
 * those with more. Which lane is first moves on with what was seen, so that none
 * waits for ever where more lanes have news than an answer has rows.
 */
static enum rc
tail_go_on(struct call *c, const struct audit_head *heads, size_t n, cs_Events *to)
{
	uint64_t after[LANES_MAX], first = 0;
	struct wanted w = { 0 };
	size_t waiting = 0, share;
	enum rc r = RC_OK;

	for (size_t i = 0; i < n; i++) {
		after[i] = seen_in(&c->ask->body.events_tail, heads[i].lane);
		first += after[i];
		waiting += after[i] < heads[i].seq;
	}
	if (waiting > 0)	/* names are looked up only where there is news */
		r = wanted_open(c, &c->ask->body.events_tail.filter, &w);
	else
		waiting = 1;
	share = waiting < EVENTS_PAGE_MAX ? EVENTS_PAGE_MAX / waiting : 1;
	for (size_t i = 0; i < 2 * n && r == RC_OK; i++) {
		size_t k = (size_t)((first + i) % n), room = EVENTS_PAGE_MAX - to->rows_count;

		r = tail_lane(c, &w, &heads[k], &after[k], i < n && share < room ? share : room, LOOKED_MAX / waiting / 2, to);
	}
	for (size_t i = 0; i < n; i++) {
		to->seen[i] = (cs_LaneAt){ (uint32_t)heads[i].lane, after[i] };
		to->more = to->more || after[i] < heads[i].seq;
	}
	return r;
}

enum rc
desk_events_tail(struct call *c)
{
	const cs_EventsTail *ask = &c->ask->body.events_tail;
	cs_Events *to = &c->answer->body.events;
	struct audit_store *audit = &c->desk->stores->audit;
	struct audit_head heads[LANES_MAX];
	size_t n = 0;
	enum rc r;

	if ((r = audit->ops->heads(audit, heads, LANES_MAX, &n)) != RC_OK)
		return r;
	r = ask->seen_count == 0 ? tail_begin(c, &ask->filter, heads, n, to) : tail_go_on(c, heads, n, to);
	if (r != RC_OK)
		return r;
	qsort(to->rows, to->rows_count, sizeof to->rows[0], oldest_first);
	to->seen_count = (pb_size_t)n;
	c->answer->which_body = cs_Envelope_events_tag;
	return RC_OK;
}
