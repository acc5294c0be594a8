/*
 * capture_sim.h - a person before a camera, a terminal with credits, a vision
 * worker with delay, all in virtual time, for tests of whole captures.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none.
 */
#ifndef TESTS_CAPTURE_SIM_H
#define TESTS_CAPTURE_SIM_H

#include "fake_person.h"
#include "server/capture.h"

#define START   5000000

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
	uint32_t embeddings_asked;	/* and while something was asked */
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
	uint32_t blank;		/* frames without a face whenever they change places; two comes as late as can be */
	uint32_t blank_left;
	bool two_was;
	float odd;		/* the first embedding after the first ask has this cosine with the person's; 0: none has */
	uint32_t unseen;	/* one frame of so many shows no face, at random; 0: each does */
	bool thin;		/* each answer with a texture is lost ... */
	enum rc thin_rc;	/* ... and this is said of it; zero: RC_TIMEOUT, and the network ran */
	uint32_t thin_most;	/* so many; 0: all */
	uint32_t textures_run;	/* frames in which the texture network ran */
	uint64_t picked;	/* a bit for each of the first frames: asked for an embedding */
	uint32_t inside;	/* challenges in which an embedding was asked for, of those passed */
	bool asked_inside;
	int64_t down_from, down_to;	/* the worker fails */
	enum rc down_rc;
	unsigned lose;		/* every n-th frame is lost on the way; 0: none */
	bool greedy;		/* the terminal sends without credits */
	bool busy;		/* the pool leaves out what it may */
	uint32_t put_off, textures_put_off;
	int64_t crowd_ms;	/* somebody else comes into view; 0: never */
};

/* One person, enrolled unless this capture is to enrol; a second one who has not come yet. */
void sim_init(struct sim *s, uint64_t seed, bool enrol);
/* Plays until the verdict; s->c is still there. */
enum rc sim_play(struct sim *s);
/* The same, and frees it. */
enum rc sim_run(struct sim *s);

#endif
