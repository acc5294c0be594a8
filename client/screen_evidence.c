/*
 * screen_evidence.c - the small picture of one capture: shown after a reason
 * was typed, and held beyond its time if a supervisor says so.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reason goes with each part of the picture, and the server records it
 * before a pixel leaves. Pixels come raw: nothing here reads a picture format.
 * They are in the page's state alone, which the host wipes.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/frame.h"

#define EVIDENCE_REASON 3	/* characters at least */

struct evidence_state {
	struct dialog dialog;
	bool opened, asked, shown, held;
	uint32_t part;			/* the one that is asked for */
	int64_t taken_ms, until_ms;
	uint8_t pixels[EVIDENCE_BYTES];
};

static const struct dialog_text evidence_look = {
	.title = "Look at a picture of a person", .question = "Your reason is recorded with your name before the picture is shown.",
	.choices = { "Do not look", "Look" }, .reason_chars = EVIDENCE_REASON,
}, evidence_hold = {
	.title = "Hold the picture", .question = "It is kept beyond its time until somebody lets it go.",
	.choices = { "Do not hold it", "Hold it" }, .reason_chars = EVIDENCE_REASON,
}, evidence_let_go = {
	.title = "Let the picture go", .question = "Its key is destroyed when its time is over; at once, if it is over already.",
	.choices = { "Hold it further", "Let it go" }, .reason_chars = EVIDENCE_REASON,
};

static struct intent
evidence_enter(void *state, struct visit *v)
{
	struct evidence_state *s = state;

	(void)v;
	if (!s->opened)
		dialog_open(&s->dialog, &evidence_look);
	s->opened = true;
	return STAY;
}

static struct intent
evidence_key(void *state, struct visit *v, struct key k)
{
	struct evidence_state *s = state;

	if (s->dialog.text != NULL) {
		if (s->asked)
			return STAY;
		if (!audit_confirm(&s->dialog, v, k))
			return s->dialog.text == NULL && !s->shown ? BACK : STAY;
		s->asked = true;
		return SEND;
	}
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_SUBMIT:
		dialog_open(&s->dialog, s->held ? &evidence_let_go : &evidence_hold);
		return STAY;
	default:
		return UNHEARD;
	}
}

static void
evidence_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct evidence_state *s = state;

	if (s->shown) {
		e->which_body = cs_Envelope_evidence_hold_tag;
		memcpy(e->body.evidence_hold.capture, v->about_capture, ID_BYTES);
		e->body.evidence_hold.hold = !s->held;
		audit_reason(&s->dialog, e->body.evidence_hold.reason);
		return;
	}
	e->which_body = cs_Envelope_evidence_get_tag;
	memcpy(e->body.evidence_get.capture, v->about_capture, ID_BYTES);
	e->body.evidence_get.part = s->part;
	audit_reason(&s->dialog, e->body.evidence_get.reason);
}

/* One part; true when it is the one that was asked for. */
static bool
evidence_take(struct evidence_state *s, const struct visit *v, const cs_Evidence *m)
{
	if (m->width != EVIDENCE_W || m->height != EVIDENCE_H || m->parts != EVIDENCE_PARTS || m->part != s->part ||
	    m->pixels.size != EVIDENCE_PART_BYTES || memcmp(m->capture, v->about_capture, ID_BYTES) != 0)
		return false;
	memcpy(s->pixels + (size_t)m->part * EVIDENCE_PART_BYTES, m->pixels.bytes, EVIDENCE_PART_BYTES);
	s->taken_ms = m->taken_utc_ms;
	s->until_ms = m->until_utc_ms;
	s->held = m->held;
	s->part++;
	return true;
}

static struct intent
evidence_event(void *state, struct visit *v, const struct event *e)
{
	struct evidence_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc == RC_OK && s->shown) {
		dialog_close(&s->dialog);
		s->held = !s->held;
		visit_say(v, NOTICE_GOOD, s->held ? "Held: it stays beyond its time." : "Let go: it ends when its time is over.");
		return STAY;
	}
	if (e->rc == RC_OK && e->msg != NULL && e->msg->which_body == cs_Envelope_evidence_tag &&
	    evidence_take(s, v, &e->msg->body.evidence)) {
		s->shown = s->part == EVIDENCE_PARTS;
		s->asked = !s->shown;
		if (s->shown)
			dialog_close(&s->dialog);
		return s->shown ? STAY : SEND;
	}
	if (e->rc == RC_OK)
		visit_say(v, NOTICE_BAD, "The server sent no picture of this capture.");
	dialog_close(&s->dialog);
	return s->shown ? STAY : BACK;
}

/* The mean of the pixels that fall into one of w by h parts of the picture. */
static unsigned
evidence_mean(const uint8_t *pixels, int x, int y, int w, int h)
{
	unsigned x0 = (unsigned)x * EVIDENCE_W / (unsigned)w, x1 = (unsigned)(x + 1) * EVIDENCE_W / (unsigned)w;
	unsigned y0 = (unsigned)y * EVIDENCE_H / (unsigned)h, y1 = (unsigned)(y + 1) * EVIDENCE_H / (unsigned)h;
	unsigned sum = 0, n = 0;

	x1 += x1 == x0;
	y1 += y1 == y0;
	for (unsigned i = y0; i < y1; i++)
		for (unsigned k = x0; k < x1; k++, n++)
			sum += pixels[i * EVIDENCE_W + k];
	return sum / n;
}

/*
 * A cell as bright as it should be: how much of it is inked tells most of it,
 * so that it can be read without colour, and the grey of the ink the rest.
 */
static void
evidence_cell(struct cells *c, int y, int x, unsigned bright)
{
	static const uint32_t ink[] = { ' ', 0x2591, 0x2592, 0x2593, 0x2588 }, plain[] = { ' ', '.', ':', '*', '#' };
	unsigned step = (bright * 4 + 254) / 255, grey = step == 0 ? 0 : bright * 4 / step;
	struct cell at = { .theme = THEME_PICTURE, .bg = 16, .fg = (int16_t)(232 + (grey > 255 ? 255 : grey) * 23 / 255) };

	at.cp = c->ascii ? plain[step] : ink[step];
	cells_copy(c, y, x, &at, 1, 1);
}

static void
evidence_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct evidence_state *s = state;
	struct area in = frame_body(c->w, c->h);
	int h = in.h - AUDIT_STATUS - 2, w = h * 8 / 3;	/* a cell is twice as high as wide, the picture 4 by 3 */
	char taken[32], until[32];

	audit_status_draw(c, v);
	if (w > in.w)
		h = (w = in.w) * 3 / 8;
	if (s->shown) {
		audit_when(s->taken_ms, taken, sizeof taken);
		audit_when(s->until_ms, until, sizeof until);
		cells_format(c, in.y, in.x + 1, in.w - 2, THEME_TEXT, "Taken %s, kept until %s%s", taken, until, s->held ? ", and held beyond" : "");
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++)
				evidence_cell(c, in.y + 2 + y, in.x + (in.w - w) / 2 + x, evidence_mean(s->pixels, x, y, w, h));
	}
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
evidence_refuses(const void *state, const struct visit *v, enum request req)
{
	if (req != REQ_SUBMIT)
		return NULL;
	return ((const struct evidence_state *)state)->shown ? audit_only_supervisor(v) : "The picture is not here yet.";
}

static bool
evidence_waits(const void *state)
{
	return ((const struct evidence_state *)state)->asked;
}

static void
evidence_leave(void *state, struct visit *v)
{
	dialog_close(&((struct evidence_state *)state)->dialog);
	memset(v->about_capture, 0, sizeof v->about_capture);
}

const struct screen_ops screen_evidence = {
	.name = "evidence",
	.title = "Picture",
	.help = "The picture that the server kept of a capture: grey, 160 by 120, of the frame that tells most. It is sealed with a key of its "
	    "own, which is destroyed when its time is over.\n"
	    "Whoever looks types a reason, which is recorded with their name before the picture is shown. Nobody looks at pictures of "
	    "themselves.\n"
	    "F8 holds it beyond its time, or lets it go, also with a reason.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 1 }, { REQ_SUBMIT, "Hold, let go", 0 } },
	.state_size = sizeof(struct evidence_state),
	.enter = evidence_enter,
	.key = evidence_key,
	.event = evidence_event,
	.fill = evidence_fill,
	.draw = evidence_draw,
	.refuses = evidence_refuses,
	.waits = evidence_waits,
	.leave = evidence_leave,
};
