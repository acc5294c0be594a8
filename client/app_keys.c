/*
 * app_keys.c - keys and clicks reach the page on top, or wait for it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/app_impl.h"
#include "client/console.h"
#include "client/frame.h"

static void
app_deliver(struct app *a, struct key k)
{
	int top = a->depth - 1;
	const struct page *p = &a->page[top];
	const char *why;
	struct intent i;

	app_now(a);
	a->visit.notice.level = NOTICE_NONE;
	if ((why = bar_refuses(&a->visit, p->ops, p->state, k.req)) != NULL) {
		visit_say(&a->visit, NOTICE_INFO, "%s", why);
		return;
	}
	i = p->ops->key(p->state, &a->visit, k);
	if (i.unheard && k.req == REQ_HELP && p->ops != &screen_help)
		i = (struct intent){ .go = GO_TO, .next = &screen_help };
	if (i.unheard && k.req == REQ_QUIT)
		visit_say(&a->visit, NOTICE_INFO, a->visit.token_n > 0 ?
		    "F10 leaves from the welcome page; log out first, with %s." :
		    "F10 leaves from the welcome page; Esc goes back to it.", a->visit.console->leave_words);
	if (i.unheard && k.req >= REQ_NEW && k.req <= REQ_SUBMIT && !bar_has(p->ops, k.req))
		visit_say(&a->visit, NOTICE_INFO, "%s does nothing on this page; F1 lists the keys it knows.", request_key(k.req));
	if (i.unheard && k.req == REQ_LOGOUT && !app_trail_verify(a))
		visit_say(&a->visit, NOTICE_INFO, a->visit.token_n > 0 ?
		    "You log out with %s; Esc goes back." : "Nobody is logged in.", a->visit.console->leave_words);
	if (i.go == GO_TO && i.next == &screen_help)
		a->visit.help_for = p->ops;
	app_carry_out(a, top, i);
}

static bool
app_waits(const struct app *a)
{
	const struct page *p = &a->page[a->depth - 1];

	return p->ops->waits != NULL && p->ops->waits(p->state);
}

/* Keys that were typed ahead, up to where the page waits again. */
void
app_replay(struct app *a)
{
	struct key k;

	while (a->page[a->depth - 1].tag == a->ahead.page && !app_waits(a) && ahead_take(&a->ahead, &k))
		app_deliver(a, k);
	crypto_wipe(&k, sizeof k);
	if (app_find(a, a->ahead.page) < 0)
		ahead_drop(&a->ahead);
}

void
app_key(struct app *a, struct key k)
{
	if (k.req == REQ_NONE)
		return;
	a->pressed = true;
	/* Esc takes back what was typed ahead; help may be had at any time. */
	if (k.req == REQ_BACK && a->page[a->depth - 1].tag == a->ahead.page)
		ahead_drop(&a->ahead);
	if (k.req == REQ_BACK || k.req == REQ_HELP || !app_waits(a)) {
		app_deliver(a, k);
	} else if (!ahead_put(&a->ahead, a->page[a->depth - 1].tag, k)) {
		a->ports.ring(a->ports.ctx);
		visit_say(&a->visit, NOTICE_WARN, "The server is slow; no more can be typed ahead of it.");
	}
	app_replay(a);
}

void
app_click(struct app *a, const struct cells *c, int y, int x)
{
	const struct zone *z = cells_zone_at(c, y, x);

	if (z != NULL)
		app_key(a, (struct key){ .req = z->req, .ch = z->ch });
}
