/*
 * screen_story.c - what belongs together with one event, as a time line.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each step is a line of what, who and where, and below it its words whole:
 * the scores of a capture stand there against their thresholds. All of a story
 * is loaded, up to STORY_KEPT steps.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/event_list.h"
#include "client/event_words.h"
#include "client/frame.h"

#define STORY_KEPT   1024u
#define STORY_WORDS  6		/* lines that the words of a step may take */
#define STORY_INDENT 12

struct story_state {
	struct event_list list;
	cs_StoryGet ask;
	size_t on, top;			/* the chosen step, the first in view */
	bool open, asked, cut;
};

static struct intent
story_send(struct story_state *s)
{
	s->asked = true;
	return SEND;
}

static struct intent
story_enter(void *state, struct visit *v)
{
	struct story_state *s = state;

	if (s->open)
		return STAY;
	s->open = s->ask.has_of = s->ask.has_after = true;
	s->ask.of = v->about_record;
	return story_send(s);
}

static void
story_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	(void)v;
	e->which_body = cs_Envelope_story_get_tag;
	e->body.story_get = ((const struct story_state *)state)->ask;
}

static bool
story_is(const struct story_state *s, const cs_Event *e)
{
	return e->lane == s->ask.of.lane && e->seq == s->ask.of.seq;
}

static struct intent
story_event(void *state, struct visit *v, const struct event *e)
{
	struct story_state *s = state;
	const cs_Events *m;
	size_t place;
	bool dropped;

	(void)v;
	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_events_tag)
		return s->list.n == 0 ? BACK : STAY;
	m = &e->msg->body.events;
	for (pb_size_t i = 0; i < m->rows_count; i++) {
		const cs_Event *row = &m->rows[i];

		s->ask.after_utc_ms = row->utc_ms;
		s->ask.after = (cs_LaneAt){ row->lane, row->seq };
		if (event_list_add(&s->list, row, &place, &dropped) == RC_OK && story_is(s, row))
			s->on = place;
	}
	s->cut = m->more && (s->list.n >= STORY_KEPT || m->rows_count == 0);
	return m->more && !s->cut ? story_send(s) : STAY;
}

/* The capture whose verdict the chosen step is. */
static bool
story_capture(const struct story_state *s, uint8_t capture[static ID_BYTES])
{
	const cs_Event *e = s->list.n > 0 ? event_list_at(&s->list, s->on) : NULL;

	return e != NULL && strcmp(e->action, "capture-verdict") == 0 && hex_get(e->subject, capture, ID_BYTES) == RC_OK;
}

static struct intent
story_key(void *state, struct visit *v, struct key k)
{
	struct story_state *s = state;
	size_t last = s->list.n > 0 ? s->list.n - 1 : 0;

	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_ENTER:
		memcpy(v->about_customer, event_list_at(&s->list, s->on)->customer, sizeof v->about_customer);
		return (struct intent){ .go = GO_TO, .next = &screen_people };
	case REQ_SUBMIT:
		return story_capture(s, v->about_capture) ? (struct intent){ .go = GO_TO, .next = &screen_evidence } : STAY;
	case REQ_UP:
		s->on -= s->on > 0;
		break;
	case REQ_DOWN:
		s->on += s->on < last;
		break;
	case REQ_PGUP:
		s->on -= s->on < 5 ? s->on : 5;
		break;
	case REQ_PGDN:
		s->on = last - s->on > 5 ? s->on + 5 : last;
		break;
	case REQ_HOME:
		s->on = 0;
		break;
	case REQ_END:
		s->on = last;
		break;
	default:
		return UNHEARD;
	}
	if (s->on < s->top)
		s->top = s->on;
	return STAY;
}

/* The rows that a step takes at this width. */
static int
story_rows(const cs_Event *e, int w)
{
	struct cells scratch = { 0 };
	int rows = 1;

	if (e->detail[0] != '\0' && w > STORY_INDENT && cells_size(&scratch, w - STORY_INDENT, STORY_WORDS) == RC_OK)
		rows += cells_wrap(&scratch, 0, 0, scratch.w, STORY_WORDS, THEME_TEXT, e->detail);
	cells_free(&scratch);
	return rows;
}

static void
story_draw_step(const struct story_state *s, size_t i, struct cells *c, struct area in)
{
	const cs_Event *e = event_list_at(&s->list, i);
	bool good = e->outcome == RC_OK;
	char when[EVENT_TIME_BYTES], gap[32] = "";
	int x = in.x + 2;

	if (i > 0)
		snprintf(gap, sizeof gap, "+%.1f s", (double)(e->utc_ms - event_list_at(&s->list, i - 1)->utc_ms) / 1000.0);
	event_time_words(e->utc_ms, when);
	cells_put(c, in.y, in.x, THEME_STRONG, i == s->on ? 0x25b8 : ' ');
	x += cells_format(c, in.y, x, in.w - 2, THEME_DIM, "%s ", when + (when[0] != '\0' ? 11 : 0));
	x += cells_format(c, in.y, x, in.x + in.w - x, good ? THEME_GOOD : THEME_BAD, good ? "✓ " : "✗ ");
	x += cells_text(c, in.y, x, in.x + in.w - x, i == s->on ? THEME_CHOICE_ON : THEME_STRONG, e->action);
	if (!good)
		x += cells_format(c, in.y, x, in.x + in.w - x, THEME_BAD, "  %s", rc_text(rc_from_wire(e->outcome)));
	if (story_is(s, e))
		x += cells_text(c, in.y, x, in.x + in.w - x, THEME_STRONG, "  (this event)");
	cells_format(c, in.y, x, in.x + in.w - x - 10, THEME_DIM, "  %s  %s", e->person, e->terminal);
	cells_right(c, in.y, in.x + in.w, 9, THEME_DIM, gap);
	if (e->detail[0] != '\0' && in.w > STORY_INDENT && in.h > 1)
		cells_wrap(c, in.y + 1, in.x + STORY_INDENT, in.w - STORY_INDENT, in.h - 1 < STORY_WORDS ? in.h - 1 : STORY_WORDS,
		    THEME_TEXT, e->detail);
}

/* The first step to draw so that the chosen one is whole. */
static size_t
story_top(const struct story_state *s, int w, int room)
{
	size_t top = s->on;
	int rows = story_rows(event_list_at(&s->list, s->on), w);

	while (top > s->top && rows + story_rows(event_list_at(&s->list, top - 1), w) <= room)
		rows += story_rows(event_list_at(&s->list, --top), w);
	return top;
}

static void
story_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct story_state *s = state;
	struct area in = frame_body(c->w, c->h);
	int w = in.w - 2, end = in.y + in.h - AUDIT_STATUS, y = in.y + 2;

	audit_status_draw(c, v);
	if (s->list.n == 0) {
		cells_text(c, in.y, in.x + 1, w, THEME_DIM, "Asking the server ...");
		return;
	}
	cells_format(c, in.y, in.x + 1, w, THEME_STRONG, "%zu step%s, number %zu chosen%s%s", s->list.n,
	    s->list.n == 1 ? "" : "s", s->on + 1, s->asked ? " ..." : "",
	    s->cut ? "; there are more than are shown here" : "");
	cells_rule(c, in.y + 1, in.x, in.w);
	for (size_t i = story_top(s, w, end - y); i < s->list.n && y < end; i++) {
		story_draw_step(s, i, c, (struct area){ y, in.x, end - y, w });
		y += story_rows(event_list_at(&s->list, i), w);
	}
}

static const char *
story_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct story_state *s = state;

	uint8_t capture[ID_BYTES];

	(void)v;
	if (req == REQ_SUBMIT && !story_capture(s, capture))
		return "Only the verdict of a capture has a picture; choose such a step.";
	if (req == REQ_ENTER && (s->list.n == 0 || event_list_at(&s->list, s->on)->customer[0] == '\0'))
		return "Nobody is known to have done this.";
	return NULL;
}

static bool
story_waits(const void *state)
{
	const struct story_state *s = state;

	return s->asked && s->list.n == 0;
}

static void
story_leave(void *state, struct visit *v)
{
	(void)v;
	event_list_free(&((struct story_state *)state)->list);
}

const struct screen_ops screen_story = {
	.name = "story",
	.title = "Story",
	.help = "Everything that belongs together with the chosen event: its session from the sign-on to the end, and what others did about the "
	    "same transfer or batch, with their own sign-on and captures. Each step says how long after the one before it came; below it stand its words, for a capture the "
	    "scores against their thresholds.\n"
	    "Enter shows the person of the chosen step, F8 the picture of a capture, after you typed a reason. Nobody reads the story of what they took part in.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 1 }, { REQ_UP, "Step before", 2 },
	    { REQ_DOWN, "Next step", 2 }, { REQ_ENTER, "Person", 0 }, { REQ_SUBMIT, "Picture", 0 } },
	.state_size = sizeof(struct story_state),
	.enter = story_enter,
	.key = story_key,
	.event = story_event,
	.fill = story_fill,
	.draw = story_draw,
	.refuses = story_refuses,
	.waits = story_waits,
	.leave = story_leave,
};
