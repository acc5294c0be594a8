/*
 * screen_capture.c - the camera looks at the customer: picture, face box,
 * large plain words, progress, time left.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server leads; this page shows what it asks for. The picture is mirrored,
 * so "your left" is on the left. A capture that the link interrupted begins
 * anew by itself; nothing of it counts.
 */
#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "client/widgets.h"

#define CAPTURE_PATIENCE_MS 5000	/* for the verdict, after the time is up */
#define CAPTURE_PANEL_W     28
#define CAPTURE_BANNER_H    3

enum capture_phase {
	CAPTURE_ASKED,		/* waiting for the server to begin */
	CAPTURE_LIVE,		/* frames go, guidance comes */
	CAPTURE_FAILED,		/* the verdict was no; may be tried again */
	CAPTURE_DONE,		/* the verdict was yes */
	CAPTURE_FINISHING,	/* enrolment: the account is being opened */
	CAPTURE_LEAVING,
};

struct capture_state {
	enum capture_phase phase;
	uint8_t id[ID_BYTES];
	cs_CaptureGuide guide;
	bool    guided;
	int64_t ends_ms;		/* mono */
	int64_t lasts_ms;
	bool    seen;			/* the camera sent pictures while the capture ran */
	bool    blind;			/* it failed without any */
	enum rc verdict;
	char    hint[HINT_MAX_BYTES + 1];
};

static struct intent
capture_begin(struct capture_state *s, struct visit *v)
{
	*s = (struct capture_state){ .phase = CAPTURE_ASKED };
	v->notice.level = NOTICE_NONE;
	return SEND;
}

static struct intent
capture_enter(void *state, struct visit *v)
{
	struct capture_state *s = state;

	return s->phase == CAPTURE_ASKED ? capture_begin(s, v) : STAY;
}

static struct intent
capture_give_up(struct capture_state *s, struct visit *v)
{
	bool running = s->phase == CAPTURE_LIVE;

	if (s->phase == CAPTURE_FINISHING)
		return STAY;
	s->phase = CAPTURE_LEAVING;
	if (v->capture_for == cs_CapturePurpose_CAPTURE_ENROL)
		return (struct intent){ .go = GO_END, .send = running };
	return (struct intent){ .go = GO_BACK, .send = running };
}

static struct intent
capture_key(void *state, struct visit *v, struct key k)
{
	struct capture_state *s = state;

	if (k.req == REQ_BACK)
		return capture_give_up(s, v);
	if (s->phase == CAPTURE_FAILED && (k.req == REQ_ENTER || k.req == REQ_AGAIN))
		return capture_begin(s, v);
	return UNHEARD;
}

static struct intent
capture_failed(struct capture_state *s, const struct visit *v, enum rc why, const char *hint)
{
	s->blind = s->phase == CAPTURE_LIVE && !s->seen && v->camera != CAMERA_OFF;
	s->phase = CAPTURE_FAILED;
	s->verdict = why;
	snprintf(s->hint, sizeof s->hint, "%s", s->blind ? "" : hint);
	if (s->hint[0] >= 'a' && s->hint[0] <= 'z')
		s->hint[0] = (char)(s->hint[0] - 32);
	return STAY;
}

static struct intent
capture_push(struct capture_state *s, struct visit *v, const struct event *e)
{
	const cs_CaptureVerdict *verdict = &e->msg->body.capture_verdict;
	const cs_CaptureGuide *guide = &e->msg->body.capture_guide;

	if (s->phase != CAPTURE_LIVE)
		return STAY;
	if (e->msg->which_body == cs_Envelope_capture_guide_tag && memcmp(guide->capture, s->id, ID_BYTES) == 0) {
		s->guide = *guide;
		s->guided = true;
	}
	if (e->msg->which_body != cs_Envelope_capture_verdict_tag || memcmp(verdict->capture, s->id, ID_BYTES) != 0)
		return STAY;
	if (e->rc != RC_OK)
		return capture_failed(s, v, e->rc, verdict->hint);
	if (v->capture_for == cs_CapturePurpose_CAPTURE_TRANSFER)
		return (struct intent){ .go = GO_SWAP, .next = &screen_otp };
	s->phase = CAPTURE_FINISHING;
	return SEND;
}

static struct intent
capture_answer(struct capture_state *s, struct visit *v, const struct event *e)
{
	const cs_CaptureBegun *begun;

	if (e->rc != RC_OK) {
		if (s->phase == CAPTURE_ASKED || s->phase == CAPTURE_FINISHING)
			return capture_failed(s, v, e->rc, "");
		return STAY;
	}
	if (e->msg->which_body == cs_Envelope_capture_begun_tag && s->phase == CAPTURE_ASKED) {
		begun = &e->msg->body.capture_begun;
		memcpy(s->id, begun->capture, ID_BYTES);
		s->lasts_ms = begun->timeout_ms;
		s->ends_ms = v->mono_ms + s->lasts_ms;
		s->phase = CAPTURE_LIVE;
	}
	if (e->msg->which_body == cs_Envelope_registered_tag) {
		v->registered = e->msg->body.registered;
		return (struct intent){ .go = GO_SWAP, .next = &screen_registered };
	}
	return STAY;
}

static struct intent
capture_event(void *state, struct visit *v, const struct event *e)
{
	struct capture_state *s = state;

	s->seen |= s->phase == CAPTURE_LIVE && v->camera == CAMERA_RUNNING;
	switch (e->kind) {
	case EVENT_PUSH:
		return capture_push(s, v, e);
	case EVENT_ANSWER:
		return capture_answer(s, v, e);
	case EVENT_NET:
		if (v->net == NET_READY && s->phase == CAPTURE_LIVE)
			return capture_begin(s, v);
		return STAY;
	case EVENT_TICK:
		if (s->phase == CAPTURE_LIVE && v->net == NET_READY && v->mono_ms > s->ends_ms + CAPTURE_PATIENCE_MS)
			return capture_failed(s, v, RC_CAPTURE_TIMEOUT, "");
		return STAY;
	}
	return STAY;
}

static void
capture_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct capture_state *s = state;

	switch (s->phase) {
	case CAPTURE_LEAVING:
		e->which_body = cs_Envelope_capture_cancel_tag;
		memcpy(e->body.capture_cancel.capture, s->id, ID_BYTES);
		break;
	case CAPTURE_FINISHING:
		e->which_body = cs_Envelope_register_finish_tag;
		break;
	default:
		e->which_body = cs_Envelope_capture_begin_tag;
		e->body.capture_begin.purpose = v->capture_for;
		if (v->capture_for == cs_CapturePurpose_CAPTURE_TRANSFER)
			memcpy(e->body.capture_begin.intent, v->prepared.intent, ID_BYTES);
		break;
	}
}

/* The picture keeps 4:3; a cell is about twice as high as it is wide. */
static struct area
capture_picture(int w, int h)
{
	struct area body = frame_body(w, h);
	int rows = body.h - CAPTURE_BANNER_H - 2, columns = rows * 8 / 3;

	if (columns > w - CAPTURE_PANEL_W - 6) {
		columns = w - CAPTURE_PANEL_W - 6;
		rows = columns * 3 / 8;
	}
	if (rows < 3 || columns < 8)
		return (struct area){ 0 };
	return (struct area){ body.y + 1, (w - columns - CAPTURE_PANEL_W - 3) / 2, rows, columns };
}

/* The face box of the guide, mirrored like the picture; corners only. */
static void
capture_draw_face(const struct capture_state *s, struct cells *c, struct area p)
{
	const cs_CaptureGuide *g = &s->guide;
	int left, right, top, bottom;

	if (!s->guided || g->w == 0 || g->w > 1000 || g->h > 1000 || g->x < -1000 || g->x > 1000 || g->y < -1000 || g->y > 1000)
		return;
	left = (1000 - g->x - (int)g->w) * p.w / 1000;
	right = (1000 - g->x) * p.w / 1000;
	top = g->y * p.h / 1000;
	bottom = (g->y + (int)g->h) * p.h / 1000;
	left = left < 0 ? 0 : left;
	top = top < 0 ? 0 : top;
	right = right >= p.w ? p.w - 1 : right;
	bottom = bottom >= p.h ? p.h - 1 : bottom;
	if (right - left < 4 || bottom - top < 2)
		return;
	for (int i = 1; i <= (right - left) / 5; i++)
		for (int side = 0; side < 2; side++) {
			int y = p.y + (side == 0 ? top : bottom);

			cells_over(c, y, p.x + left + i, THEME_FACE, 0x2501);
			cells_over(c, y, p.x + right - i, THEME_FACE, 0x2501);
		}
	for (int i = 1; i <= (bottom - top) / 5; i++)
		for (int side = 0; side < 2; side++) {
			int x = p.x + (side == 0 ? left : right);

			cells_over(c, p.y + top + i, x, THEME_FACE, 0x2503);
			cells_over(c, p.y + bottom - i, x, THEME_FACE, 0x2503);
		}
	cells_over(c, p.y + top, p.x + left, THEME_FACE, 0x250f);
	cells_over(c, p.y + top, p.x + right, THEME_FACE, 0x2513);
	cells_over(c, p.y + bottom, p.x + left, THEME_FACE, 0x2517);
	cells_over(c, p.y + bottom, p.x + right, THEME_FACE, 0x251b);
}

static void
capture_draw_picture(const struct capture_state *s, const struct visit *v, struct cells *c, struct area p)
{
	cells_box(c, (struct area){ p.y - 1, p.x - 1, p.h + 2, p.w + 2 }, THEME_BORDER, NULL);
	if (v->picture.at != NULL && v->picture.w == p.w && v->picture.h == p.h && v->camera == CAMERA_RUNNING) {
		cells_copy(c, p.y, p.x, v->picture.at, p.w, p.h);
		if (s->phase == CAPTURE_LIVE)
			capture_draw_face(s, c, p);
		return;
	}
	if (v->camera == CAMERA_FAILED || v->camera == CAMERA_WAITING) {
		cells_text(c, p.y + p.h / 2 - 2, p.x + 2, p.w - 4, v->camera == CAMERA_FAILED ? THEME_BAD : THEME_WARN,
		    v->camera == CAMERA_FAILED ? "The camera cannot be used." : "The camera sends no picture yet.");
		cells_wrap(c, p.y + p.h / 2, p.x + 2, p.w - 4, 5, THEME_TEXT, v->camera_text);
		return;
	}
	cells_centre(c, p.y + p.h / 2, p.x, p.w, THEME_DIM, "The camera is being opened ...");
}

/* What each ask means: in large words where the server gives no hint, and in a sentence. */
static const struct {
	const char *words, *sentence;
} capture_asks[] = {
	[cs_CaptureAsk_ASK_NONE] = { "Look at the camera", "" },
	[cs_CaptureAsk_ASK_LOOK] = { "Look at the camera", "The picture is a mirror; hold your head straight." },
	[cs_CaptureAsk_ASK_BLINK] = { "Blink", "Please blink: close both eyes for a moment." },
	[cs_CaptureAsk_ASK_TURN_LEFT] = { "Turn your head to your left", "Please turn your head to your left, then look back." },
	[cs_CaptureAsk_ASK_TURN_RIGHT] = { "Turn your head to your right", "Please turn your head to your right, then look back." },
	[cs_CaptureAsk_ASK_WAIT] = { "Thank you", "One moment ..." },
};

static bool
capture_camera_fails(const struct capture_state *s, const struct visit *v)
{
	return s->phase == CAPTURE_LIVE && (v->camera == CAMERA_FAILED || v->camera == CAMERA_WAITING);
}

static size_t
capture_ask(const struct capture_state *s)
{
	return s->guided && (size_t)s->guide.ask < sizeof capture_asks / sizeof capture_asks[0] ? (size_t)s->guide.ask : 0;
}

static const char *
capture_words(const struct capture_state *s, const struct visit *v)
{
	if (v->net != NET_READY)
		return "Waiting for the server; the capture begins anew";
	switch (s->phase) {
	case CAPTURE_ASKED:
		return "One moment ...";
	case CAPTURE_FAILED:
		return s->blind ? "The camera sent no picture" : "That did not work";
	case CAPTURE_FINISHING:
		return "Thank you. Your account is being opened ...";
	case CAPTURE_DONE:
	case CAPTURE_LEAVING:
		return "Thank you";
	case CAPTURE_LIVE:
		break;
	}
	if (capture_camera_fails(s, v))
		return "The camera does not work";
	return s->guided && s->guide.hint[0] != '\0' ? s->guide.hint : capture_asks[capture_ask(s)].words;
}

static void
capture_draw_banner(const struct capture_state *s, const struct visit *v, struct cells *c)
{
	struct area body = frame_body(c->w, c->h);
	struct area a = { body.y + body.h - CAPTURE_BANNER_H, 0, CAPTURE_BANNER_H, c->w };
	bool fails = capture_camera_fails(s, v);
	bool trouble = s->phase == CAPTURE_FAILED || v->net != NET_READY || fails;
	enum theme t = trouble ? THEME_WARN : THEME_BANNER;
	const char *sentence = fails ? "This is not your fault. Tell the branch staff." : s->phase == CAPTURE_LIVE ? capture_asks[capture_ask(s)].sentence : s->hint;
	char spaced[256];
	const char *words = capture_words(s, v);
	size_t n = 0;

	/* Large words: letter-spaced where there is room. */
	for (const char *p = words; *p != '\0' && n + 3 < sizeof spaced; p++) {
		spaced[n++] = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
		spaced[n++] = ' ';
	}
	spaced[n > 0 ? n - 1 : 0] = '\0';
	if (!trouble)
		cells_fill(c, (struct area){ a.y, 0, 2, c->w }, t, ' ');
	cells_centre(c, a.y, 0, c->w, t, utf8_columns(spaced) <= c->w - 4 ? spaced : words);
	cells_centre(c, a.y + 1, 1, c->w - 2, trouble ? THEME_TEXT : t, sentence);
}

/* The reason of a failed capture and what to do. */
static void
capture_draw_failed(const struct capture_state *s, const struct visit *v, struct cells *c, struct area a)
{
	const char *text = rc_text(s->verdict);
	char why[128];
	int y = a.y;

	if (s->blind)
		snprintf(why, sizeof why, "The camera sent no picture; the server saw nobody. Tell the branch staff.");
	else
		snprintf(why, sizeof why, "%c%s.", text[0] >= 'a' && text[0] <= 'z' ? text[0] - 32 : text[0], text + 1);
	y += cells_wrap(c, y, a.x, a.w, 4, THEME_BAD, why) + 1;
	cells_text(c, y, a.x, a.w, THEME_STRONG, "Enter  tries again");
	cells_text(c, y + 1, a.x, a.w, THEME_STRONG, "Esc    gives up");
	if (!s->blind)
		y += cells_wrap(c, y + 3, a.x, a.w, 4, THEME_DIM,
		    "Light from the front helps; nobody else should be in the picture.");
	if (v->capture_for == cs_CapturePurpose_CAPTURE_TRANSFER)
		cells_text(c, y + 3, a.x, a.w, THEME_DIM, "No money has moved.");
}

static void
capture_draw_panel(const struct capture_state *s, const struct visit *v, struct cells *c, struct area a)
{
	int64_t left = (s->ends_ms - v->mono_ms + 999) / 1000;
	int y = a.y;

	if (s->phase == CAPTURE_FAILED) {
		capture_draw_failed(s, v, c, a);
		return;
	}
	if (s->phase != CAPTURE_LIVE)
		return;
	if (s->guide.steps > 0 && s->guide.steps < 100 && s->guide.step < 100) {
		int done = (int)s->guide.step, steps = (int)s->guide.steps;

		cells_format(c, y, a.x, a.w, THEME_STRONG, "Step %d of %d", done < steps ? done + 1 : steps, steps);
		progress_draw(c, y + 1, a.x, a.w, done, steps);
	}
	left = left < 0 ? 0 : left;
	cells_format(c, y + 3, a.x, a.w, left <= 5 ? THEME_WARN : THEME_DIM, "%d seconds left", (int)left);
	progress_draw(c, y + 4, a.x, a.w, (int)(s->ends_ms > v->mono_ms ? s->ends_ms - v->mono_ms : 0), (int)s->lasts_ms);
	if (!s->guided)
		return;
	if (s->guide.ask == cs_CaptureAsk_ASK_TURN_LEFT || s->guide.ask == cs_CaptureAsk_ASK_TURN_RIGHT)
		big_arrow(c, y + 6, a.x + (a.w - ARROW_W) / 2, THEME_GOOD, s->guide.ask == cs_CaptureAsk_ASK_TURN_LEFT);
	else if (s->guide.ask == cs_CaptureAsk_ASK_BLINK)
		cells_text(c, y + 8, a.x + (a.w - 9) / 2, 9, THEME_GOOD, "(-)   (-)");
	else if (s->guide.ask == cs_CaptureAsk_ASK_LOOK)
		cells_text(c, y + 8, a.x + (a.w - 9) / 2, 9, THEME_GOOD, "(●)   (●)");
}

static void
capture_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct capture_state *s = state;
	struct area p = capture_picture(c->w, c->h);

	capture_draw_banner(s, v, c);
	if (p.w == 0)
		return;
	capture_draw_picture(s, v, c, p);
	capture_draw_panel(s, v, c, (struct area){ p.y, p.x + p.w + 3, p.h, CAPTURE_PANEL_W - 2 });
}

static bool
capture_offers(const void *state, enum request req)
{
	const struct capture_state *s = state;

	return req != REQ_ENTER || s->phase == CAPTURE_FAILED;
}

const struct screen_ops screen_capture = {
	.name = "capture",
	.title = "Camera",
	.help = "Sit so that your face fills about a third of the picture, with light from the front and nobody else in view. "
	    "Do what the large words ask for: look, blink, or turn your head. The picture is a mirror: your left is on the left.\n"
	    "The pictures go sealed to the server, which looks for a live person and compares the face; the terminal keeps none.\n"
	    "Esc gives up; nothing has moved then.",
	.bar = { { REQ_HELP, "Help" }, { REQ_BACK, "Give up" }, { REQ_ENTER, "Try again" } },
	.state_size = sizeof(struct capture_state),
	.enter = capture_enter,
	.key = capture_key,
	.event = capture_event,
	.fill = capture_fill,
	.draw = capture_draw,
	.offers = capture_offers,
	.picture = capture_picture,
};
