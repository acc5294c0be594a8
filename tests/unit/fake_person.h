/*
 * fake_person.h - the features that a person before a camera would yield, and
 * those of several people who are not honest. No picture, no clock: virtual
 * time, one seed.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FAKE_PERSON_H
#define TESTS_FAKE_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/crypto.h"
#include "proto/vision_wire.h"
#include "server/liveness.h"

#define FAKE_DIM 16u

/* A small seeded generator (Vigna, splitmix64) behind struct rng. */
struct fake_rng {
	uint64_t state;
	struct rng rng;
};
void  fake_rng_init(struct fake_rng *g, uint64_t seed);
float fake_noise(struct fake_rng *g, float amplitude);	/* even in -amplitude ... amplitude */

/* What somebody does; 0 start_ms: nothing. */
enum fake_move { FAKE_STILL, FAKE_BLINK, FAKE_TWICE, FAKE_LEFT, FAKE_RIGHT, FAKE_CLOSE, FAKE_OPEN, FAKE_NOD, FAKE_MOUTH };

struct fake_person {
	struct fake_rng g;
	uint32_t who;		/* whose face: decides the embedding */
	float level;		/* own frontal level of turn */
	float open;		/* own open level of the eyes */
	float x, y, size;	/* face box */
	int64_t blink_ms, turn_ms;	/* how long the moves last */
	float turn;		/* how far the head goes; .30 is about 39 degrees */
	float nod, mouth;	/* degrees down; how wide */
	enum fake_move move;
	int64_t move_ms;	/* when it began */
	bool shut;		/* keeps the eyes closed */
};

void fake_person_init(struct fake_person *p, uint32_t who, uint64_t seed);
void fake_person_move(struct fake_person *p, enum fake_move m, int64_t now);
/* The move that answers an ask honestly. */
enum fake_move fake_answer(enum liveness_ask a);
/* The frame at `now`, everything asked for in want. */
void fake_person_frame(struct fake_person *p, int64_t now, uint32_t want, struct vision_features *f);
/* An empty room. */
void fake_nobody(struct vision_features *f);
/* A second face beside the first. */
void fake_add_face(struct vision_features *f, float part);

extern const struct vision_hello fake_hello;

#endif
