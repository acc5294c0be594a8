/*
 * screen_events.c - the audit console's first page: what happens, as it
 * happens.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The newest event is the last row. While the last row is chosen the page
 * follows; as soon as one scrolls up it stands still, and new events gather
 * below. Older ones are asked for when the first row is reached. One question
 * about new events and one about older ones may be open at a time; an answer to
 * a filter that has changed since is thrown away.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/event_filter.h"
#include "client/event_list.h"
#include "client/event_words.h"
#include "client/frame.h"
#include "client/table.h"

#define EVENTS_POLL_MS 500
#define EVENTS_DETAIL  4	/* rows below the table: a rule and the whole of the chosen event */

struct events_state {
	struct event_list list;
	struct event_filter filter;
	struct table table;
	cs_EventsTail tail;		/* what was seen of each lane, and the filter that was asked with */
	cs_EventsFind older;		/* where the older ones begin */
	unsigned wanted, shown;		/* count changes of the filter: typed, asked */
	unsigned tail_of, older_of;	/* the filter of the open questions */
	bool open, following, has_older, want_older, tail_open, older_open, ask_older;
	bool full;			/* no more are kept */
	bool passed;			/* not for whoever is signed on: led on, once */
	size_t fresh;			/* that came while standing still */
	int64_t polled_ms;
};

/* How many rows the table shows on a page of this size. */
static struct area
events_table_area(int w, int h)
{
	struct area in = frame_body(w, h);

	in.y += FILTER_ROWS;
	in.h -= FILTER_ROWS + EVENTS_DETAIL + AUDIT_STATUS;
	if (in.h < 0)
		in.h = 0;
	return in;
}

static int
events_page(const struct events_state *s, const struct visit *v)
{
	return table_page(&s->table, events_table_area(v->w, v->h).h);
}

/* ---- asking ---- */

static struct intent
events_ask_tail(struct events_state *s, struct visit *v)
{
	const char *fault;

	if (s->shown != s->wanted) {
		event_list_clear(&s->list);
		s->table.on = s->table.top = s->fresh = 0;
		memset(&s->tail, 0, sizeof s->tail);
		memset(&s->older, 0, sizeof s->older);
		if ((fault = event_filter_get(&s->filter, v->utc_ms, &s->tail.filter)) != NULL)
			visit_say(v, NOTICE_WARN, "%s", fault);
		s->tail.has_filter = s->older.has_filter = true;
		s->older.filter = s->tail.filter;
		s->following = s->has_older = true;
		s->want_older = s->full = false;
		s->shown = s->wanted;
	}
	s->polled_ms = v->mono_ms;
	s->tail_open = true;
	s->tail_of = s->shown;
	s->ask_older = false;
	return SEND;
}

static struct intent
events_ask_older(struct events_state *s)
{
	if (s->older.before_utc_ms == 0 && s->list.n > 0) {
		const cs_Event *oldest = event_list_at(&s->list, 0);

		s->older.before_utc_ms = oldest->utc_ms;
		s->older.has_before = true;
		s->older.before = (cs_LaneAt){ .lane = oldest->lane, .seq = oldest->seq };
	}
	s->older_open = true;
	s->older_of = s->shown;
	s->ask_older = true;
	return SEND;
}

/* What there is to ask now, if anything. */
static struct intent
events_next(struct events_state *s, struct visit *v, bool at_once)
{
	if (v->net != NET_READY)
		return STAY;
	if (s->shown != s->wanted)
		return s->tail_open || s->older_open ? STAY : events_ask_tail(s, v);
	if (s->want_older && s->has_older && !s->older_open && !s->tail_open)
		return events_ask_older(s);
	if (!s->tail_open && !s->older_open && (at_once || v->mono_ms - s->polled_ms >= EVENTS_POLL_MS))
		return events_ask_tail(s, v);
	return STAY;
}

static struct intent
events_enter(void *state, struct visit *v)
{
	struct events_state *s = state;

	if (audit_only_readers(v) != NULL) {	/* an administrator has the terminals here, and no more */
		if (s->passed)
			return STAY;
		s->passed = true;
		return (struct intent){ .go = GO_TO, .next = &screen_terminals };
	}
	if (!s->open) {
		s->open = true;
		event_filter_open(&s->filter);
		s->wanted = 1;
	}
	return events_next(s, v, true);
}

static void
events_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct events_state *s = state;

	(void)v;
	if (s->ask_older) {
		e->which_body = cs_Envelope_events_find_tag;
		e->body.events_find = s->older;
		return;
	}
	e->which_body = cs_Envelope_events_tail_tag;
	e->body.events_tail = s->tail;
}

/* ---- answers ---- */

/* Takes a row; what is chosen, and where it is in view, stays. */
static void
events_take(struct events_state *s, const cs_Event *e, bool fresh)
{
	bool dropped = false, moved = s->list.n > 0;
	size_t place = 0;
	enum rc r = event_list_add(&s->list, e, &place, &dropped);

	if (r == RC_AGAIN || r == RC_NOMEM)
		s->full = true;
	if (r != RC_OK)
		return;
	if (dropped) {
		s->full = true;
		s->table.on -= s->table.on > 0;
		s->table.top -= s->table.top > 0;
	}
	if (s->following)
		s->table.on = s->list.n - 1;
	else if (moved)
		table_added(&s->table, place, 1);
	s->fresh += fresh && !s->following;
}

static struct intent
events_answer(struct events_state *s, struct visit *v, const struct event *e)
{
	const cs_Events *m = e->rc == RC_OK && e->msg->which_body == cs_Envelope_events_tag ? &e->msg->body.events : NULL;
	bool older = e->asked == cs_Envelope_events_find_tag;
	bool stale = (older ? s->older_of : s->tail_of) != s->wanted, first;

	if (older)
		s->older_open = false;
	else
		s->tail_open = false;
	if (m == NULL)
		return STAY;		/* asked again at the next tick, not at once: a refusal may come at once, too */
	if (stale)
		return events_next(s, v, false);
	first = !older && s->tail.seen_count == 0;
	for (pb_size_t i = 0; i < m->rows_count; i++)
		events_take(s, &m->rows[i], !older && !first);
	if (older) {
		s->has_older = m->more && !s->full;
		s->older.before_utc_ms = m->next_utc_ms;
		s->older.has_before = m->has_next;
		s->older.before = m->next;
		if (s->full)
			visit_say(v, NOTICE_INFO, "No more than %u events are kept here; a filter or a time shows older ones.", EVENTS_KEPT);
	} else {
		s->tail.seen_count = m->seen_count;
		memcpy(s->tail.seen, m->seen, sizeof s->tail.seen);
	}
	s->want_older = s->list.n < (size_t)events_page(s, v) || (older && m->rows_count == 0);
	return events_next(s, v, !older && !first && m->more);
}

static struct intent
events_event(void *state, struct visit *v, const struct event *e)
{
	struct events_state *s = state;

	if (e->kind == EVENT_ANSWER)
		return events_answer(s, v, e);
	return s->open ? events_next(s, v, false) : STAY;
}

/* ---- keys ---- */

static void
events_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	event_cell(event_list_at(ctx, row), col, text, t);
}

static struct table_source
events_source(const struct events_state *s)
{
	return (struct table_source){ .cols = event_cols, .n = EVENT_COLS, .rows = s->list.n, .cell = events_cell, .ctx = &s->list,
		.empty = s->tail_open || s->older_open || s->shown != s->wanted ? "Asking the server ..." :
		event_filter_empty(&s->filter) ? "Nothing was recorded yet." : "Nothing of what is kept fits the filter." };
}

/* Tab goes from the table through the fields and back. */
static void
events_focus(struct events_state *s, int step)
{
	s->filter.on += step;
	if (s->filter.on >= FILTER_FIELDS)
		s->filter.on = -1;
	else if (s->filter.on < -1)
		s->filter.on = FILTER_FIELDS - 1;
}

static struct intent
events_back(struct events_state *s, struct visit *v)
{
	if (s->filter.on >= 0) {
		s->filter.on = -1;
	} else if (!event_filter_empty(&s->filter)) {
		event_filter_clear(&s->filter);
		s->wanted++;
	} else {
		visit_say(v, NOTICE_INFO, "F4 leads to the other pages; its last line logs you out.");
	}
	return events_next(s, v, false);
}

/* The table takes what moves in it; whether the page follows is seen from where one is then. */
static bool
events_move(struct events_state *s, struct visit *v, struct key k)
{
	struct table_source source = events_source(s);
	size_t was = s->table.on;

	if (!table_key(&s->table, &source, events_page(s, v), k))
		return false;
	s->following = s->list.n == 0 || s->table.on + 1 >= s->list.n;
	if (s->following)
		s->fresh = 0;
	s->want_older |= s->table.on == 0 && (was > 0 || k.req == REQ_UP || k.req == REQ_PGUP);
	return true;
}

static bool
events_moves(struct key k)
{
	return k.req == REQ_UP || k.req == REQ_DOWN || k.req == REQ_PGUP || k.req == REQ_PGDN || k.req == REQ_CLICK;
}

/* From a field to the rows, from a row to its story. */
static struct intent
events_enter_key(struct events_state *s, struct visit *v)
{
	const cs_Event *e;

	if (s->filter.on >= 0) {
		s->filter.on = -1;
		return STAY;
	}
	e = event_list_at(&s->list, s->table.on);
	v->about_record = (cs_LaneAt){ .lane = e->lane, .seq = e->seq };
	return (struct intent){ .go = GO_TO, .next = &screen_story };
}

static struct intent
events_key(void *state, struct visit *v, struct key k)
{
	struct events_state *s = state;
	bool changed = false;

	if (!s->open)
		return k.req == REQ_PICK ? (struct intent){ .go = GO_TO, .next = &screen_pages } : UNHEARD;
	if (s->table.finding && k.req != REQ_CLICK)
		return events_move(s, v, k) ? events_next(s, v, false) : UNHEARD;
	switch (k.req) {
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_NEXT:
	case REQ_PREV:
		events_focus(s, k.req == REQ_NEXT ? 1 : -1);
		return STAY;
	case REQ_BACK:
		return events_back(s, v);
	case REQ_ENTER:
		return events_enter_key(s, v);
	default:
		break;
	}
	if (s->filter.on < 0 && k.req == REQ_CHAR && k.ch != '/')
		s->filter.on = FILTER_PERSON;
	if (!events_moves(k) && event_filter_key(&s->filter, k, &changed)) {
		s->wanted += changed;
		return events_next(s, v, false);
	}
	return events_move(s, v, k) ? events_next(s, v, false) : UNHEARD;
}

/* ---- drawing ---- */

static void
events_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct events_state *s = state;
	struct area in = frame_body(c->w, c->h), table = events_table_area(c->w, c->h);
	struct table_source source = events_source(s);
	int y = table.y + table.h;
	char words[80];

	if (!s->open) {
		cells_text(c, in.y + 2, in.x + 2, in.w - 4, THEME_TEXT, audit_only_readers(v));
		cells_text(c, in.y + 3, in.x + 2, in.w - 4, THEME_DIM, "F4 leads to the pages of your roles.");
		return;
	}
	event_filter_draw(&s->filter, c, in);
	table_draw(&s->table, &source, c, table);
	cells_rule(c, y, in.x, in.w);
	if (s->following)
		snprintf(words, sizeof words, " Following: %zu events ", s->list.n);
	else
		snprintf(words, sizeof words, " Standing still, %zu new below: End follows again ", s->fresh);
	cells_text(c, y, in.x + 2, in.w - 4, s->following ? THEME_GOOD : THEME_WARN, words);
	if (s->table.on < s->list.n)
		event_draw_whole(event_list_at(&s->list, s->table.on), c, (struct area){ y + 1, in.x + 1, EVENTS_DETAIL - 1, in.w - 2 });
	audit_status_draw(c, v);
}

static const char *
events_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct events_state *s = state;

	if (!s->open)
		return req == REQ_PICK || req == REQ_HELP ? NULL : audit_only_readers(v);
	if (req == REQ_ENTER && s->filter.on < 0 && s->table.on >= s->list.n)
		return "There is no event to open.";
	return NULL;
}

static void
events_leave(void *state, struct visit *v)
{
	(void)v;
	event_list_free(&((struct events_state *)state)->list);
}

const struct screen_ops screen_events = {
	.name = "events",
	.title = "Events",
	.help = "Every record of the audit trail, the newest one last, at most a second after it was written. Scroll up and the page stands "
	    "still; End follows again. At the first row PgUp brings older ones. Enter tells the story that the chosen one belongs to.\n"
	    "Type to filter by person; Tab leads to account, terminal, action, outcome and times (9:30, 2026-03-14, 2026-03-14 9:30). Esc "
	    "leaves the field, and once more clears the filter. / searches in what is shown. F4 leads to the other pages. F9 has the server verify the trail, on any page: "
	    "its own word; the independent check is countersign-admin audit verify.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_PICK, "Pages", 0 }, { REQ_NEXT, "Filter", 0 }, { REQ_ENTER, "Story", 0 },
	    { REQ_FIND, "Search", 2 }, { REQ_BACK, "Clear", 1 }, { REQ_END, "Follow", 0 },
	    { REQ_LOGOUT, "Verify", 1 } },
	.state_size = sizeof(struct events_state),
	.enter = events_enter,
	.key = events_key,
	.event = events_event,
	.fill = events_fill,
	.draw = events_draw,
	.refuses = events_refuses,
	.leave = events_leave,
};
