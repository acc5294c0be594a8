/*
 * test_capture.c - whole captures: people, a terminal with credits, a vision
 * worker with delay, all in virtual time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_person.h"
#include "server/capture.h"
#include "server/capture_ask.h"
#include "server/capture_track.h"
#include "tests/splitmix.h"

#define START   5000000
#define STEP_MS 10

struct pending {		/* a frame at the worker */
	uint32_t seq;
	int64_t  due;
	struct vision_features f;
};

struct sim {
	struct capture_options o;
	struct capture *c;
	struct capture_out out;
	struct fake_rng rng;
	uint64_t noise;		/* the camera's */
	struct fake_person one, two;	/* two: who steps in */
	struct vision_hello hello;
	int fps;
	int64_t now, delay_ms, jitter_ms, react_ms;
	struct pending at_worker[CAPTURE_CREDITS];
	uint32_t waiting, seq, credits, most_in_flight, guides, overtakings, seq_answered;
	uint32_t embeddings[LIVENESS_CHALLENGES_MAX + 1];	/* delivered while settling, per part */
	uint32_t probes, searches, most_followed;	/* frames asked for an embedding, for a search, in a row without one */
	uint32_t followed, textures;
	uint32_t light, shines;	/* the colour that shows, colours so far */
	enum liveness_ask asked;
	uint32_t step;
	int64_t ask_ms;
	/* what goes wrong */
	bool still;		/* never answers an ask */
	int64_t swap_ms;	/* two takes the place of one; 0: never */
	bool swap_cut;		/* and sits elsewhere */
	bool swap_answers;	/* two stands in only while a challenge is asked */
	int64_t down_from, down_to;	/* the worker fails */
	enum rc down_rc;
	unsigned lose;		/* every n-th frame is lost on the way; 0: none */
	bool greedy;		/* the terminal sends without credits */
	bool busy;		/* the pool leaves out what it may */
	uint32_t put_off;
	int64_t crowd_ms;	/* somebody else comes into view; 0: never */
};

static void
sim_init(struct sim *s, uint64_t seed, bool enrol)
{
	memset(s, 0, sizeof *s);
	capture_defaults(&s->o);
	s->o.match = (struct match_rule){ .cosine = .54f, .cosine_frame = .44f };
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

	if (s->swap_answers)
		return asked ? &s->two : &s->one;
	return s->swap_ms > 0 && s->now >= START + s->swap_ms ? &s->two : &s->one;
}

/* What the worker makes of it: it follows where it was told to, if the face is still there, and sees no other then. */
static void
sim_look(struct sim *s, struct fake_person *p, const struct vision_request *ask, struct vision_features *f)
{
	fake_person_frame(p, s->now, ask->want, f);
	assert_true(ask->track.w <= 0 || s->seq_answered > 0);
	if (ask->track.w > 0 && capture_track_iou(&ask->track, &f->face[0]) > .4f)
		f->tracked = 1;
	else if (s->crowd_ms > 0 && s->now >= START + s->crowd_ms)
		fake_add_face(f, .7f);
	s->probes += (ask->want & VISION_WANT_EMBEDDING) != 0;
	assert_true((ask->want & VISION_WANT_TEXTURE) == 0 || (ask->want & VISION_WANT_EMBEDDING) != 0);
	s->searches += ask->track.w <= 0;
	s->followed = ask->track.w > 0 ? s->followed + 1 : 0;
	if (s->followed > s->most_followed)
		s->most_followed = s->followed;
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
		s->put_off = (ask.want & VISION_WANT_EMBEDDING) == 0 ? s->put_off : spare == 0 ? 0 : s->put_off + 1;
		assert_true(s->put_off <= 3 + CAPTURE_CREDITS);	/* those in flight did not know yet */
		ask.want &= ~spare;
	}
	assert_true((ask.want & VISION_WANT_EYES) != 0);
	assert_true(s->waiting < CAPTURE_CREDITS);
	w = &s->at_worker[s->waiting++];
	w->seq = s->seq;
	w->due = s->now + s->delay_ms + (s->jitter_ms > 0 ? rng_below(&s->rng.rng, (uint32_t)s->jitter_ms) : 0);
	sim_look(s, p, &ask, &w->f);
	if (capture_in_flight(s->c) > s->most_in_flight)
		s->most_in_flight = capture_in_flight(s->c);
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
		else {
			s->textures += w.f.has_texture;
			assert_true(s->textures <= CAPTURE_TEXTURES_MOST);
			s->embeddings[s->step] += s->asked <= LIVENESS_ASK_LOOK && w.f.embed_dim > 0;
			capture_features(s->c, w.seq, &s->hello, &w.f, s->now, &s->out);
		}
		sim_saw(s);
	}
}

static enum rc
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
			assert_true(s->embeddings[i] >= (i == 0 || i == s->o.liveness.challenges ? 2u : 1u));
			sum += s->embeddings[i];
		}
		assert_true(sum >= CAPTURE_PROBES);
	}
	return s->out.verdict;
}

static enum rc
sim_run(struct sim *s)
{
	enum rc r = sim_play(s);

	capture_free(s->c);
	return r;
}

static void
test_honest(void **state)
{
	static const int fps[] = { 10, 15, 30 };
	int passed = 0, all = 0, slowest = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++)
		for (int enrol = 0; enrol < 2; enrol++) {
			struct sim s;

			sim_init(&s, seed, enrol);
			s.fps = fps[seed % 3];
			s.delay_ms = 40 + (int64_t)(seed % 4) * 40;
			all++;
			if (sim_run(&s) == RC_OK)
				passed++;
			else
				print_message("seed %d: %s\n", (int)seed, s.out.detail);
			assert_false(s.out.verdict == RC_OK && s.out.counts);
			slowest = (int)(s.now - START) > slowest ? (int)(s.now - START) : slowest;
		}
	print_message("honest: %d of %d, the slowest in %d ms\n", passed, all, slowest);
	assert_true(passed * 100 >= all * 99);
	assert_true(slowest <= 15000);
}

/* What a capture costs: few embeddings, about three searches a second, and more often when it is not sure. */
static void
test_cost(void **state)
{
	uint32_t probes = 0, frames = 0, searches = 0, most = 0;
	int64_t ms = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.delay_ms = 30;
		assert_int_equal(sim_run(&s), RC_OK);
		assert_true(s.probes >= CAPTURE_PROBES && s.probes <= 16);
		assert_true(s.most_followed <= 9);	/* 600 ms: nobody comes and goes unseen for longer */
		most = s.probes > most ? s.probes : most;
		probes += s.probes;
		frames += s.seq;
		searches += s.searches;
		ms += s.now - START;
	}
	print_message("a capture: %.1f s, %.1f frames, %.1f embeddings (at most %u), %.2f searches a second\n", (double)ms / 200e3,
	    frames / 200.0, probes / 200.0, most, searches * 1e3 / (double)ms);
	assert_true(probes <= 9 * 200);
	assert_true(searches * 1000 <= 4 * ms);
	assert_true(searches * 1000 >= 2 * ms);
}

/* A pool that is always busy delays embeddings; it lets nobody off. */
static void
test_busy_pool(void **state)
{
	int caught = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim s;

		sim_init(&s, seed, seed % 2 == 0);
		s.busy = true;
		assert_int_equal(sim_run(&s), RC_OK);
		assert_true(s.probes >= CAPTURE_PROBES);
		sim_init(&s, seed, false);
		s.busy = true;
		s.swap_answers = true;
		caught += sim_run(&s) != RC_OK;
	}
	print_message("a stand-in for the answers only, busy pool: caught in %d of 60\n", caught);
	assert_true(caught >= 20);
}

/* A second face is seen although the first one is only followed. */
static void
test_second_face(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.crowd_ms = 300 + (int64_t)seed * 50;
		assert_int_equal(sim_run(&s), RC_SEVERAL_FACES);
	}
}

/* Where it was is told of a face alone: not at the start, after a jump or a loss, beside another one, or too long ago. */
static void
test_follow(void **state)
{
	static const struct {
		const char *what;
		float x;		/* of the second frame's face */
		uint32_t faces, tracked;
		int64_t late;		/* the third frame comes so much after the second one */
		bool told;
	} t[] = {
		{ "alone",           245, 1, 1, 66,  true },
		{ "searched again",  245, 1, 0, 66,  true },
		{ "gone",            0,   0, 0, 66,  false },
		{ "two of them",     245, 2, 0, 66,  false },
		{ "jumped",          20,  1, 0, 66,  false },
		{ "late",            245, 1, 1, 400, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct vision_features f = { .width = 640, .height = 480, .faces = 1, .face = { { 240, 140, 165, 165, 1 } } };
		struct vision_request ask;
		uint32_t spare;
		struct sim s;

		sim_init(&s, 3, false);
		s.c = capture_new(&s.o, &s.rng.rng, START);
		assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 1 }, START, &ask, &spare), RC_OK);
		assert_true(ask.track.w <= 0);
		capture_features(s.c, 1, &fake_hello, &f, START + 20, &s.out);
		assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 2 }, START + 66, &ask, &spare), RC_OK);
		assert_memory_equal(&ask.track, &f.face[0], sizeof ask.track);
		f.faces = t[i].faces;
		f.tracked = t[i].tracked;
		f.face[0].x = t[i].x;
		f.face[1] = (struct vision_box){ 10, 10, 80, 80, 1 };
		capture_features(s.c, 2, &fake_hello, &f, START + 86, &s.out);
		assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 3 }, START + 66 + t[i].late, &ask, &spare), RC_OK);
		if ((ask.track.w > 0) != t[i].told)
			fail_msg("%s", t[i].what);
		if (t[i].told)
			assert_memory_equal(&ask.track, &f.face[0], sizeof ask.track);
		capture_free(s.c);
	}
}

static void
test_enrol_then_verify(void **state)
{
	struct match_template t;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sim e, v;

		sim_init(&e, seed, true);
		assert_int_equal(sim_play(&e), RC_OK);
		assert_int_equal(capture_template(e.c, &t), RC_OK);
		assert_true(t.frames >= CAPTURE_PROBES);
		assert_string_equal(t.by.embedder, fake_hello.embedder);
		capture_free(e.c);

		sim_init(&v, seed + 500, false);
		v.o.enrolled = t;
		assert_int_equal(sim_play(&v), RC_OK);
		assert_int_equal(capture_template(v.c, &t), RC_EARLY);
		capture_free(v.c);

		sim_init(&v, seed + 700, false);
		v.o.enrolled = t;
		v.one.who = 3;	/* somebody else, alive */
		assert_int_equal(sim_run(&v), RC_FACE_OTHER);
		assert_true(v.out.counts);
		assert_string_equal(v.out.hint, "the face could not be confirmed");
	}
}

/* Whenever the second person steps in, somewhere the embeddings show it. */
static void
test_swap(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		for (int enrol = 0; enrol < 2; enrol++)
			for (int cut = 0; cut < 2; cut++) {
				struct sim s;

				sim_init(&s, seed, enrol);
				s.swap_ms = 300 + (int64_t)seed * 60;
				s.swap_cut = cut;
				sim_run(&s);
				if (s.out.verdict != (enrol ? RC_NOT_LIVE : RC_FACE_OTHER) &&
				    !(s.out.verdict == RC_OK && enrol && seed < 5))
					fail_msg("swap at %d, enrol %d: %s", (int)s.swap_ms, enrol, s.out.detail);
				if (s.out.verdict != RC_OK)
					assert_true(s.out.counts);
			}
}

static void
test_photograph(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct sim s;

		sim_init(&s, seed, seed % 2);
		s.still = true;
		assert_int_equal(sim_run(&s), RC_NOT_LIVE);
		assert_true(s.out.counts);
		assert_true(strncmp(s.out.detail, "no_", 3) == 0);	/* blink, closure, turn, nod, mouth */
	}
}

static void
test_overtaking(void **state)
{
	uint32_t overtakings = 0;
	int passed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.fps = 30;
		s.jitter_ms = 150;
		passed += sim_run(&s) == RC_OK;
		overtakings += s.overtakings;
	}
	assert_true(overtakings > 1000);
	assert_true(passed >= 98);
}

/* Lost frames take their credits with them; the capture comes through all the same. */
static void
test_lost_frames(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.lose = 6;
		s.o.liveness.timeout_ms = 60000;
		s.o.liveness.challenge_ms = 30000;
		if (sim_run(&s) != RC_OK)
			fail_msg("seed %d: %s", (int)seed, s.out.detail);
	}
}

/* A terminal that may shine shows all colours, and the verdict waits for them. */
static void
test_light(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.o.light = seed % 2 == 0;
		assert_int_equal(sim_run(&s), RC_OK);
		if (!s.o.light)
			assert_int_equal(s.shines, 0);
		else
			assert_in_range(s.shines, LIGHT_COLOURS_LEAST, LIGHT_COLOURS_MOST);
		assert_int_equal(s.light, 0);
	}
}

static void
test_worker_down(void **state)
{
	static const struct {
		const char *what;
		int64_t from, to;
		enum rc with, want;
		bool counts;
	} t[] = {
		{ "a moment at the start",      0,    2500,  RC_VISION_DOWN, RC_OK,          false },
		{ "a moment in the middle",     2000, 4500,  RC_VISION_DOWN, RC_OK,          false },
		{ "replaced by newer frames",   1000, 3000,  RC_BUSY,        RC_OK,          false },
		{ "for good",                   0,    99999, RC_VISION_DOWN, RC_VISION_DOWN, false },
		{ "for good, later",            1500, 99999, RC_VISION_DOWN, RC_VISION_DOWN, false },
		{ "pictures nobody can decode", 0,    99999, RC_IMAGE_BAD,   RC_IMAGE_BAD,   false },
		{ "all replaced for ever",      0,    99999, RC_BUSY,        RC_NO_FACE,     false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (uint64_t seed = 1; seed <= 10; seed++) {
			struct sim s;

			sim_init(&s, seed, false);
			s.down_from = t[i].from;
			s.down_to = t[i].to;
			s.down_rc = t[i].with;
			if (sim_run(&s) != t[i].want || s.out.counts != t[i].counts)
				fail_msg("%s, seed %d: %s %s", t[i].what, (int)seed, rc_name(s.out.verdict), s.out.detail);
		}
}

/* Whatever a worker says of its pictures, in whatever code: the capture ends, blames nobody, and the server lives. */
static void
test_worker_says_anything(void **state)
{
	static const enum rc all[] = {
#define X(name, num, text) name,
		RC_LIST(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct sim s;

		sim_init(&s, 1, false);
		s.down_to = 99999;
		s.down_rc = all[i];
		sim_run(&s);
		assert_true(s.out.verdict == RC_IMAGE_BAD || s.out.verdict == RC_VISION_DOWN || s.out.verdict == RC_NO_FACE);
		assert_false(s.out.counts);
	}
}

/* The pool keeps silent: frames are given up after frame_ms, the capture ends without blame. */
static void
test_no_answers(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s, 1, false);
	s.delay_ms = 1000000;
	s.o.frame_ms = 2000;
	s.now = START;
	s.c = capture_new(&s.o, &s.rng.rng, s.now);
	for (uint32_t seq = 1; !s.out.done; seq++) {
		struct vision_request ask;
		uint32_t spare;
		enum rc r = capture_offer(s.c, &(struct capture_frame){ .seq = seq }, s.now, &ask, &spare);

		assert_true(r == RC_OK || r == RC_BUSY);
		s.now += 100;
		capture_tick(s.c, s.now, &s.out);
		assert_true(s.now <= START + 30000);
	}
	assert_int_equal(s.out.verdict, RC_VISION_DOWN);
	assert_false(s.out.counts);
	capture_free(s.c);
}

static void
test_other_embedder(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s, 2, false);
	s.hello.embedder_version++;
	assert_int_equal(sim_run(&s), RC_EMBEDDER_OTHER);
	assert_false(s.out.counts);
}

/* The number behind a name in the audit record; NAN for "-". */
static double
detail_number(const struct sim *s, const char *name)
{
	const char *at = strstr(s->out.detail, name);

	assert_non_null(at);
	at += strlen(name);
	return strncmp(at, "- ", 2) == 0 ? (double)NAN : strtod(at, NULL);
}

/* The audit record has a cosine only where the mean of the frames was compared with a template. */
static void
test_detail(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		if (sim_run(&s) == RC_OK) {
			assert_true(detail_number(&s, " cosine=") >= (double)s.o.match.cosine);
			assert_true(detail_number(&s, " low=") >= (double)s.o.match.cosine_frame);
			assert_true(detail_number(&s, " score=") >= 0);
		}
		sim_init(&s, seed, false);
		s.swap_ms = 1;		/* a stranger from the first frame on: no frame agrees */
		assert_int_equal(sim_run(&s), RC_FACE_OTHER);
		assert_true(isnan(detail_number(&s, " cosine=")));
		assert_true(isnan(detail_number(&s, " score=")));
		assert_true(detail_number(&s, " low=") < (double)s.o.match.cosine_frame);
		sim_init(&s, seed, false);
		s.still = true;		/* the right face, which does nothing */
		assert_int_equal(sim_run(&s), RC_NOT_LIVE);
		assert_true(detail_number(&s, " cosine=") >= (double)s.o.match.cosine);
		assert_true(detail_number(&s, " cosine=") < .9999);
		sim_init(&s, seed, true);
		if (sim_run(&s) == RC_OK) {
			assert_true(isnan(detail_number(&s, " cosine=")));
			assert_true(isnan(detail_number(&s, " score=")));
			assert_true(detail_number(&s, " low=") >= 0);
		}
	}
}

/* A challenge answered by somebody who then hands over: the probes during it are drawn, not every run catches it. */
static void
test_stand_in(void **state)
{
	int caught = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.swap_answers = true;
		caught += sim_run(&s) != RC_OK;
	}
	print_message("a stand-in for the answers only: caught in %d of 60\n", caught);
	assert_true(caught >= 25);
}

static void
test_offers(void **state)
{
	struct sim s;
	struct vision_features f;
	struct vision_request ask;
	uint32_t spare;

	(void)state;
	sim_init(&s, 3, false);
	s.c = capture_new(&s.o, &s.rng.rng, START);
	capture_state(s.c, &s.out);
	assert_int_equal(s.out.ask, LIVENESS_ASK_LOOK);
	assert_false(s.out.done);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 7 }, START, &ask, &spare), RC_OK);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 7 }, START, &ask, &spare), RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 6 }, START, &ask, &spare), RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 8, .camera_us = -1 }, START, &ask, &spare), RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 8, .camera_us = INT64_MAX }, START, &ask, &spare),
	    RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 8 }, START, &ask, &spare), RC_OK);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 9 }, START, &ask, &spare), RC_OK);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 10 }, START, &ask, &spare), RC_BUSY);
	fake_person_frame(&s.one, START, ask.want, &f);
	capture_features(s.c, 99, &fake_hello, &f, START + 10, &s.out);	/* nobody asked for 99 */
	assert_int_equal(s.out.credits, 0);
	capture_features(s.c, 8, &fake_hello, &f, START + 10, &s.out);	/* overtook 7: waits */
	assert_int_equal(s.out.credits, 0);
	assert_int_equal(capture_in_flight(s.c), 3);
	capture_features(s.c, 7, &fake_hello, &f, START + 20, &s.out);
	assert_int_equal(s.out.credits, 2);
	assert_int_equal(s.out.credit_seq, 10);
	assert_true(s.out.w > 200 && s.out.w < 300);	/* 165 of 640 pixels, in thousandths */
	capture_features(s.c, 7, &fake_hello, &f, START + 30, &s.out);	/* twice: ignored */
	assert_int_equal(s.out.credits, 0);
	capture_free(s.c);
}

static void
test_options(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s, 1, false);
	memset(&s.o.enrolled, 0, sizeof s.o.enrolled);
	assert_null(capture_new(&s.o, &s.rng.rng, 0));	/* nothing to compare with */
	sim_init(&s, 1, false);
	s.o.match.cosine = 0;
	assert_null(capture_new(&s.o, &s.rng.rng, 0));
	s.o.match.cosine = .5f;
	s.o.match.cosine_frame = .6f;
	assert_null(capture_new(&s.o, &s.rng.rng, 0));
	sim_init(&s, 1, true);
	s.o.liveness.challenges = 0;
	assert_null(capture_new(&s.o, &s.rng.rng, 0));
}

static void
test_track(void **state)
{
	static const struct {
		const char *what;
		struct vision_box box;
		uint32_t width;
		int64_t after_ms;
		enum capture_track_result want;
	} t[] = {
		{ "holds still",     { 200, 100, 100, 100, 1 }, 640, 66,   CAPTURE_TRACK_SAME },
		{ "moves a little",  { 240, 110, 100, 100, 1 }, 640, 66,   CAPTURE_TRACK_SAME },
		{ "elsewhere",       { 400, 100, 100, 100, 1 }, 640, 66,   CAPTURE_TRACK_JUMP },
		{ "all at once big", { 150,  50, 200, 200, 1 }, 640, 66,   CAPTURE_TRACK_JUMP },
		{ "another camera",  { 200, 100, 100, 100, 1 }, 320, 66,   CAPTURE_TRACK_JUMP },
		{ "after a gap",     { 400, 100, 100, 100, 1 }, 640, 2000, CAPTURE_TRACK_NEW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct capture_track k = { 0 };
		struct vision_features f = { .width = 640, .height = 480, .faces = 1, .face = { { 200, 100, 100, 100, 1 } } };

		assert_int_equal(capture_track_feed(&k, &f, 1000), CAPTURE_TRACK_NEW);
		f.faces = 0;
		assert_int_equal(capture_track_feed(&k, &f, 1010), CAPTURE_TRACK_NONE);
		f.faces = 1;
		f.face[0] = t[i].box;
		f.width = t[i].width;
		if (capture_track_feed(&k, &f, 1000 + t[i].after_ms) != t[i].want)
			fail_msg("%s", t[i].what);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_busy_pool),
		cmocka_unit_test(test_second_face),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_enrol_then_verify),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_photograph),
		cmocka_unit_test(test_overtaking),
		cmocka_unit_test(test_lost_frames),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_worker_down),
		cmocka_unit_test(test_worker_says_anything),
		cmocka_unit_test(test_no_answers),
		cmocka_unit_test(test_other_embedder),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_stand_in),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_track),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
