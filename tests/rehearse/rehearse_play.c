/*
 * rehearse_play.c - one capture, millisecond by millisecond.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The waits are those of a branch: a few milliseconds on the wire, a worker
 * that takes 12 to 30 for a frame, a screen that shows what it is told a
 * little later. They are drawn, not measured, so that a busy machine plays the
 * same capture as an idle one.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "proto/crypto.h"
#include "tests/puppet/puppet_answer.h"
#include "tests/rehearse/rehearse.h"
#include "tests/splitmix.h"

#define BEGIN_MS      1000
#define LONGEST_MS   60000	/* no capture lasts so long */
#define WIRE_US       6000	/* from the camera's picture to the server */
#define WORK_LEAST_MS   12
#define WORK_SPREAD_MS  18
#define SHOWN_LEAST_MS  30	/* until the screen shows what the server said */
#define SHOWN_SPREAD_MS 50
#define TICK_MS         50

struct play_answer { int64_t at_ms; uint32_t seq; enum rc rc; struct vision_features f; };

struct play {
	struct rehearse *r;
	const struct rehearse_part *part;
	const struct puppet_scenario_row *row;
	struct puppet *puppet;
	struct capture *capture;
	struct puppet_answer answer;
	struct rng rng;
	uint64_t random, server_random;
	int64_t now, interval_us, due_us, taken_us;	/* the next picture's: due, exposed */
	int64_t first_ms, worker_ms;
	uint32_t seq, credits, light;
	int64_t light_ms;
	struct play_answer waiting[CAPTURE_CREDITS];
	unsigned n_waiting;
	struct rehearse_end *end;
};

static void
play_fill(void *ctx, void *dst, size_t n)
{
	uint8_t *p = dst;

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(splitmix64(ctx) >> 32);
}

/* What this thread has used of the processor so far. */
static int64_t
play_spent(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0 ? (int64_t)t.tv_sec * 1000000000 + t.tv_nsec : 0;
}

static int64_t
play_draw(struct play *s, int64_t least, int64_t spread)
{
	return least + (int64_t)(splitmix64(&s->random) % (uint64_t)(spread + 1));
}

/* Does what the server says. */
static void
play_hear(struct play *s, const struct capture_out *out)
{
	int64_t shown = s->now + play_draw(s, SHOWN_LEAST_MS, SHOWN_SPREAD_MS);
	int64_t least = (int64_t)(1000 * s->row->react_least), most = (int64_t)(1000 * s->row->react_most);

	s->credits += out->credits;
	if (out->done) {
		s->end->verdict = out->verdict;
		s->end->ms = s->now - s->first_ms;
		memcpy(s->end->detail, out->detail, sizeof s->end->detail);
		return;
	}
	if (!out->guide)
		return;
	puppet_answer_hear(&s->answer, (unsigned)out->ask, out->step, shown, play_draw(s, least, most - least));
	if (out->light != s->light) {
		s->light = out->light;
		s->light_ms = shown;
	}
}

/* The worker's side of one frame. */
static void
play_look(struct play *s, size_t n, const struct vision_request *ask, uint32_t seq)
{
	struct play_answer *a = &s->waiting[s->n_waiting++];
	int64_t begins = s->now > s->worker_ms ? s->now : s->worker_ms;

	memset(a, 0, sizeof *a);
	s->worker_ms = a->at_ms = begins + play_draw(s, WORK_LEAST_MS, WORK_SPREAD_MS);
	a->seq = seq;
	a->f.seq = seq;
	a->rc = face_frame_run(&s->r->frame, s->r->jpeg, n, ask->want, ask->track.w > 0 ? &ask->track : NULL, &a->f);
}

/* FNV-1a (Fowler, Noll, Vo): the desk's hash is keyed, here nobody looks for collisions. */
static uint64_t
play_hash(const uint8_t *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

static enum rc
play_picture(struct play *s)
{
	struct capture_frame frame = { .seq = ++s->seq, .camera_us = s->taken_us };
	struct vision_request ask;
	uint32_t spare;
	size_t n = 0;
	int64_t spent;
	enum rc r;

	puppet_answer_play(&s->answer, s->puppet, s->now);
	if (s->light_ms <= s->now)
		puppet_light(s->puppet, s->light);
	s->due_us += s->interval_us;
	if (s->credits == 0)
		return RC_OK;
	if ((r = puppet_shoot(s->puppet, s->taken_us / 1000, s->r->jpeg, sizeof s->r->jpeg, &n)) != RC_OK)
		return r;
	if (s->part->record != NULL && s->part->record->frames < PUPPET_TAPE_FRAMES &&
	    (r = puppet_tape_add(s->part->record, s->r->jpeg, n)) != RC_OK)
		return r;
	frame.hash = play_hash(s->r->jpeg, n);
	s->credits--;
	if (s->first_ms == 0)
		s->first_ms = s->now;
	s->end->frames++;
	spent = play_spent();
	r = capture_offer(s->capture, &frame, s->now, &ask, &spare);
	s->end->server_ns += play_spent() - spent;
	if (r == RC_OK)
		play_look(s, n, &ask, frame.seq);
	return RC_OK;
}

static void
play_answers(struct play *s)
{
	struct capture_out out;

	while (s->n_waiting > 0 && s->waiting[0].at_ms <= s->now && s->end->verdict == RC_AGAIN) {
		struct play_answer *a = &s->waiting[0];
		int64_t spent = play_spent();

		if (a->rc == RC_OK)
			capture_features(s->capture, a->seq, &s->r->hello, &a->f, s->now, &out);
		else
			capture_error(s->capture, a->seq, a->rc, s->now, &out);
		s->end->server_ns += play_spent() - spent;
		memmove(a, a + 1, --s->n_waiting * sizeof *a);
		play_hear(s, &out);
	}
}

static enum rc
play_run(struct play *s)
{
	struct capture_out out;
	enum rc r;

	s->credits = CAPTURE_CREDITS;
	s->due_us = 1000 * (int64_t)BEGIN_MS;
	s->taken_us = s->due_us;
	for (s->now = BEGIN_MS; s->end->verdict == RC_AGAIN; s->now++) {
		if (s->now > BEGIN_MS + LONGEST_MS)
			return RC_TIMEOUT;
		if (s->taken_us + WIRE_US <= 1000 * s->now) {
			if ((r = play_picture(s)) != RC_OK)
				return r;
			s->taken_us = s->due_us + puppet_late_us(s->puppet, s->interval_us);
		}
		play_answers(s);
		if (s->now % TICK_MS == 0 && s->end->verdict == RC_AGAIN) {
			capture_tick(s->capture, s->now, &out);
			play_hear(s, &out);
		}
	}
	return RC_OK;
}

static enum rc
play_open(struct play *s)
{
	const struct rehearse_part *part = s->part;
	struct capture_options o;
	unsigned fps = s->row->fps > 0 ? s->row->fps : 15;
	enum rc r;

	s->interval_us = 1000000 / fps;
	capture_defaults(&o);
	o.enrol = part->enrol;
	o.light = part->light;
	o.match = s->r->match;
	o.cues.recall = part->scenario == PUPPET_FOREIGN ? NULL : part->who->recall;
	if (!part->enrol)
		o.enrolled = part->who->face;
	s->capture = capture_new(&o, &s->rng, BEGIN_MS);
	crypto_wipe(&o, sizeof o);
	if (s->capture == NULL)
		return RC_NOMEM;
	if ((r = puppet_open(&s->puppet, 640, 480, part->seed)) != RC_OK ||
	    (r = puppet_become(s->puppet, &part->who->photo)) != RC_OK)
		return r;
	return puppet_play(s->puppet, part->scenario, &part->who->tape, part->other != NULL ? &part->other->photo : NULL);
}

enum rc
rehearse_play(struct rehearse *r, const struct rehearse_part *part, struct rehearse_end *end, struct match_template *t)
{
	struct play s = { .r = r, .part = part, .row = &puppet_scenario_rows[part->scenario], .random = part->seed,
	    .server_random = ~part->seed, .end = end };
	enum rc rc;

	s.rng = (struct rng){ play_fill, &s.server_random };
	*end = (struct rehearse_end){ .verdict = RC_AGAIN };
	if ((rc = play_open(&s)) == RC_OK)
		rc = play_run(&s);
	if (rc == RC_OK) {
		size_t n = strcspn(end->detail, " ");

		n = n < sizeof end->reason ? n : sizeof end->reason - 1;
		memcpy(end->reason, end->detail, n);
	}
	if (rc == RC_OK && end->verdict == RC_OK && t != NULL)
		rc = capture_template(s.capture, t);
	if (rc == RC_OK && end->verdict == RC_OK && part->remember != NULL)
		rc = recall_add(part->remember, capture_trace(s.capture));
	capture_free(s.capture);
	puppet_close(s.puppet);
	crypto_wipe(s.waiting, sizeof s.waiting);
	return rc;
}
