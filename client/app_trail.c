/*
 * app_trail.c - the state of the audit trail at its console: asked for now and
 * then, in view on every page, verified with F9.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "client/app_impl.h"
#include "client/console.h"
#include "client/frame.h"
#include "proto/role.h"

#define TRAIL_LOOK_MS 5000	/* between questions */
#define TRAIL_RUN_MS   500	/* while the server verifies */
#define TRAIL_BAR       20	/* columns of the progress bar */
#define TRAIL_WHOSE "the server's own word. Independent: countersign-admin audit verify"	/* one row with what stands before it */

/* Whether there is anybody to show it to. */
static bool
trail_wanted(const struct app *a)
{
	const struct visit *v = &a->visit;

	return v->console == &console_audit && v->token_n == TOKEN_BYTES &&
	    (v->person.roles & ((unsigned)ROLE_SUPERVISOR | ROLE_AUDITOR)) != 0;
}

static enum rc
trail_ask(struct app *a, pb_size_t kind)
{
	cs_Envelope e = cs_Envelope_init_zero;
	enum rc r;

	e.which_body = kind;
	memcpy(e.token.bytes, a->visit.token, TOKEN_BYTES);
	e.token.size = TOKEN_BYTES;
	r = a->ports.ask(a->ports.ctx, &e, a->page[0].tag);
	msg_wipe(&e);
	return r;
}

void
app_trail_tick(struct app *a)
{
	int64_t every = a->visit.trail.verifying ? TRAIL_RUN_MS : TRAIL_LOOK_MS;

	if (!trail_wanted(a) || a->trail_open || a->visit.net != NET_READY ||
	    (a->visit.trail_known && a->visit.mono_ms - a->trail_ms < every))
		return;
	a->trail_ms = a->visit.mono_ms;
	a->trail_open = trail_ask(a, cs_Envelope_trail_get_tag) == RC_OK;
}

bool
app_trail_verify(struct app *a)
{
	enum rc r;

	if (!trail_wanted(a))
		return false;
	visit_say(&a->visit, NOTICE_INFO, "Begun: %s.", TRAIL_WHOSE);
	if ((r = trail_ask(a, cs_Envelope_trail_verify_tag)) != RC_OK)
		visit_say_refused(&a->visit, r, NULL);
	return true;
}

/* A check has ended: what it found, and whose word that is. */
static void
trail_say(struct visit *v)
{
	const cs_Trail *t = &v->trail;

	if (t->outcome == RC_OK)
		visit_say(v, NOTICE_GOOD, "Whole: %s.", TRAIL_WHOSE);
	else if (t->outcome == RC_AUDIT_BROKEN)
		visit_say(v, NOTICE_BAD, "BROKEN: %s.", TRAIL_WHOSE);
	else
		visit_say(v, NOTICE_BAD, "The trail could not be read: %s.", rc_text(rc_from_wire(t->outcome)));
}

bool
app_trail_answer(struct app *a, pb_size_t asked, enum rc rc, const cs_Envelope *msg)
{
	struct visit *v = &a->visit;
	bool verify = asked == cs_Envelope_trail_verify_tag, was = v->trail.verifying;

	if (!verify && asked != cs_Envelope_trail_get_tag)
		return false;
	if (!verify)
		a->trail_open = false;
	if (!trail_wanted(a) || rc == RC_SESSION_ENDED)
		return true;		/* the session's end is seen elsewhere */
	if (rc != RC_OK || msg == NULL || msg->which_body != cs_Envelope_trail_tag) {
		if (verify)
			visit_say_refused(v, rc, msg);
		return true;
	}
	v->trail = msg->body.trail;
	v->trail_known = true;
	if (!v->trail.verifying && (verify || was))
		trail_say(v);
	return true;
}

/* ---- the line ---- */

static void
trail_draw_bar(const cs_Trail *t, struct cells *c, int y)
{
	int percent = t->total > 0 ? (int)((double)t->done / (double)t->total * 100) : 0, x;
	char words[40];

	percent = percent > 100 ? 100 : percent;
	snprintf(words, sizeof words, " %3d %%", percent);
	cells_right(c, y, c->w - 1, c->w - 2, THEME_STATUS, words);
	x = c->w - 1 - utf8_columns(words) - TRAIL_BAR;
	for (int i = 0; i < TRAIL_BAR && x > 0; i++)
		cells_put(c, y, x + i, THEME_STATUS, i * 100 < percent * TRAIL_BAR ? 0x2588 : c->ascii ? '_' : 0x00b7);
	cells_right(c, y, x - 1, x - 2, THEME_STATUS, "Trail: verifying");
}

static void
trail_draw_words(const cs_Trail *t, struct cells *c, int y)
{
	unsigned long long records = t->records, verified = t->verified;
	char when[24], words[400];

	clock_local_text(t->verified_utc_ms, when, sizeof when);
	if (t->verified_utc_ms == 0)
		snprintf(words, sizeof words, "Trail: %llu records, not verified yet; F9 verifies", records);
	else if (t->outcome == RC_OK)
		snprintf(words, sizeof words, "Trail: %llu records; %llu whole %s%s", records, verified, when,
		    t->sealed ? "" : ", by chains alone");
	else if (t->outcome == RC_AUDIT_BROKEN)
		snprintf(words, sizeof words, "Trail BROKEN (%llu) %s: %s", (unsigned long long)t->faults, when, t->fault);
	else
		snprintf(words, sizeof words, "Trail: could not be read %s", when);
	if (t->verified_utc_ms == 0 || t->outcome == RC_OK) {
		cells_right(c, y, c->w - 1, c->w - 2, THEME_STATUS, words);
		return;
	}
	cells_fill(c, (struct area){ y, 0, 1, c->w }, THEME_BAD, ' ');
	cells_text(c, y, 1, c->w - 2, THEME_BAD, words);
}

void
app_trail_draw(const struct app *a, struct cells *c)
{
	const struct area in = frame_body(c->w, c->h);

	if (!trail_wanted(a) || !a->visit.trail_known || in.h < 1 || a->page[a->depth - 1].ops->picture != NULL)
		return;
	if (a->visit.trail.verifying)
		trail_draw_bar(&a->visit.trail, c, in.y + in.h - 1);
	else
		trail_draw_words(&a->visit.trail, c, in.y + in.h - 1);
}
