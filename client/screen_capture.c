/*
 * screen_capture.c - the camera looks at the customer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server leads; this page shows what it asks for (capture_draw.c), lets
 * the screen shine as it says (lamp.h) and rings for closed eyes. A capture
 * that the link interrupted begins anew by itself; nothing of it counts.
 */
#include <stdio.h>
#include <string.h>

#include "client/console.h"
#include "client/screen_capture.h"

#define CAPTURE_PATIENCE_MS 5000	/* for the verdict, after the time is up */
#define CAPTURE_RING_MS     2000	/* again, while eyes stay closed that shall open */

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
	if (v->capture_for == cs_CapturePurpose_CAPTURE_ENROL || v->capture_for == cs_CapturePurpose_CAPTURE_SIGN_ON)
		return (struct intent){ .go = GO_END, .send = running };
	return (struct intent){ .go = GO_BACK, .send = running };
}

bool
capture_may_help(enum rc why)
{
	switch (why) {
	case RC_EMBEDDER_OTHER:
	case RC_NOT_ENROLLED:
	case RC_FORGED:
	case RC_MALFORMED:
	case RC_FACE_KNOWN:
	case RC_DISABLED:
	case RC_DENIED:
	case RC_EARLY:
	case RC_EXPIRED:
	case RC_NOT_FOUND:
	case RC_INVALID:
	case RC_BUG:
		return false;
	default:
		return true;
	}
}

static struct intent
capture_key(void *state, struct visit *v, struct key k)
{
	struct capture_state *s = state;

	if (k.req == REQ_BACK)
		return capture_give_up(s, v);
	if (s->phase == CAPTURE_FAILED && capture_may_help(s->verdict) && (k.req == REQ_ENTER || k.req == REQ_AGAIN))
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

/* Shows what the server asks for now, with light and bell. */
static struct intent
capture_guided(struct capture_state *s, struct visit *v, const cs_CaptureGuide *guide)
{
	bool opens = guide->ask == cs_CaptureAsk_ASK_OPEN_EYES && s->guide.ask != guide->ask;

	s->guide = *guide;
	s->guided = true;
	if (v->light_ok)
		lamp_ask(&v->lamp, guide->light, v->mono_ms);
	if (!opens)
		return STAY;
	s->rang_ms = v->mono_ms;
	return RING;
}

static struct intent
capture_push(struct capture_state *s, struct visit *v, const struct event *e)
{
	const cs_CaptureVerdict *verdict = &e->msg->body.capture_verdict;
	const cs_CaptureGuide *guide = &e->msg->body.capture_guide;

	if (s->phase != CAPTURE_LIVE)
		return STAY;
	if (e->msg->which_body == cs_Envelope_capture_guide_tag && memcmp(guide->capture, s->id, ID_BYTES) == 0)
		return capture_guided(s, v, guide);
	if (e->msg->which_body != cs_Envelope_capture_verdict_tag || memcmp(verdict->capture, s->id, ID_BYTES) != 0)
		return STAY;
	if (e->rc != RC_OK)
		return capture_failed(s, v, e->rc, verdict->hint);
	if (v->capture_for == cs_CapturePurpose_CAPTURE_BATCH)
		return (struct intent){ .go = GO_SWAP, .next = &screen_sign };
	if (v->capture_for == cs_CapturePurpose_CAPTURE_APPROVE)
		return (struct intent){ .go = GO_SWAP, .next = &screen_otp };
	if (v->capture_for == cs_CapturePurpose_CAPTURE_TRANSFER)
		return (struct intent){ .go = GO_SWAP, .next = v->prepared.needs_approval ? &screen_approve : &screen_otp };
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
	if (e->msg->which_body == cs_Envelope_signed_on_tag)
		return (struct intent){ .go = GO_SWAP, .next = v->console->home };
	return STAY;
}

static struct intent
capture_tick(struct capture_state *s, struct visit *v)
{
	if (s->phase != CAPTURE_LIVE || v->net != NET_READY)
		return STAY;
	if (v->mono_ms > s->ends_ms + CAPTURE_PATIENCE_MS)
		return capture_failed(s, v, RC_CAPTURE_TIMEOUT, "");
	if (s->guide.ask != cs_CaptureAsk_ASK_OPEN_EYES || v->mono_ms - s->rang_ms < CAPTURE_RING_MS)
		return STAY;
	s->rang_ms = v->mono_ms;
	return RING;
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
		return capture_tick(s, v);
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
		e->which_body = v->capture_for == cs_CapturePurpose_CAPTURE_SIGN_ON ? cs_Envelope_sign_on_face_tag :
		    cs_Envelope_register_finish_tag;
		break;
	default:
		e->which_body = cs_Envelope_capture_begin_tag;
		e->body.capture_begin.purpose = v->capture_for;
		e->body.capture_begin.light_ok = v->light_ok;
		if (v->capture_for == cs_CapturePurpose_CAPTURE_BATCH)
			e->body.capture_begin.batch = v->batch.batch;
		if (v->capture_for == cs_CapturePurpose_CAPTURE_APPROVE)
			e->body.capture_begin.hold = v->hold.hold;
		if (v->capture_for == cs_CapturePurpose_CAPTURE_TRANSFER)
			memcpy(e->body.capture_begin.intent, v->prepared.intent, ID_BYTES);
		break;
	}
}

static const char *
capture_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct capture_state *s = state;

	(void)v;
	if (req != REQ_ENTER || (s->phase == CAPTURE_FAILED && capture_may_help(s->verdict)))
		return NULL;
	return s->phase == CAPTURE_FAILED ? "Trying again would not help here. Esc goes back." :
	    "There is nothing to try again while the camera looks.";
}

const struct screen_ops screen_capture = {
	.name = "capture",
	.title = "Camera",
	.help = "Sit so that your face fills about a third of the picture, with light from the front and nobody else in view. "
	    "Do what the large words ask for when they ask; with closed eyes wait for the beep. The picture is a mirror: your left is "
	    "on the left. The screen may shine in a few colours; if changing light troubles you, tell the branch staff first.\n"
	    "The pictures go sealed to the server, which looks for a live person and compares the face; the terminal keeps none.\n"
	    "Esc gives up; nothing has moved then.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Give up", 0 }, { REQ_ENTER, "Try again", 0 } },
	.state_size = sizeof(struct capture_state),
	.enter = capture_enter,
	.key = capture_key,
	.event = capture_event,
	.fill = capture_fill,
	.draw = capture_draw,
	.refuses = capture_refuses,
	.picture = capture_picture,
};
