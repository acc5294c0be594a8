/*
 * screen_pages.c - the pages of the audit console, and the way out of it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every page of that console is a line of the list below; F4 leads here from
 * each of them, a digit to the next one.
 */
#include "client/audit_page.h"
#include "client/console.h"
#include "client/screen.h"
#include "client/widgets.h"

static const struct {
	const char *words;
	const struct screen_ops *page;
	const char *(*refuses)(const struct visit *v);	/* why it is not for whoever is signed on; NULL: it is for all here */
} pages_list[] = {
	{ "Events: what happens, as it happens", &screen_events, audit_only_readers },
	{ "People: look up, lock, release", &screen_people, audit_only_readers },
	{ "Sessions: who works now", &screen_sessions, audit_only_readers },
	{ "Terminals: accept, revoke", &screen_terminals, NULL },
	{ "Waiting transfers: approve, refuse", &screen_waiting, audit_only_readers },
	{ "Take back: reverse a posted transaction", &screen_reverse, audit_only_readers },
	{ "Overview: how much happens", &screen_numbers, audit_only_readers },
};

#define PAGES_N   ((int)(sizeof pages_list / sizeof pages_list[0]))
#define PAGES_OUT PAGES_N	/* the last line logs out */

struct pages_state {
	int on;
};

static const char *
pages_refused(const struct visit *v, int i)
{
	return i < PAGES_N && pages_list[i].refuses != NULL ? pages_list[i].refuses(v) : NULL;
}

static struct intent
pages_key(void *state, struct visit *v, struct key k)
{
	struct pages_state *s = state;
	const struct screen_ops *to;
	const char *why;

	if (k.req == REQ_BACK)
		return BACK;
	if (!menu_key(&s->on, PAGES_N + 1, k))
		return UNHEARD;
	if (s->on == PAGES_OUT) {
		visit_say(v, NOTICE_GOOD, "You are logged out.");
		return (struct intent){ .go = GO_END, .send = true };
	}
	if ((why = pages_refused(v, s->on)) != NULL) {
		visit_say(v, NOTICE_INFO, "%s", why);
		return STAY;
	}
	to = pages_list[s->on].page;
	return (struct intent){ .go = GO_HOME, .next = to == v->console->home ? NULL : to };
}

static void
pages_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	(void)state;
	(void)v;
	e->which_body = cs_Envelope_logout_tag;
}

static void
pages_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct pages_state *s = state;
	const char *items[PAGES_N + 1];
	struct area in = card_draw(c, "Where to?", 56, PAGES_N + 4);

	for (int i = 0; i < PAGES_N; i++)
		items[i] = pages_list[i].words;
	items[PAGES_OUT] = "Log out";
	menu_draw(c, in, 0, items, PAGES_N + 1, s->on);
	for (int i = 0; i < PAGES_N; i++)
		if (i != s->on && pages_refused(v, i) != NULL)
			cells_format(c, in.y + i, in.x + 3, in.w - 4, THEME_DIM, "%d  %s", i + 1, items[i]);
	cells_format(c, in.y + PAGES_N + 3, in.x, in.w, THEME_DIM, "Signed on: %s", v->person.name);
}

const struct screen_ops screen_pages = {
	.name = "pages",
	.title = "Pages",
	.help = "The pages of this console. A digit chooses one at once; the last line logs you out. Pages that need another role are dim.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_ENTER, "Choose", 0 } },
	.state_size = sizeof(struct pages_state),
	.key = pages_key,
	.fill = pages_fill,
	.draw = pages_draw,
};
