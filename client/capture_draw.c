/*
 * capture_draw.c - the capture page: picture, face box, large plain words,
 * signs, progress, time left, and after a refusal what to do next.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The picture is mirrored, so "your left" is on the left.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/screen_capture.h"
#include "client/frame.h"
#include "client/widgets.h"

#define CAPTURE_PANEL_W  28
#define CAPTURE_BANNER_H 3
#define EYE_W  7
#define EYES_W 17

/* The picture keeps 4:3; a cell is about twice as high as it is wide. */
struct area
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

/* What each ask means: in large words and in a sentence. */
static const struct {
	const char *words, *sentence;
} capture_asks[] = {
	[cs_CaptureAsk_ASK_NONE] = { "Look at the camera", "" },
	[cs_CaptureAsk_ASK_LOOK] = { "Look at the camera", "The picture is a mirror; hold your head straight." },
	[cs_CaptureAsk_ASK_BLINK] = { "Blink once", "Close both eyes for a moment and open them again." },
	[cs_CaptureAsk_ASK_TURN_LEFT] = { "Turn your head to your left", "Turn it, then look back at the camera." },
	[cs_CaptureAsk_ASK_TURN_RIGHT] = { "Turn your head to your right", "Turn it, then look back at the camera." },
	[cs_CaptureAsk_ASK_WAIT] = { "Thank you", "One moment ..." },
	[cs_CaptureAsk_ASK_BLINK_TWICE] = { "Blink twice", "Close both eyes for a moment, two times." },
	[cs_CaptureAsk_ASK_CLOSE_EYES] = { "Close your eyes", "Keep them closed until the terminal beeps." },
	[cs_CaptureAsk_ASK_OPEN_EYES] = { "Open your eyes", "Open them and look at the camera." },
	[cs_CaptureAsk_ASK_NOD] = { "Nod", "Lower your chin once, then look back at the camera." },
	[cs_CaptureAsk_ASK_OPEN_MOUTH] = { "Open your mouth", "Open it wide, then close it." },
};

/* An ask that has to be answered with a movement; its own words stand, whatever the hint. */
static bool
capture_is_challenge(cs_CaptureAsk a)
{
	return a != cs_CaptureAsk_ASK_NONE && a != cs_CaptureAsk_ASK_LOOK && a != cs_CaptureAsk_ASK_WAIT;
}

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
	if (s->guided && s->guide.hint[0] != '\0' && !capture_is_challenge(s->guide.ask))
		return s->guide.hint;
	return capture_asks[capture_ask(s)].words;
}

/* What stands below the large words: how to do it, or what is wrong with how it is done. */
static const char *
capture_sentence(const struct capture_state *s, const struct visit *v)
{
	const char *words = capture_asks[capture_ask(s)].words;

	if (s->phase != CAPTURE_LIVE)
		return s->hint;
	if (capture_camera_fails(s, v))
		return "This is not your fault. Tell the branch staff.";
	if (capture_is_challenge(s->guide.ask) && strncasecmp(words, s->guide.hint, strlen(s->guide.hint)) != 0)
		return s->guide.hint;
	return capture_asks[capture_ask(s)].sentence;
}

/* In the middle; what is too long for a row takes two. */
static void
capture_draw_sentence(struct cells *c, int y, enum theme t, const char *text)
{
	int n = utf8_columns(text), w = n <= c->w - 4 ? n : n / 2 + 12;

	if (w > c->w - 4)
		w = c->w - 4;
	cells_wrap(c, y, (c->w - w) / 2, w, CAPTURE_BANNER_H - 1, t, text);
}

static void
capture_draw_banner(const struct capture_state *s, const struct visit *v, struct cells *c)
{
	struct area body = frame_body(c->w, c->h);
	struct area a = { body.y + body.h - CAPTURE_BANNER_H, 0, CAPTURE_BANNER_H, c->w };
	bool trouble = s->phase == CAPTURE_FAILED || v->net != NET_READY || capture_camera_fails(s, v);
	enum theme t = trouble ? THEME_WARN : THEME_BANNER;
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
	capture_draw_sentence(c, a.y + 1, trouble ? THEME_TEXT : t, capture_sentence(s, v));
}

/* Where another try cannot help: who can. */
static const char *
capture_advice(enum rc why)
{
	switch (why) {
	case RC_EMBEDDER_OTHER:
	case RC_NOT_ENROLLED:
	case RC_FORGED:
	case RC_MALFORMED:
		return "Ask the branch staff to enrol your face anew.";
	case RC_EXPIRED:
	case RC_NOT_FOUND:
	case RC_EARLY:
		return "Go back and begin anew.";
	default:
		return "Ask the branch staff.";
	}
}

/* The reason of a failed capture and what to do. */
static void
capture_draw_failed(const struct capture_state *s, const struct visit *v, struct cells *c, struct area a)
{
	const char *text = rc_text(s->verdict);
	bool again = capture_may_help(s->verdict);
	char why[128];
	int y = a.y;

	if (s->blind)
		snprintf(why, sizeof why, "The camera sent no picture; the server saw nobody. Tell the branch staff.");
	else
		snprintf(why, sizeof why, "%c%s.", text[0] >= 'a' && text[0] <= 'z' ? text[0] - 32 : text[0], text + 1);
	y += cells_wrap(c, y, a.x, a.w, 4, THEME_BAD, why) + 1;
	if (again)
		cells_text(c, y++, a.x, a.w, THEME_STRONG, "Enter  tries again");
	else
		y += cells_wrap(c, y, a.x, a.w, 3, THEME_STRONG, capture_advice(s->verdict)) + 1;
	cells_text(c, y, a.x, a.w, THEME_STRONG, again ? "Esc    gives up" : "Esc    goes back");
	y += 2;
	if (again && !s->blind)
		y += cells_wrap(c, y, a.x, a.w, 4, THEME_DIM,
		    "Light from the front helps; nobody else should be in the picture.");
	if (v->capture_for == cs_CapturePurpose_CAPTURE_TRANSFER || v->capture_for == cs_CapturePurpose_CAPTURE_APPROVE)
		cells_text(c, y, a.x, a.w, THEME_DIM, "No money has moved.");
}

/* A pair of eyes, EYES_W columns wide: open ones three rows high, shut ones one. */
static void
capture_draw_eyes(struct cells *c, int y, int x, bool shut)
{
	static const char *const open_rows[] = { "╭─────╮", "│  ●  │", "╰─────╯" };

	for (int eye = 0; eye < 2; eye++, x += EYES_W - EYE_W)
		for (int row = 0; row < (shut ? 1 : 3); row++)
			cells_text(c, y + row, x, EYE_W, THEME_GOOD, open_rows[shut ? 2 : row]);
}

/* The ask as a picture, to be seen from across the counter. */
static void
capture_draw_sign(cs_CaptureAsk ask, struct cells *c, int y, struct area a)
{
	int arrow = a.x + (a.w - ARROW_W) / 2, eyes = a.x + (a.w - EYES_W) / 2;

	switch (ask) {
	case cs_CaptureAsk_ASK_TURN_LEFT:
		big_arrow(c, y, arrow, THEME_GOOD, ARROW_LEFT);
		break;
	case cs_CaptureAsk_ASK_TURN_RIGHT:
		big_arrow(c, y, arrow, THEME_GOOD, ARROW_RIGHT);
		break;
	case cs_CaptureAsk_ASK_NOD:
		big_arrow(c, y, arrow, THEME_GOOD, ARROW_DOWN);
		break;
	case cs_CaptureAsk_ASK_BLINK_TWICE:
		capture_draw_eyes(c, y + 4, eyes, true);
		/* fall through */
	case cs_CaptureAsk_ASK_BLINK:
	case cs_CaptureAsk_ASK_CLOSE_EYES:
		capture_draw_eyes(c, y + 2, eyes, true);
		break;
	case cs_CaptureAsk_ASK_OPEN_MOUTH:
		capture_draw_eyes(c, y, eyes, false);
		cells_box(c, (struct area){ y + 4, eyes + 4, 4, EYES_W - 8 }, THEME_GOOD, NULL);
		break;
	case cs_CaptureAsk_ASK_LOOK:
	case cs_CaptureAsk_ASK_OPEN_EYES:
		capture_draw_eyes(c, y + 1, eyes, false);
		break;
	default:
		break;
	}
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
	if (s->guided)
		capture_draw_sign(s->guide.ask, c, y + 6, a);
}

void
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
