/*
 * fake_person.c - see fake_person.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "fake_person.h"
#include "tests/splitmix.h"

const struct vision_hello fake_hello = { "net-a", 1, FAKE_DIM };

static void
fake_rng_fill(void *ctx, void *dst, size_t n)
{
	struct fake_rng *g = ctx;
	uint8_t *p = dst;

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(splitmix64(&g->state) >> 32);
}

void
fake_rng_init(struct fake_rng *g, uint64_t seed)
{
	g->state = seed;
	g->rng = (struct rng){ fake_rng_fill, g };
}

float
fake_noise(struct fake_rng *g, float amplitude)
{
	return amplitude * ((float)(splitmix64(&g->state) >> 40) / (float)(1 << 23) - 1.0f);
}

void
fake_person_init(struct fake_person *p, uint32_t who, uint64_t seed)
{
	memset(p, 0, sizeof *p);
	fake_rng_init(&p->g, seed);
	p->who = who;
	p->level = fake_noise(&p->g, .05f);
	p->open = .30f + fake_noise(&p->g, .04f);
	p->x = 240;
	p->y = 140;
	p->size = 165;
	p->blink_ms = 260;
	p->turn_ms = 1100;
	p->turn = .30f;
	p->nod = 22;
	p->mouth = .45f;
}

void
fake_person_move(struct fake_person *p, enum fake_move m, int64_t now)
{
	p->move = m;
	p->move_ms = now;
	p->shut = m == FAKE_CLOSE || (p->shut && m != FAKE_OPEN);
}

enum fake_move
fake_answer(enum liveness_ask a)
{
	switch (a) {
	case LIVENESS_ASK_BLINK:
		return FAKE_BLINK;
	case LIVENESS_ASK_TURN_LEFT:
		return FAKE_LEFT;
	case LIVENESS_ASK_TURN_RIGHT:
		return FAKE_RIGHT;
	case LIVENESS_ASK_BLINK_TWICE:
		return FAKE_TWICE;
	case LIVENESS_ASK_CLOSE_EYES:
		return FAKE_CLOSE;
	case LIVENESS_ASK_OPEN_EYES:
		return FAKE_OPEN;
	case LIVENESS_ASK_NOD:
		return FAKE_NOD;
	case LIVENESS_ASK_OPEN_MOUTH:
		return FAKE_MOUTH;
	default:
		return FAKE_STILL;
	}
}

/* Up in a third, held for a third, down in a third; 0 ... 1. */
static float
fake_ramp(int64_t t, int64_t whole)
{
	float x = (float)t / (float)whole;

	if (t < 0 || t > whole)
		return 0.0f;
	if (x < 1.0f / 3)
		return 3 * x;
	return x < 2.0f / 3 ? 1.0f : 3 * (1 - x);
}

/* Everybody has an own direction; frames of one person differ by a little. */
static void
fake_embedding(struct fake_person *p, struct vision_features *f)
{
	float square = 0;

	f->embed_dim = FAKE_DIM;
	f->embed_norm = 10 + fake_noise(&p->g, 2);
	for (uint32_t i = 0; i < FAKE_DIM; i++) {
		f->embedding[i] = (i == p->who % FAKE_DIM ? 1.0f : 0.0f) + fake_noise(&p->g, .15f);
		square += f->embedding[i] * f->embedding[i];
	}
	for (uint32_t i = 0; i < FAKE_DIM; i++)
		f->embedding[i] /= sqrtf(square);
}

/* Are the lids down, t after the move began? */
static bool
fake_lids(const struct fake_person *p, int64_t t)
{
	bool blinks = p->move == FAKE_BLINK || p->move == FAKE_TWICE;

	if (p->move == FAKE_TWICE && t >= 2 * p->blink_ms)
		t -= 2 * p->blink_ms;
	return p->shut || (blinks && t >= 0 && t < p->blink_ms);
}

static void
fake_eyes(struct fake_person *p, bool shut, struct vision_features *f)
{
	float eye = shut ? p->open * .5f : p->open;

	f->has_eyes = 1;
	f->eye_left = eye * (1 + fake_noise(&p->g, .05f));
	f->eye_right = eye * (1 + fake_noise(&p->g, .05f));
	f->shut_left = (shut ? .8f : .15f) + fake_noise(&p->g, .14f);
	f->shut_right = (shut ? .8f : .15f) + fake_noise(&p->g, .14f);
}

/* A still room: every cell is one grey level up or down, as a sensor's noise has it. */
static void
fake_room(int64_t now, struct vision_features *f)
{
	uint64_t state = (uint64_t)now, bits = 0;

	for (uint32_t i = 0; i < VISION_SCENE_H * VISION_SCENE_W; i++) {
		if (i % 64 == 0)
			bits = splitmix64(&state);
		f->scene[i / VISION_SCENE_W][i % VISION_SCENE_W] = (uint8_t)(100 + (bits >> i % 64 & 1));
	}
}

void
fake_person_frame(struct fake_person *p, int64_t now, uint32_t want, struct vision_features *f)
{
	int64_t t = now - p->move_ms;
	float turn = 0;

	memset(f, 0, sizeof *f);
	f->width = 640;
	f->height = 480;
	fake_room(now, f);
	f->faces = 1;
	f->brightness = 120;
	f->sharpness = 200;
	f->roll = fake_noise(&p->g, 2);
	if (p->move == FAKE_LEFT)	/* the person's left is the picture's right */
		turn = p->turn * fake_ramp(t, p->turn_ms);
	if (p->move == FAKE_RIGHT)
		turn = -p->turn * fake_ramp(t, p->turn_ms);
	f->turn = p->level + turn + fake_noise(&p->g, .01f);
	f->yaw = f->turn * 130;
	f->pitch = 4 + fake_noise(&p->g, 1.5f) + (p->move == FAKE_NOD ? p->nod * fake_ramp(t, p->turn_ms) : 0);
	f->mouth = .03f + fake_noise(&p->g, .01f) + (p->move == FAKE_MOUTH ? p->mouth * fake_ramp(t, p->turn_ms) : 0);
	f->face[0] = (struct vision_box){ p->x + 40 * turn + fake_noise(&p->g, 3), p->y + fake_noise(&p->g, 3),
	    p->size + fake_noise(&p->g, 3), p->size + fake_noise(&p->g, 3), .9f };
	if ((want & VISION_WANT_PICTURE) != 0) {
		f->has_picture = 1;
		memset(f->picture, 100 + (int)p->who, sizeof f->picture);
	}
	if ((want & VISION_WANT_EYES) != 0)
		fake_eyes(p, fake_lids(p, t), f);
	if ((want & VISION_WANT_EMBEDDING) != 0)
		fake_embedding(p, f);
	if ((want & VISION_WANT_TEXTURE) != 0) {
		f->has_texture = 1;
		f->texture = 2 + fake_noise(&p->g, 1);
	}
}

void
fake_nobody(struct vision_features *f)
{
	memset(f, 0, sizeof *f);
	f->width = 640;
	f->height = 480;
}

void
fake_add_face(struct vision_features *f, float part)
{
	f->face[f->faces] = (struct vision_box){ 20, 20, f->face[0].w * part, f->face[0].h * part, .8f };
	f->faces++;
}
