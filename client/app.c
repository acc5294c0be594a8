/*
 * app.c - the stack of pages and what their intents do.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A page gets a number when it is put up; requests carry it, so that an answer
 * reaches the page that asked or nobody. A page's state is wiped before it is
 * freed: it may hold what was typed.
 */
#include "client/app.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/app_impl.h"
#include "client/console.h"
#include "client/frame.h"

#define APP_LOOK_MS 3000	/* a session that was ended elsewhere, or by its limits, is noticed after this at most */

void
app_now(struct app *a)
{
	a->visit.utc_ms = clock_utc_ms(a->clock);
	a->visit.mono_ms = clock_mono_ms(a->clock);
	lamp_turn(&a->visit.lamp, a->visit.mono_ms);
}

/* No more frames, and no light for them. */
static void
app_video_stop(struct app *a)
{
	a->ports.video_stop(a->ports.ctx);
	lamp_ask(&a->visit.lamp, 0, a->visit.mono_ms);
}

/* Takes the top page away, without telling the one below. */
static void
app_drop(struct app *a)
{
	struct page *p = &a->page[a->depth - 1];

	if (p->ops->leave != NULL)
		p->ops->leave(p->state, &a->visit);
	if (p->ops->picture != NULL)
		app_video_stop(a);
	crypto_wipe(p->state, p->ops->state_size);
	free(p->state);
	*p = (struct page){ 0 };
	a->depth--;
}

static void
app_entered(struct app *a)
{
	const struct page *p = &a->page[a->depth - 1];

	if (p->ops->enter != NULL)
		app_carry_out(a, a->depth - 1, p->ops->enter(p->state, &a->visit));
}

static void
app_push_page(struct app *a, const struct screen_ops *ops)
{
	void *state;

	assert(a->depth < APP_DEPTH);
	if ((state = calloc(1, ops->state_size)) == NULL) {
		visit_say(&a->visit, NOTICE_BAD, "This terminal is out of memory. Tell the branch staff.");
		return;
	}
	a->page[a->depth] = (struct page){ .ops = ops, .state = state, .tag = ++a->next_tag };
	a->depth++;
	app_entered(a);
}

/* Everything goes but one page of this kind. */
static void
app_reset(struct app *a, const struct screen_ops *ops)
{
	ahead_drop(&a->ahead);
	while (a->depth > 0)
		app_drop(a);
	visit_end(&a->visit);
	crypto_wipe(a->looked, sizeof a->looked);
	app_push_page(a, ops);
}

static void
app_home(struct app *a, const struct screen_ops *next)
{
	while (a->depth > 1 && a->page[a->depth - 1].ops != a->visit.console->home)
		app_drop(a);
	if (next != NULL)
		app_push_page(a, next);
	else
		app_entered(a);
}

static void
app_send(struct app *a, int at)
{
	struct page *p = &a->page[at];
	cs_Envelope e = cs_Envelope_init_zero;
	pb_size_t asked;
	uint32_t tag = p->tag;
	enum rc r;

	p->ops->fill(p->state, &a->visit, &e);
	asked = e.which_body;
	if (a->visit.token_n > 0) {
		memcpy(e.token.bytes, a->visit.token, a->visit.token_n);
		e.token.size = (pb_size_t)a->visit.token_n;
	}
	r = a->ports.ask(a->ports.ctx, &e, tag);
	msg_wipe(&e);
	if (r != RC_OK)
		app_answer(a, tag, asked, r, NULL);
}

/* What was typed ahead is for nobody. */
static void
app_ahead_end(struct app *a)
{
	ahead_drop(&a->ahead);
	a->ports.ring(a->ports.ctx);
	if (a->visit.notice.level < NOTICE_GOOD)
		visit_say(&a->visit, NOTICE_WARN, "The keys that were typed ahead of the server are dropped; please look at this page first.");
}

void
app_carry_out(struct app *a, int at, struct intent i)
{
	uint32_t tag = a->page[at].tag;
	bool ends = a->ahead.n > 0 && a->ahead.page == tag && (i.go != GO_STAY || i.ahead == AHEAD_ENDS) &&
	    !(i.go == GO_TO && (i.next == &screen_help || i.ahead == AHEAD_GOES));

	if (i.ring)
		a->ports.ring(a->ports.ctx);
	if (i.send) {
		app_send(a, at);
		if (at >= a->depth || a->page[at].tag != tag)
			return;		/* the page went with a refusal that came at once */
	}
	if (i.go == GO_STAY) {
		if (ends)
			app_ahead_end(a);
		return;
	}
	while (a->depth > at + 1)
		app_drop(a);
	switch (i.go) {
	case GO_STAY:
		break;
	case GO_TO:
		if (i.ahead == AHEAD_GOES && a->ahead.page == tag)
			a->ahead.page = a->next_tag + 1;
		app_push_page(a, i.next);
		break;
	case GO_SWAP:
		app_drop(a);
		app_push_page(a, i.next);
		break;
	case GO_BACK:
		if (a->depth > 1) {
			app_drop(a);
			app_entered(a);
		}
		break;
	case GO_HOME:
		app_home(a, i.next);
		break;
	case GO_END:
		app_reset(a, &screen_welcome);
		break;
	case GO_QUIT:
		a->done = true;
		break;
	}
	if (ends && a->ahead.n > 0)
		app_ahead_end(a);
}

/* The page at work: the top one, or what help is shown about. */
static int
app_working(const struct app *a)
{
	return a->depth > 1 && a->page[a->depth - 1].ops == &screen_help ? a->depth - 2 : a->depth - 1;
}

static void
app_event(struct app *a, int at, const struct event *e)
{
	const struct page *p = &a->page[at];

	if (p->ops->event != NULL)
		app_carry_out(a, at, p->ops->event(p->state, &a->visit, e));
}

struct app *
app_new(const struct app_ports *p, const struct clock *clock, const struct rng *rng)
{
	struct app *a = calloc(1, sizeof *a);

	if (a == NULL)
		return NULL;
	a->ports = *p;
	a->clock = clock;
	a->visit.rng = rng;
	a->visit.console = &console_terminal;
	a->visit.address = a->visit.export = "";
	a->visit.fingerprint = "";
	a->visit.net = NET_DIALLING;
	app_now(a);
	app_push_page(a, &screen_connect);
	return a;
}

void
app_free(struct app *a)
{
	if (a == NULL)
		return;
	ahead_drop(&a->ahead);
	while (a->depth > 0)
		app_drop(a);
	crypto_wipe(a, sizeof *a);
	free(a);
}

struct visit *
app_visit(struct app *a)
{
	return &a->visit;
}

int
app_find(const struct app *a, uint32_t tag)
{
	for (int i = 0; i < a->depth; i++)
		if (a->page[i].tag == tag)
			return i;
	return -1;
}

/* Is the session still open? A look keeps it so only if somebody is there. */
static void
app_look(struct app *a)
{
	cs_Envelope e = cs_Envelope_init_zero;

	if (a->visit.token_n != TOKEN_BYTES || a->visit.net != NET_READY || a->visit.mono_ms - a->looked_ms < APP_LOOK_MS)
		return;
	a->looked_ms = a->visit.mono_ms;
	memcpy(a->looked, a->visit.token, TOKEN_BYTES);
	e.which_body = cs_Envelope_ping_tag;
	e.body.ping.active = a->pressed;
	a->pressed = false;
	memcpy(e.token.bytes, a->visit.token, TOKEN_BYTES);
	e.token.size = TOKEN_BYTES;
	(void)!a->ports.ask(a->ports.ctx, &e, a->page[0].tag);		/* asked again in a moment */
	msg_wipe(&e);
}

static void
app_looked(struct app *a, enum rc rc, const cs_Envelope *msg)
{
	if (rc != RC_SESSION_ENDED || a->visit.token_n != TOKEN_BYTES || memcmp(a->looked, a->visit.token, TOKEN_BYTES) != 0)
		return;
	app_reset(a, &screen_welcome);
	visit_say_refused(&a->visit, rc, msg);
}

/* Asked again and again without a key: what the message line says stays. */
static bool
app_polled(pb_size_t asked)
{
	return asked == cs_Envelope_events_tail_tag || asked == cs_Envelope_events_find_tag ||
	    asked == cs_Envelope_waiting_get_tag || asked == cs_Envelope_numbers_get_tag;
}

void
app_answer(struct app *a, uint32_t tag, pb_size_t asked, enum rc rc, const cs_Envelope *msg)
{
	struct event e = { .kind = EVENT_ANSWER, .asked = asked, .rc = rc, .msg = msg };
	int at = app_find(a, tag);

	app_now(a);
	if (asked == cs_Envelope_ping_tag) {
		app_looked(a, rc, msg);
		return;
	}
	if (app_trail_answer(a, asked, rc, msg) || at < 0)
		return;
	if (rc == RC_SESSION_ENDED) {
		app_reset(a, &screen_welcome);
		visit_say_refused(&a->visit, rc, msg);
		return;
	}
	if (rc == RC_OK && msg == NULL)
		e.rc = rc = RC_BUG;
	if (rc != RC_OK) {
		visit_say_refused(&a->visit, rc, msg);
	} else {
		visit_keep_session(&a->visit, asked, msg);
		if (!app_polled(asked) && (a->visit.notice.level == NOTICE_INFO || a->visit.notice.level == NOTICE_WARN))
			a->visit.notice.level = NOTICE_NONE;
		if (msg->which_body == cs_Envelope_capture_begun_tag && a->page[at].ops->picture != NULL)
			a->ports.video_start(a->ports.ctx, &msg->body.capture_begun);
	}
	app_event(a, at, &e);
	app_replay(a);
}

void
app_push(struct app *a, const cs_Envelope *msg)
{
	struct event e = { .kind = EVENT_PUSH, .rc = rc_from_wire(msg->rc), .msg = msg };

	app_now(a);
	if (msg->which_body == cs_Envelope_session_ended_tag) {
		if (a->visit.token_n == 0)
			return;
		app_reset(a, &screen_welcome);
		visit_say_refused(&a->visit, e.rc == RC_OK ? RC_SESSION_ENDED : e.rc, msg);
		return;
	}
	if (msg->which_body == cs_Envelope_capture_verdict_tag)
		app_video_stop(a);
	app_event(a, app_working(a), &e);
	app_replay(a);
}

void
app_net(struct app *a, enum net_state state, enum rc why, const cs_Welcome *welcome)
{
	struct event e = { .kind = EVENT_NET, .rc = why };

	app_now(a);
	a->visit.net = state;
	a->visit.net_why = why;
	if (welcome != NULL) {
		a->visit.place = *welcome;
		a->visit.welcomed = true;
	}
	if (state != NET_READY)
		app_video_stop(a);
	if ((state == NET_REFUSED || state == NET_STRANGER) && a->page[0].ops != &screen_connect) {
		app_reset(a, &screen_connect);
		return;
	}
	app_event(a, app_working(a), &e);
}

void
app_tick(struct app *a)
{
	struct event e = { .kind = EVENT_TICK };

	app_now(a);
	app_look(a);
	app_trail_tick(a);
	app_event(a, app_working(a), &e);
}

void
app_draw(struct app *a, struct cells *c)
{
	const struct page *p = &a->page[a->depth - 1];

	app_now(a);
	cells_clear(c);
	a->visit.w = c->w;
	a->visit.h = c->h;
	c->lamp = a->visit.lamp.shown;
	p->ops->draw(p->state, &a->visit, c);
	app_trail_draw(a, c);
	frame_draw(c, &a->visit, p->ops, p->state);
}

bool
app_done(const struct app *a)
{
	return a->done;
}

struct area
app_picture(const struct app *a, int w, int h)
{
	const struct page *p = &a->page[app_working(a)];

	return p->ops->picture != NULL ? p->ops->picture(w, h) : (struct area){ 0 };
}

const char *
app_page(const struct app *a)
{
	return a->page[a->depth - 1].ops->name;
}
