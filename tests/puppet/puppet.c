/*
 * puppet.c - motion, scenario, light and camera put together, once per picture.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "tests/puppet/puppet_impl.h"
#include "tests/splitmix.h"

#define JPEG_QUALITY   80
#define LIGHT_NEAR  0.10f	/* what a white screen adds at 60 cm in a room of light 1, part of the grey level */
#define LIGHT_MOST  0.30f

enum rc
puppet_open(struct puppet **out, uint32_t width, uint32_t height, uint64_t seed)
{
	struct puppet *p;
	enum rc r;

	if (width < IMAGE_SIDE_MIN || height < IMAGE_SIDE_MIN || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return RC_INVALID;
	if ((p = calloc(1, sizeof *p)) == NULL)
		return RC_NOMEM;
	p->width = width;
	p->height = height;
	p->random = seed;
	p->began_ms = p->lamp_ms = -1;
	p->lit = calloc((size_t)(width / PUPPET_CELL + 2) * (height / PUPPET_CELL + 2), sizeof *p->lit);
	if (p->lit == NULL || (r = puppet_plate_room(&p->room, width, height)) != RC_OK ||
	    (r = image_make(&p->painted, width, height)) != RC_OK ||
	    (r = image_make(&p->shown, width, height)) != RC_OK ||
	    (r = puppet_camera_open(&p->camera, seed)) != RC_OK || (r = image_jpeg_open(&p->jpeg)) != RC_OK) {
		r = p->lit == NULL ? RC_NOMEM : r;
		puppet_close(p);
		return r;
	}
	for (size_t i = 0; i < sizeof p->phase / sizeof p->phase[0]; i++)
		p->phase[i] = (float)(splitmix64(&p->random) % 6283u) / 1000;
	puppet_motion_start(&p->motion, seed);
	*out = p;
	return RC_OK;
}

static void
puppet_body_free(struct puppet_body *b)
{
	puppet_head_close(b->head);
	image_free(&b->plate);
	b->head = NULL;
}

/* What the last scenario needed. */
static void
puppet_props_free(struct puppet *p)
{
	puppet_sheet_free(&p->sheet);
	image_free(&p->print);
	image_free(&p->frame);
	puppet_tape_free(&p->loop);
}

void
puppet_close(struct puppet *p)
{
	if (p == NULL)
		return;
	puppet_props_free(p);
	puppet_body_free(&p->body);
	puppet_body_free(&p->other);
	puppet_camera_close(p->camera);
	image_jpeg_close(p->jpeg);
	image_free(&p->room);
	image_free(&p->painted);
	image_free(&p->shown);
	free(p->lit);
	free(p);
}

static enum rc
puppet_body_make(struct puppet *p, const struct puppet_photo *photo, struct puppet_body *to)
{
	float point[VISION_LANDMARKS][2];
	struct puppet_body b = { .head = NULL };
	enum rc r;

	if ((r = puppet_plate_make(photo, p->width, p->height, &b.plate, point)) != RC_OK)
		return r;
	if ((r = puppet_head_open(&b.head, point, p->width, p->height)) != RC_OK) {
		image_free(&b.plate);
		return r;
	}
	puppet_paint_measure(&b.paint, point);
	puppet_body_free(to);
	*to = b;
	return RC_OK;
}

/* What the scenario needs, made from the person as it is now. */
static enum rc
puppet_props(struct puppet *p)
{
	const struct puppet_scenario_row *row = &puppet_scenario_rows[p->scenario];
	enum rc r = RC_OK;

	puppet_props_free(p);
	p->began_ms = -1;
	p->gap = (struct puppet_gap){ .left = 0 };
	p->swaps_back = splitmix64(&p->random) % 2 == 0;
	puppet_camera_set(p->camera, row->light, p->scenario == PUPPET_PERFECT);
	switch (p->scenario) {
	case PUPPET_PRINT:
	case PUPPET_CUTOUT:
	case PUPPET_SCALE:
		r = puppet_make_print(p);
		break;
	case PUPPET_SCREEN:
	case PUPPET_FOREIGN:
		r = puppet_make_screen(p);
		break;
	default:
		break;
	}
	return r;
}

enum rc
puppet_become(struct puppet *p, const struct puppet_photo *photo)
{
	enum rc r = puppet_body_make(p, photo, &p->body);

	return r == RC_OK ? puppet_props(p) : r;
}

enum rc
puppet_play(struct puppet *p, enum puppet_scenario s, const struct puppet_tape *tape, const struct puppet_photo *other)
{
	enum rc r;

	if (p->body.head == NULL || (puppet_scenario_needs_tape(s) && (tape == NULL || tape->frames == 0)) ||
	    (puppet_scenario_needs_other(s) && other == NULL))
		return RC_INVALID;
	if (other != NULL && (r = puppet_body_make(p, other, &p->other)) != RC_OK)
		return r;
	p->scenario = s;
	p->tape = tape;
	return puppet_props(p);
}

enum rc
puppet_act(struct puppet *p, enum puppet_action action, int64_t now_ms)
{
	return p->scenario == PUPPET_SWAP_BLANK ? puppet_gap_act(p, action, now_ms) :
	    puppet_motion_act(&p->motion, action, now_ms);
}

void
puppet_light(struct puppet *p, uint32_t rgb)
{
	p->light = rgb;
}

float
puppet_hand(const struct puppet *p, unsigned which, float seconds, int64_t now_ms)
{
	double turns = (double)now_ms / 1000.0 / (double)seconds;

	return sinf((float)((turns - floor(turns)) * 6.283185307) + p->phase[which]);
}

/* Along a row or a column of n pixels, stride bytes apart: 1 2 1, twice. */
static void
puppet_soften_line(uint8_t *line, size_t n, size_t stride)
{
	for (unsigned twice = 0; twice < 2; twice++)
		for (unsigned c = 0; c < 3; c++) {
			unsigned before = line[c];

			for (size_t i = 0; i + 1 < n; i++) {
				uint8_t *at = line + i * stride + c;
				unsigned here = *at;

				*at = (uint8_t)((before + 2 * here + at[stride] + 2) / 4);
				before = here;
			}
		}
}

void
puppet_soften(struct image *im)
{
	for (uint32_t y = 0; y < im->height; y++)
		puppet_soften_line(im->rgb + (size_t)y * im->width * 3, im->width, 3);
	for (uint32_t x = 0; x < im->width; x++)
		puppet_soften_line(im->rgb + (size_t)x * 3, im->height, (size_t)im->width * 3);
}

/* What light of this part does to a grey level: light adds up, and grey levels are its 2.2th root. */
static float
puppet_brighter(float strength, uint32_t part)
{
	float white = powf(1 + strength, 2.2f) - 1;

	return powf(1 + white * powf((float)part / 255, 2.2f), 1 / 2.2f) - 1;
}

/* The screen's light on what is before it: every colour is reflected by its share. */
static void
puppet_shine(struct puppet *p, uint32_t rgb)
{
	const uint32_t columns = (p->width + PUPPET_CELL - 1) / PUPPET_CELL + 1;
	float strength = fminf(LIGHT_NEAR / puppet_scenario_rows[p->scenario].light, LIGHT_MOST);
	int gain[3];

	for (unsigned c = 0; c < 3; c++)
		gain[c] = (int)lrintf(65536 * puppet_brighter(strength, rgb >> (16 - 8 * c) & 255));
	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++) {
			const float *a = p->lit + (size_t)(y / PUPPET_CELL) * columns + x / PUPPET_CELL, *b = a + columns;
			float fx = (float)(x % PUPPET_CELL) / PUPPET_CELL, fy = (float)(y % PUPPET_CELL) / PUPPET_CELL;
			float top = a[0] + (a[1] - a[0]) * fx, low = b[0] + (b[1] - b[0]) * fx;
			int share = (int)((top + (low - top) * fy) * 256);
			uint8_t *to = p->shown.rgb + ((size_t)y * p->width + x) * 3;

			for (unsigned c = 0; c < 3; c++) {
				int v = to[c] + ((to[c] * share * (gain[c] >> 4) + (1 << 19)) >> 20);

				to[c] = (uint8_t)(v > 255 ? 255 : v);
			}
		}
}

static void
puppet_draw(struct puppet *p, struct puppet_pose *pose, int64_t now_ms)
{
	switch (p->scenario) {
	case PUPPET_PRINT:
	case PUPPET_CUTOUT:
		puppet_draw_print(p, pose, now_ms);
		break;
	case PUPPET_SCALE:
		puppet_draw_scale(p, pose, now_ms);
		break;
	case PUPPET_SCREEN:
	case PUPPET_FOREIGN:
		puppet_draw_screen(p, now_ms);
		break;
	default:
		puppet_draw_person(p, pose, now_ms);
		break;
	}
}

const struct image *
puppet_render(struct puppet *p, int64_t now_ms)
{
	uint32_t rgb = puppet_lamp(p, now_ms);
	struct puppet_pose pose;
	bool gap = puppet_gap_now(p, now_ms);

	if (p->began_ms < 0)
		p->began_ms = now_ms;
	puppet_motion_pose(&p->motion, now_ms, &pose);
	if (pose.away || p->body.head == NULL)
		memcpy(p->shown.rgb, p->room.rgb, (size_t)p->width * p->height * 3);
	else if (gap)
		puppet_draw_gap(p);
	else
		puppet_draw(p, &pose, now_ms);
	/* What is injected was rendered before anybody knew the colours. */
	if (rgb != 0 && !puppet_injects(p))
		puppet_shine(p, rgb);
	puppet_camera_take(p->camera, &p->shown, now_ms);
	return &p->shown;
}

enum rc
puppet_shoot(struct puppet *p, int64_t now_ms, uint8_t *jpeg, size_t cap, size_t *n)
{
	if (p->scenario == PUPPET_REPLAY || p->scenario == PUPPET_LOOP || p->scenario == PUPPET_FROZEN)
		return puppet_inject(p, now_ms, jpeg, cap, n);
	return image_jpeg_encode(p->jpeg, puppet_render(p, now_ms), JPEG_QUALITY, jpeg, cap, n);
}

int64_t
puppet_late_us(struct puppet *p, int64_t interval_us)
{
	bool exact = p->scenario == PUPPET_PERFECT || p->scenario == PUPPET_EXACT || p->scenario == PUPPET_LOOP;

	return exact ? 0 : puppet_camera_late_us(p->camera, interval_us);
}
