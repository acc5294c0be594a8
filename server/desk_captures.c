/*
 * desk_captures.c - captures in progress: frames in, guidance and verdict out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/desk_parts.h"
#include "server/vision_pool.h"

struct desk_capture *
desk_capture_slot(struct desk *d)
{
	for (size_t i = 0; i < DESK_CAPTURES_MAX; i++)
		if (d->captures.slot[i].capture == NULL)
			return &d->captures.slot[i];
	return NULL;
}

struct desk_capture *
desk_capture_of_session(struct desk *d, const uint8_t session[static ID_BYTES])
{
	for (size_t i = 0; i < DESK_CAPTURES_MAX; i++)
		if (d->captures.slot[i].capture != NULL &&
		    memcmp(d->captures.slot[i].row.session, session, ID_BYTES) == 0)
			return &d->captures.slot[i];
	return NULL;
}

static struct desk_capture *
desk_capture_find(struct desk *d, const uint8_t id[static ID_BYTES])
{
	for (size_t i = 0; i < DESK_CAPTURES_MAX; i++)
		if (d->captures.slot[i].capture != NULL && memcmp(d->captures.slot[i].row.id, id, ID_BYTES) == 0)
			return &d->captures.slot[i];
	return NULL;
}

void
desk_capture_free(struct desk_capture *k)
{
	capture_free(k->capture);
	recall_free(k->recall);
	if (k->person != NULL)
		crypto_wipe(k->person, sizeof *k->person);
	free(k->person);
	crypto_wipe(k, sizeof *k);
}

/* Tells the gateway to let frames of this capture pass, or to stop them. */
static void
desk_capture_gate(struct desk *d, const struct desk_capture *k, enum gate_kind kind)
{
	struct gate_head h = { .kind = kind, .credits = CAPTURE_CREDITS, .terminal = k->terminal };

	memcpy(h.capture, k->row.id, sizeof h.capture);
	if (desk_send(d, &h, NULL, 0, NULL, 0) != RC_OK)
		log_line(d->office->log, LOG_LEVEL_WARN, d->name, "the gateway could not be told about a capture");
}

void
desk_capture_open(struct desk *d, struct desk_capture *k)
{
	k->open = true;
	d->captures.n++;
	desk_capture_gate(d, k, GATE_OPEN);
}

static void
desk_capture_close(struct desk *d, struct desk_capture *k)
{
	if (k->open) {
		desk_capture_gate(d, k, GATE_CLOSE);
		d->captures.n--;
	}
	desk_capture_free(k);
}

static void
desk_capture_event(struct desk *d, const struct desk_capture *k, enum rc verdict, const char *words,
    struct audit_event *ev)
{
	memset(ev, 0, sizeof *ev);
	ev->action = AUDIT_CAPTURE_VERDICT;
	ev->outcome = verdict;
	ev->at_ms = clock_utc_ms(d->office->clock);
	ev->person = k->row.person;
	ev->terminal = k->terminal;
	memcpy(ev->session, k->row.session, sizeof ev->session);
	hex_put(k->row.id, sizeof k->row.id, ev->subject);
	snprintf(ev->detail, sizeof ev->detail, "%s", words);
}

void
desk_capture_abandon(struct desk *d, struct desk_capture *k, enum rc why, const char *words)
{
	struct capture_result result = { .verdict = why, .ended_ms = clock_utc_ms(d->office->clock) };
	struct capture_store *st = &d->stores->capture;
	struct capture_trace trace;
	struct audit_event ev;
	enum rc r;

	desk_capture_event(d, k, why, words, &ev);
	result.trace = desk_trace_seal(d, k, &trace);
	if ((r = st->ops->finish(st, k->row.id, &result, &ev)) != RC_OK)
		log_line(d->office->log, LOG_LEVEL_WARN, d->name, "an abandoned capture could not be recorded: %s", rc_text(r));
	desk_capture_close(d, k);
}

/* A push to the terminal that holds the capture; d->answer has the body. */
static void
desk_capture_push(struct desk *d, const struct desk_capture *k, enum rc rc)
{
	d->answer.rc = rc;
	if (desk_send_answer(d, k->terminal, k->control, k->control_n) != RC_OK)
		log_line(d->office->log, LOG_LEVEL_WARN, d->name, "a capture's guidance could not be sent");
}

static void
desk_capture_guide(struct desk *d, struct desk_capture *k, const struct capture_out *out)
{
	cs_CaptureGuide *g = &d->answer.body.capture_guide;

	memset(&d->answer, 0, sizeof d->answer);
	d->answer.which_body = cs_Envelope_capture_guide_tag;
	memcpy(g->capture, k->row.id, sizeof g->capture);
	g->seq = ++k->guides;
	g->ask = (cs_CaptureAsk)out->ask;
	snprintf(g->hint, sizeof g->hint, "%s", out->hint);
	g->step = out->step;
	g->steps = out->steps;
	g->x = out->x;
	g->y = out->y;
	g->w = out->w;
	g->h = out->h;
	g->light = out->light;
	desk_capture_push(d, k, RC_OK);
}

static void
desk_capture_credit(struct desk *d, struct desk_capture *k, const struct capture_out *out)
{
	struct gate_head h = { .kind = GATE_VIDEO, .credits = out->credits, .terminal = k->terminal };
	cs_VideoCredit credit = { .version = PROTO_VERSION, .seq = out->credit_seq, .credits = out->credits };
	uint8_t bytes[VIDEO_HEADER_MAX];
	size_t n = 0;

	memcpy(h.capture, k->row.id, sizeof h.capture);
	memcpy(credit.capture, k->row.id, sizeof credit.capture);
	if (msg_video_credit_put(&credit, bytes, &n) != RC_OK || desk_send(d, &h, k->video, k->video_n, bytes, n) != RC_OK)
		log_line(d->office->log, LOG_LEVEL_WARN, d->name, "a credit could not be sent");
}

/* The template of an enrolment that went well, if it is nobody else's face, sealed with the person's own key. */
static enum rc
desk_capture_seal(struct desk *d, const struct desk_capture *k, struct face_template *to, struct known_like *like)
{
	struct match_template t = { 0 };
	uint8_t raw[MATCH_TEMPLATE_MAX];
	enum rc r;

	if ((r = capture_template(k->capture, &t)) != RC_OK)
		goto out;
	do {
		r = known_ask(d->office->known, k->row.person, &t, like);
	} while (r == RC_FACE_KNOWN && desk_known_gone(d, like));
	if (r != RC_OK)
		goto out;
	memcpy(to->embedder, t.by.embedder, sizeof to->embedder);
	to->embedder_version = t.by.embedder_version;
	to->dim = t.by.embed_dim;
	to->frames = t.frames;
	to->created_ms = clock_utc_ms(d->office->clock);
	r = vault_template_put(d->office->vault, k->person, raw, match_template_put(&t, raw), to);
out:
	match_template_wipe(&t);
	crypto_wipe(raw, sizeof raw);
	return r;
}

/* An enrolment's template, or the verdict that this face is another customer's. */
static enum rc
desk_capture_enrol(struct desk *d, const struct desk_capture *k, struct face_template *sealed,
    struct capture_result *result, struct audit_event *ev)
{
	struct known_like like = { 0 };
	enum rc r = desk_capture_seal(d, k, sealed, &like);

	if (r == RC_FACE_KNOWN) {
		result->verdict = r;
		desk_known_words(d, &like, ev->detail);
		ev->outcome = r;
		return RC_OK;
	}
	result->enrol = sealed;
	return r;
}

/* What the person is told. */
static const char *
desk_capture_words(const struct capture_out *out, enum rc verdict, enum rc stored)
{
	if (stored == RC_LOCKED || stored == RC_DISABLED)	/* other captures failed meanwhile */
		return rc_text(stored);
	if (stored != RC_OK)
		return "The result could not be stored; please try again.";
	return verdict == RC_FACE_KNOWN ? DESK_FACE_KNOWN : out->hint;
}

/* Proof, template, picture, counters and record in one transaction; then the terminal hears of it. */
static void
desk_capture_finish(struct desk *d, struct desk_capture *k, const struct capture_out *out)
{
	struct capture_store *st = &d->stores->capture;
	struct capture_result result = { .verdict = out->verdict, .counts = out->counts };
	cs_CaptureVerdict *v = &d->answer.body.capture_verdict;
	struct face_template sealed = { 0 };
	struct evidence_new evidence;
	struct capture_trace trace;
	struct audit_event ev;
	enum rc r = RC_OK;

	result.ended_ms = clock_utc_ms(d->office->clock);
	result.proof_expires_ms = result.ended_ms + PROOF_LIFE_MS;
	desk_capture_event(d, k, out->verdict, out->detail, &ev);
	if (out->verdict == RC_OK && k->row.enrol)
		r = desk_capture_enrol(d, k, &sealed, &result, &ev);
	result.trace = desk_trace_seal(d, k, &trace);
	result.evidence = desk_evidence_seal(d, k, result.ended_ms, &evidence);
	if (r == RC_OK)
		r = st->ops->finish(st, k->row.id, &result, &ev);
	if (r != RC_OK && r != RC_LOCKED && r != RC_DISABLED)
		log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "a capture could not be recorded: %s", rc_text(r));
	memset(&d->answer, 0, sizeof d->answer);
	d->answer.which_body = cs_Envelope_capture_verdict_tag;
	memcpy(v->capture, k->row.id, sizeof v->capture);
	snprintf(v->hint, sizeof v->hint, "%s", desk_capture_words(out, result.verdict, r));
	desk_capture_push(d, k, r == RC_OK ? result.verdict : r);
	crypto_wipe(&sealed, sizeof sealed);
	desk_capture_close(d, k);
}

static void
desk_capture_act(struct desk *d, struct desk_capture *k, const struct capture_out *out)
{
	if (out->done) {
		desk_capture_finish(d, k, out);
		return;
	}
	if (out->credits > 0 && k->video_n > 0)
		desk_capture_credit(d, k, out);
	if (out->guide)
		desk_capture_guide(d, k, out);
}

static enum rc
desk_capture_offer(struct desk_capture *k, const cs_VideoHeader *video, const struct link_msg *m, int64_t now,
    struct vision_job *job)
{
	struct capture_frame frame = { .seq = video->seq, .camera_us = video->camera_us };
	uint8_t digest[DIGEST_BYTES];
	struct hash h;

	hash_start_keyed(&h, "countersign frame 1", k->key);
	hash_bytes(&h, link_msg_data(m, 3), link_msg_size(m, 3));
	hash_end(&h, digest);
	memcpy(&frame.hash, digest, sizeof frame.hash);
	return capture_offer(k->capture, &frame, now, &job->ask, &job->spare);
}

void
desk_captures_frame(struct desk *d, const struct gate_head *h, struct link_msg *m)
{
	struct desk_capture *k = desk_capture_find(d, h->capture);
	struct vision_job job = { 0 };
	struct capture_out out = { 0 };
	cs_VideoHeader video;
	int64_t now = clock_mono_ms(d->office->clock);
	enum rc r;

	if (k == NULL || k->terminal != h->terminal || link_msg_size(m, 1) > sizeof k->video ||
	    msg_video_header_get(link_msg_data(m, 2), link_msg_size(m, 2), &video) != RC_OK ||
	    desk_capture_offer(k, &video, m, now, &job) != RC_OK)
		return;
	memcpy(k->video, link_msg_data(m, 1), link_msg_size(m, 1));
	k->video_n = link_msg_size(m, 1);
	memcpy(job.capture, k->row.id, sizeof job.capture);
	if ((r = vision_job_send(d->vision, &job, m, 3)) == RC_OK)
		return;
	capture_error(k->capture, video.seq, r == RC_AGAIN ? RC_BUSY : r, now, &out);
	desk_capture_act(d, k, &out);
}

static void
desk_captures_answer(struct desk *d, const struct vision_answer *a)
{
	struct desk_capture *k = desk_capture_find(d, a->capture);
	struct capture_out out = { 0 };
	int64_t now = clock_mono_ms(d->office->clock);

	if (k == NULL)
		return;
	if (a->rc == RC_OK)
		capture_features(k->capture, a->seq, &a->by, &a->features, now, &out);
	else
		capture_error(k->capture, a->seq, a->rc, now, &out);
	desk_capture_act(d, k, &out);
}

enum rc
desk_captures_answers(struct desk *d)
{
	struct vision_answer a;
	enum rc r;

	while ((r = vision_answer_recv(d->vision, &a)) == RC_OK)
		desk_captures_answer(d, &a);
	crypto_wipe(&a, sizeof a);
	return r == RC_AGAIN ? RC_OK : r;
}

void
desk_captures_tick(struct desk *d)
{
	int64_t now = clock_mono_ms(d->office->clock);

	for (size_t i = 0; i < DESK_CAPTURES_MAX; i++) {
		struct desk_capture *k = &d->captures.slot[i];
		struct capture_out out = { 0 };

		if (k->capture == NULL)
			continue;
		capture_tick(k->capture, now, &out);
		if (!out.done && k->guides == 0) {
			capture_state(k->capture, &out);
			out.guide = true;
		}
		desk_capture_act(d, k, &out);
	}
}

void
desk_captures_drop(struct desk *d)
{
	for (size_t i = 0; i < DESK_CAPTURES_MAX; i++)
		if (d->captures.slot[i].capture != NULL)
			desk_capture_free(&d->captures.slot[i]);
	d->captures.n = 0;
}
