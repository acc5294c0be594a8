/*
 * screen_numbers.c - how much happens: the overview of the audit console.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Asked for anew every few seconds. Heights and lengths tell everything and
 * numbers stand beside them, so that no colour is needed.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/audit_page.h"
#include "client/chart.h"
#include "client/frame.h"
#include "proto/money.h"

#define NUMBERS_POLL_MS 5000
#define NUMBERS_BARS    5	/* rows of bars */
#define NUMBERS_HOURS   24
#define NUMBERS_SUMS    4	/* currencies */

struct numbers_state {
	cs_Numbers now;
	int64_t from_ms, to_ms;		/* the local day that was asked about */
	int64_t asked_ms;
	bool open, known;
};

/* The local day as UTC; where the clock is put forward or back it is shorter or longer. */
static void
numbers_day(int64_t utc_ms, int64_t *from_ms, int64_t *to_ms)
{
	time_t t = (time_t)(utc_ms / 1000);
	struct tm begin = { 0 }, end;

	if (localtime_r(&t, &begin) == NULL)
		return;
	begin.tm_hour = begin.tm_min = begin.tm_sec = 0;
	begin.tm_isdst = -1;
	end = begin;
	end.tm_mday++;
	*from_ms = (int64_t)mktime(&begin) * 1000;
	*to_ms = (int64_t)mktime(&end) * 1000;
}

static struct intent
numbers_ask(struct numbers_state *s, const struct visit *v)
{
	numbers_day(v->utc_ms, &s->from_ms, &s->to_ms);
	s->asked_ms = v->mono_ms;
	s->open = true;
	return SEND;
}

static struct intent
numbers_enter(void *state, struct visit *v)
{
	struct numbers_state *s = state;

	return s->open ? STAY : numbers_ask(s, v);
}

static void
numbers_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct numbers_state *s = state;

	(void)v;
	e->which_body = cs_Envelope_numbers_get_tag;
	e->body.numbers_get.from_utc_ms = s->from_ms;
	e->body.numbers_get.to_utc_ms = s->to_ms;
}

static struct intent
numbers_event(void *state, struct visit *v, const struct event *e)
{
	struct numbers_state *s = state;

	if (e->kind == EVENT_ANSWER) {
		s->open = false;
		if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_numbers_tag) {
			s->now = e->msg->body.numbers;
			s->known = true;
		}
		return STAY;
	}
	return !s->open && v->net == NET_READY && v->mono_ms - s->asked_ms >= NUMBERS_POLL_MS ? numbers_ask(s, v) : STAY;
}

static struct intent
numbers_key(void *state, struct visit *v, struct key k)
{
	struct numbers_state *s = state;

	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_AGAIN:
		return s->open ? STAY : numbers_ask(s, v);
	default:
		return UNHEARD;
	}
}

/* ---- drawing ---- */

static void
numbers_draw_minutes(const cs_Numbers *n, struct cells *c, struct area in)
{
	int64_t minute[60] = { 0 }, most = 0;
	int count = (int)n->minutes_count;

	for (int i = 0; i < count; i++) {
		minute[i] = n->minutes[i];
		most = minute[i] > most ? minute[i] : most;
	}
	cells_format(c, in.y, in.x, in.w, THEME_STRONG, "Events a minute, the last hour; now %lld, at most %lld",
	    (long long)(count > 0 ? minute[count - 1] : 0), (long long)most);
	chart_spark(c, in.y + 1, in.x, in.w < 60 ? in.w : 60, THEME_TEXT, minute, count);
}

static void
numbers_draw_bars(const char *title, const cs_NumbersCount *list, pb_size_t n, struct cells *c, struct area in)
{
	struct chart_bar bar[8];
	char text[8][16];

	cells_text(c, in.y, in.x, in.w, THEME_STRONG, title);
	for (pb_size_t i = 0; i < n; i++) {
		snprintf(text[i], sizeof text[i], "%u", (unsigned)list[i].count);
		bar[i] = (struct chart_bar){ list[i].outcome == RC_OK ? "ok" : rc_text(rc_from_wire(list[i].outcome)),
			list[i].count, text[i] };
	}
	if (n == 0)
		cells_text(c, in.y + 1, in.x, in.w, THEME_DIM, "None in the last hour.");
	chart_bars(c, (struct area){ in.y + 1, in.x, in.h - 1, in.w }, THEME_TEXT, bar, (int)n);
}

/* The volume of each currency; of all hours. */
static void
numbers_draw_sums(const cs_Numbers *n, struct cells *c, struct area in)
{
	struct { const char *currency; int64_t volume; } sum[NUMBERS_SUMS];
	int sums = 0, x = in.x + cells_text(c, in.y, in.x, in.w, THEME_STRONG, "Volume today:");

	for (pb_size_t i = 0; i < n->hours_count; i++) {
		int k = 0;

		while (k < sums && strcmp(sum[k].currency, n->hours[i].currency) != 0)
			k++;
		if (k == NUMBERS_SUMS)
			continue;
		if (k == sums) {
			sum[k].currency = n->hours[i].currency;
			sum[sums++].volume = 0;
		}
		if (n->hours[i].volume > 0 && sum[k].volume <= INT64_MAX - n->hours[i].volume)
			sum[k].volume += n->hours[i].volume;
	}
	for (int k = 0; k < sums && x < in.x + in.w; k++) {
		char text[MONEY_TEXT_BYTES];

		money_format(sum[k].volume, sum[k].currency, text);
		x += 2 + cells_format(c, in.y, x + 2, in.x + in.w - x - 2, THEME_TEXT, "%s", text);
	}
	if (sums == 0)
		cells_text(c, in.y, x + 1, in.x + in.w - x - 1, THEME_DIM, "none");
}

static void
numbers_draw_hours(const cs_Numbers *n, struct cells *c, struct area in)
{
	static const char *const labels[NUMBERS_HOURS] = {
		"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
		"20", "21", "22", "23",
	};
	int64_t hour[NUMBERS_HOURS] = { 0 }, most = 0, all = 0;
	char top[80];

	for (pb_size_t i = 0; i < n->hours_count; i++)
		if (n->hours[i].hour < NUMBERS_HOURS)
			hour[n->hours[i].hour] += n->hours[i].count;
	for (int i = 0; i < NUMBERS_HOURS; i++) {
		all += hour[i];
		most = hour[i] > most ? hour[i] : most;
	}
	snprintf(top, sizeof top, "Transfers by hour of today: %lld, at most %lld an hour", (long long)all, (long long)most);
	chart_columns(c, in, THEME_TEXT, hour, labels, NUMBERS_HOURS, top);
}

static void
numbers_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct numbers_state *s = state;
	struct area in = frame_body(c->w, c->h);
	int half = in.w / 2, y = in.y + 3, below = y + 2 + NUMBERS_BARS;

	audit_status_draw(c, v);
	if (!s->known) {
		cells_text(c, in.y + 1, in.x + 1, in.w - 2, THEME_DIM, "Asking the server ...");
		return;
	}
	numbers_draw_minutes(&s->now, c, (struct area){ in.y, in.x + 1, 2, in.w - 2 });
	numbers_draw_bars("Refusals, the last hour", s->now.refusals, s->now.refusals_count, c,
	    (struct area){ y, in.x + 1, NUMBERS_BARS + 1, half - 3 });
	numbers_draw_bars("Verdicts of captures, the last hour", s->now.liveness, s->now.liveness_count, c,
	    (struct area){ y, in.x + half + 1, NUMBERS_BARS + 1, in.w - half - 2 });
	numbers_draw_sums(&s->now, c, (struct area){ below, in.x + 1, 1, in.w - 2 });
	if (in.y + in.h - AUDIT_STATUS - below - 1 > 3)
		numbers_draw_hours(&s->now, c, (struct area){ below + 1, in.x + 1, in.y + in.h - AUDIT_STATUS - below - 1, in.w - 2 });
}

const struct screen_ops screen_numbers = {
	.name = "numbers",
	.title = "Overview",
	.help = "How much happens: records of the audit trail in each of the last 60 minutes, why requests were refused and what captures "
	    "ended with in that time, and the transfers of the day here, by hour, with their volume in each currency. It is asked for "
	    "anew every few seconds.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 0 }, { REQ_AGAIN, "Refresh", 0 },
	    { REQ_LOGOUT, "Verify", 1 } },
	.state_size = sizeof(struct numbers_state),
	.enter = numbers_enter,
	.key = numbers_key,
	.event = numbers_event,
	.fill = numbers_fill,
	.draw = numbers_draw,
};
