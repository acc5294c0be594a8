/*
 * play_screen.c - a recorded capture shown on a tablet before the camera: its
 * bezel, its own light and gamma, reflections, and the moire of two grids.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "tests/puppet/puppet_impl.h"
#include "tests/splitmix.h"

#define SCREEN_LEAST   0.36f	/* half the device, share of the picture's width: the bezel shows ... */
#define SCREEN_SPREAD  0.24f	/* ... or does not */
#define SCREEN_BEZEL   0.05f	/* of the device's half */
#define SCREEN_BLACK  14.0f	/* grey levels of its black, from reflections all over */
#define SCREEN_GAMMA   1.15f	/* shown once more than meant */
#define SCREEN_LIT     0.10f	/* glass and a screen of its own light hardly show another's */
#define MOIRE          0.045f	/* part of the grey level */
#define BANDS          0.035f	/* its refresh against the shutter: bands that wander */

/* A picture of the tape into p->frame; on failure the one before it stays. */
static enum rc
screen_read(struct puppet *p, unsigned i)
{
	struct image im = { 0 };
	size_t n;
	const uint8_t *jpeg = puppet_tape_at(p->tape, i, &n);
	enum rc r;

	if ((r = image_jpeg_decode(p->jpeg, jpeg, n, &im)) != RC_OK)
		return r;
	if (im.width != p->width || im.height != p->height) {
		image_free(&im);
		return RC_INVALID;
	}
	puppet_soften(&im);
	image_free(&p->frame);
	p->frame = im;
	return RC_OK;
}

enum rc
puppet_make_screen(struct puppet *p)
{
	const struct puppet_slit *eye = p->body.paint.eye;
	float half = (SCREEN_LEAST + SCREEN_SPREAD * (float)(splitmix64(&p->random) % 1000) / 1000) * (float)p->width;
	float x = (eye[0].x + eye[1].x + eye[1].length) / 2, y = (eye[0].y + eye[1].y) / 2 + 0.5f * p->body.paint.unit;
	struct image_rect rect = { x - half, y - 0.75f * half, x + half, y + 0.75f * half };
	enum rc r;

	if ((r = puppet_sheet_make(&p->sheet, p->width, p->height, &rect)) != RC_OK ||
	    (r = image_make(&p->print, p->width, p->height)) != RC_OK)
		return r;
	return screen_read(p, 0);
}

unsigned
puppet_tape_now(const struct puppet *p, int64_t now_ms)
{
	return (unsigned)((uint64_t)(now_ms - p->began_ms) / PUPPET_TAPE_STEP_MS % p->tape->frames);
}

/* The tape's picture as the device shows it, within its bezel. */
static void
screen_shows(struct puppet *p)
{
	const struct image_rect *rect = &p->sheet.rect;
	float bezel = SCREEN_BEZEL * (rect->x1 - rect->x0);
	uint8_t level[3][256];

	for (int v = 0; v < 256; v++)
		for (unsigned c = 0; c < 3; c++) {
			/* Bluer than the room's lamps. */
			float white = c == 0 ? 236.0f : c == 1 ? 244.0f : 255.0f;

			level[c][v] = (uint8_t)(SCREEN_BLACK + (white - SCREEN_BLACK) * powf((float)v / 255, SCREEN_GAMMA));
		}
	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++) {
			float in = fminf(fminf((float)x - rect->x0, rect->x1 - (float)x), fminf((float)y - rect->y0, rect->y1 - (float)y));
			size_t at = ((size_t)y * p->width + x) * 3;

			for (unsigned c = 0; c < 3; c++)
				p->print.rgb[at + c] = in < bezel ? 16 : level[c][p->frame.rgb[at + c]];
		}
}

/* The beat of the device's pixels with the sensor's, and a lamp in the glass; both stand still in the room. */
static void
screen_shimmer(struct puppet *p, int64_t now_ms)
{
	float slow = puppet_hand(p, 0, 9.1f, now_ms), fx = 0.42f + 0.05f * slow, fy = 0.23f - 0.04f * slow;
	float lamp_x = (0.3f + 0.4f * p->phase[1] / 6.283f) * (float)p->width, lamp_y = 0.3f * (float)p->height;
	float size = 0.07f * (float)p->width;

	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++) {
			size_t at = ((size_t)y * p->width + x) * 3;
			float u = puppet_grid_at(&p->sheet.grid, p->lit, 1, 0, (float)x, (float)y), dx, dy, lamp, beat, band;

			if (u <= 0)
				continue;
			dx = ((float)x - lamp_x) / size;
			dy = ((float)y - lamp_y) / size;
			lamp = dx * dx + dy * dy < 6 ? 38 * expf(-dx * dx - dy * dy) : 0;
			beat = fx * (float)x + fy * (float)y;
			band = 1 + BANDS * sinf(0.021f * (float)y + 0.0073f * (float)(now_ms % 100000));
			for (unsigned c = 0; c < 3; c++) {
				float v = (float)p->shown.rgb[at + c] * band * (1 + MOIRE * sinf(beat + 2.1f * (float)c)) + lamp;

				p->shown.rgb[at + c] = (uint8_t)fminf(v, 255);
			}
		}
}

void
puppet_draw_screen(struct puppet *p, int64_t now_ms)
{
	struct puppet_sheet_pose at = {
		.yaw = 2 * puppet_hand(p, 0, 3.3f, now_ms), .pitch = 1.5f * puppet_hand(p, 1, 2.9f, now_ms),
		.roll = puppet_hand(p, 2, 4.7f, now_ms), .dx = 5 * puppet_hand(p, 3, 3.9f, now_ms),
		.dy = 4 * puppet_hand(p, 4, 3.1f, now_ms), .scale = 1 + 0.01f * puppet_hand(p, 5, 5.3f, now_ms),
	};

	/* A picture that cannot be read shows the one before it, as players do. */
	if (screen_read(p, puppet_tape_now(p, now_ms)) == RC_OK)
		screen_shows(p);
	puppet_sheet_place(&p->sheet, &at);
	puppet_sheet_draw(&p->sheet, &p->print, &p->room, &p->shown);
	puppet_sheet_lit(&p->sheet, SCREEN_LIT, p->lit);
	screen_shimmer(p, now_ms);
}
