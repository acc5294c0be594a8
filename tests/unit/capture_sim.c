/*
 * capture_sim.c - see capture_sim.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture_sim.h"
#include "server/capture_ask.h"
#include "server/capture_track.h"
#include "tests/splitmix.h"

#define STEP_MS 10

void
sim_init(struct sim *s, uint64_t seed, bool enrol)
{
	memset(s, 0, sizeof *s);
	capture_defaults(&s->o);
	s->o.match = (struct match_rule){ .cosine = .54f, .cosine_frame = .44f, .cosine_never = .24f };
	s->o.enrol = enrol;
	s->hello = fake_hello;
	fake_rng_init(&s->rng, seed * 31 + 7);
	fake_person_init(&s->one, 1, seed);
	fake_person_init(&s->two, 2, seed + 1000);
	s->fps = 15;
	s->delay_ms = 60;
	s->react_ms = 400;
	s->down_rc = RC_VISION_DOWN;
	if (!enrol) {
		struct match_set set = { 0 };

		for (int i = 0; i < 5; i++) {
			struct vision_features f;

			fake_person_frame(&s->one, 0, VISION_WANT_EMBEDDING, &f);
			assert_int_equal(match_set_add(&set, &fake_hello, &f), RC_OK);
		}
		assert_int_equal(match_set_template(&set, &s->o.enrolled), RC_OK);
	}
}

static void
sim_saw(struct sim *s)
{
	struct capture_out *out = &s->out;

	assert_non_null(out->hint);
	assert_true(strlen(out->hint) <= HINT_MAX_BYTES);
	for (const char *p = out->hint; *p != '\0'; p++)
		assert_false(isdigit((unsigned char)*p));	/* never a score */
	s->credits += out->credits;
	assert_true(s->greedy || s->credits <= 2 * CAPTURE_CREDITS);
	if (s->credits > CAPTURE_CREDITS)
		s->credits = CAPTURE_CREDITS;
	s->guides += out->guide;
	if (out->light != s->light) {
		assert_true(out->guide || out->done);	/* the terminal hears of it */
		s->light = out->light;
		s->shines += out->light != 0;
	}
	if (out->step > s->step) {
		s->inside += s->asked_inside;
		s->asked_inside = false;
	}
	if (out->guide && (out->ask != s->asked || out->step != s->step)) {
		s->asked = out->ask;
		s->step = out->step;
		s->ask_ms = s->now;
	}
}

static struct fake_person *
sim_person(struct sim *s)
{
	bool asked = s->asked > LIVENESS_ASK_LOOK && s->asked != LIVENESS_ASK_WAIT;

	if (s->swap_answers && s->blank > 0)
		asked = asked && s->now >= s->ask_ms + s->react_ms - (int64_t)(s->blank + 1) * 1000 / s->fps;
	if (s->swap_answers)
		return asked ? &s->two : &s->one;
	return s->swap_ms > 0 && s->now >= START + s->swap_ms ? &s->two : &s->one;
}

/* An embedding of that cosine with the enrolled one. */
static void
sim_oddly(const struct sim *s, struct vision_features *f)
{
	const float *v = s->o.enrolled.v;
	float part = 0.0f, rest = 0.0f;

	for (uint32_t i = 0; i < f->embed_dim; i++)
		f->embedding[i] = i % 2 == 0 ? v[i + 1] : -v[i - 1];	/* at a right angle */
	for (uint32_t i = 0; i < f->embed_dim; i++) {
		part += f->embedding[i] * v[i];
		rest += f->embedding[i] * f->embedding[i];
	}
	assert_true(fabsf(part) < .01f && fabsf(rest - 1.0f) < .01f);
	for (uint32_t i = 0; i < f->embed_dim; i++)
		f->embedding[i] = s->odd * v[i] + sqrtf(1.0f - s->odd * s->odd) * f->embedding[i];
}

/* What the worker makes of it: it follows where it was told to, if the face is still there, and sees no other then. */
static void
sim_look(struct sim *s, struct fake_person *p, const struct vision_request *ask, struct vision_features *f)
{
	fake_person_frame(p, s->now, ask->want, f);
	if ((p == &s->two) != s->two_was)
		s->blank_left = s->blank;
	s->two_was = p == &s->two;
	if (s->blank_left > 0 || (s->unseen > 0 && splitmix64(&s->noise) % s->unseen == 0))
		fake_nobody(f);
	s->blank_left -= s->blank_left > 0;
	if (s->odd > 0 && f->embed_dim > 0 && s->asked > LIVENESS_ASK_LOOK) {
		sim_oddly(s, f);
		s->odd = 0;
	}
	s->textures_run += f->has_texture;
	if ((ask->want & VISION_WANT_EMBEDDING) != 0 && s->seq < 64)
		s->picked |= UINT64_C(1) << s->seq;
	s->asked_inside |= s->asked > LIVENESS_ASK_LOOK && (ask->want & VISION_WANT_EMBEDDING) != 0;
	assert_true(ask->track.w <= 0 || s->seq_answered > 0);
	if (ask->track.w > 0 && capture_track_iou(&ask->track, &f->face[0]) > .4f)
		f->tracked = 1;
	else if (s->crowd_ms > 0 && s->now >= START + s->crowd_ms)
		fake_add_face(f, .7f);
	s->probes += (ask->want & VISION_WANT_EMBEDDING) != 0;
	assert_true((ask->want & VISION_WANT_TEXTURE) == 0 || (ask->want & VISION_WANT_EMBEDDING) == 0);	/* never both */
	s->searches += ask->track.w <= 0;
	s->followed = ask->track.w > 0 ? s->followed + 1 : 0;
	if (s->followed > s->most_followed)
		s->most_followed = s->followed;
}

/* A busy pool leaves out whatever it may: that comes to an end. */
static void
sim_put_off(uint32_t *times, uint32_t want, uint32_t spare)
{
	if (want != 0)
		*times = (want & spare) == 0 ? 0 : *times + 1;
	assert_true(*times < CAPTURE_PUT_OFF_MOST + CAPTURE_CREDITS);	/* those in flight did not know yet */
}

static void
sim_camera(struct sim *s)
{
	struct fake_person *p = sim_person(s);
	struct capture_frame frame = { .camera_us = (s->now + 123) * 1000 + (int64_t)(splitmix64(&s->noise) % 4000) };
	struct pending *w;
	struct vision_request ask = { 0 };
	uint32_t spare = 0;
	enum rc r;

	/* answers once, and again when nothing comes of it */
	if (!s->still && s->asked > LIVENESS_ASK_LOOK && s->now >= s->ask_ms + s->react_ms &&
	    (p->move_ms <= s->ask_ms || s->now - p->move_ms > 2500))
		fake_person_move(p, fake_answer(s->asked), s->now);
	if (s->swap_cut && p == &s->two)
		p->x = 20;
	if (s->credits == 0 && !s->greedy)
		return;
	s->credits -= s->credits > 0;
	s->seq++;
	if (s->lose > 0 && s->seq % s->lose == 0)
		return;
	frame.seq = s->seq;
	frame.hash = splitmix64(&s->noise);	/* no two pictures are the same */
	r = capture_offer(s->c, &frame, s->now, &ask, &spare);
	if (s->greedy && r == RC_BUSY)
		return;
	assert_int_equal(r, RC_OK);
	assert_true((spare & ~(uint32_t)(VISION_WANT_EMBEDDING | VISION_WANT_TEXTURE)) == 0);
	if (s->busy) {
		sim_put_off(&s->put_off, ask.want & VISION_WANT_EMBEDDING, spare);
		sim_put_off(&s->textures_put_off, ask.want & VISION_WANT_TEXTURE, spare);
		ask.want &= ~spare;
	}
	assert_true((ask.want & VISION_WANT_EYES) != 0);
	assert_true(s->waiting < CAPTURE_CREDITS);
	w = &s->at_worker[s->waiting++];
	w->seq = s->seq;
	w->due = s->now + s->delay_ms + (s->jitter_ms > 0 ? rng_below(&s->rng.rng, (uint32_t)s->jitter_ms) : 0);
	sim_look(s, p, &ask, &w->f);
	if (s->waiting > s->most_in_flight)
		s->most_in_flight = s->waiting;
}

static void
sim_worker(struct sim *s)
{
	for (uint32_t i = 0; i < s->waiting;) {
		struct pending w = s->at_worker[i];

		if (s->now < w.due) {
			i++;
			continue;
		}
		s->at_worker[i] = s->at_worker[--s->waiting];
		s->overtakings += w.seq < s->seq_answered;
		s->seq_answered = w.seq;
		if (s->now >= START + s->down_from && s->now < START + s->down_to)
			capture_error(s->c, w.seq, s->down_rc, s->now, &s->out);
		else if (s->thin && w.f.has_texture != 0) {
			capture_error(s->c, w.seq, s->thin_rc != RC_OK ? s->thin_rc : RC_TIMEOUT, s->now, &s->out);
			s->thin = s->thin_most == 0 || --s->thin_most > 0;
		}
		else {
			s->textures += w.f.has_texture;
			assert_true(s->textures <= CAPTURE_TEXTURES_MOST);
			s->embeddings[s->step] += s->asked <= LIVENESS_ASK_LOOK && w.f.embed_dim > 0;
			s->embeddings_asked += s->asked > LIVENESS_ASK_LOOK && w.f.embed_dim > 0;
			capture_features(s->c, w.seq, &s->hello, &w.f, s->now, &s->out);
		}
		sim_saw(s);
	}
}

enum rc
sim_play(struct sim *s)
{
	int64_t next = 0;

	s->now = START;
	s->c = capture_new(&s->o, &s->rng.rng, s->now);
	assert_non_null(s->c);
	s->credits = CAPTURE_CREDITS;
	for (int i = 1; !s->out.done; i++) {
		assert_true(i < 1000000);
		s->now += STEP_MS;
		if (s->now - START >= next) {
			next += 1000 / s->fps;
			sim_camera(s);
		}
		sim_worker(s);
		if (i % 8 == 0) {
			capture_tick(s->c, s->now, &s->out);
			sim_saw(s);
		}
	}
	assert_true(s->most_in_flight <= CAPTURE_CREDITS);
	assert_true(s->out.verdict != RC_AGAIN);
	assert_true(strlen(s->out.detail) > 20);
	if (s->out.verdict == RC_OK && s->jitter_ms == 0) {	/* no part goes by without a look at whose face it is */
		uint32_t sum = 0;

		for (uint32_t i = 0; i <= s->o.liveness.challenges; i++) {
			assert_true(s->embeddings[i] >= (i == 0 ? 2u : 1u));
			sum += s->embeddings[i];
		}
		assert_true(sum + s->embeddings_asked >= CAPTURE_PROBES);
	}
	return s->out.verdict;
}

enum rc
sim_run(struct sim *s)
{
	enum rc r = sim_play(s);

	capture_free(s->c);
	return r;
}
