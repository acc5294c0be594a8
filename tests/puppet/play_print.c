/*
 * play_print.c - a photograph on paper, held by hand: bent, turned and moved
 * where a head would turn; with holes for living eyes; or made larger at once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "tests/puppet/puppet_impl.h"
#include "tests/splitmix.h"

#define PAPER_DARKEST   30.0f	/* grey levels of ink and of bare paper in the room's light */
#define PAPER_WHITE    226.0f
#define PAPER_FADED      0.88f	/* of the colours' distance from grey */
#define PAPER_GRAIN      5u	/* grey levels of grain and screen at most */
#define PAPER_BORDER     0.03f	/* white, share of the sheet */
#define PAPER_LIT        0.9f	/* paper throws the screen's light back all over alike */
#define SHEET_LEAST      0.34f	/* half the sheet, share of the picture's width: the edges show ... */
#define SHEET_SPREAD     0.26f	/* ... or do not */
#define HOLE_LONGER      0.95f	/* of the eye painted, to both sides */
#define SCALE_JUMP       1.30f

/* One pixel as a printer puts it on paper. */
static void
print_pixel(const struct puppet *p, uint32_t x, uint32_t y, uint64_t grain, uint8_t to[static 3])
{
	float rgb[3], one[3], grey;

	puppet_plate_sample(&p->body.plate, (float)x + 0.2f, (float)y + 0.2f, rgb);
	puppet_plate_sample(&p->body.plate, (float)x + 0.9f, (float)y + 0.9f, one);
	for (unsigned c = 0; c < 3; c++)
		rgb[c] = (rgb[c] + one[c]) / 2;
	grey = (rgb[0] + rgb[1] + rgb[2]) / 3;
	for (unsigned c = 0; c < 3; c++) {
		float v = grey + (rgb[c] - grey) * PAPER_FADED;
		/* Dots of ink: one screen per colour, at angles of its own. */
		float a = 0.5f + 0.4f * (float)c, u = (float)x * cosf(a) + (float)y * sinf(a);
		float w = (float)y * cosf(a) - (float)x * sinf(a);

		v = PAPER_DARKEST + v * (PAPER_WHITE - PAPER_DARKEST) / 255;
		v += (float)PAPER_GRAIN * (0.5f * sinf(u * 2.2f) * sinf(w * 2.2f) + (float)(grain >> 8 * c & 255) / 255 - 0.5f);
		to[c] = (uint8_t)fminf(fmaxf(v, 0), 255);
	}
}

/* The sheet within its picture, the face in its middle. */
static struct image_rect
print_rect(struct puppet *p)
{
	const struct puppet_slit *eye = p->body.paint.eye;
	float half = (SHEET_LEAST + SHEET_SPREAD * (float)(splitmix64(&p->random) % 1000) / 1000) * (float)p->width;
	float x = (eye[0].x + eye[1].x + eye[1].length) / 2, y = (eye[0].y + eye[1].y) / 2 + 0.5f * p->body.paint.unit;

	if (p->scenario == PUPPET_SCALE)
		half = (float)p->width;
	return (struct image_rect){ x - half, y - 0.78f * half, x + half, y + 0.78f * half };
}

enum rc
puppet_make_print(struct puppet *p)
{
	struct image_rect rect = print_rect(p);
	float border = p->scenario == PUPPET_SCALE ? 0 : PAPER_BORDER * (rect.x1 - rect.x0);
	enum rc r;

	if ((r = puppet_sheet_make(&p->sheet, p->width, p->height, &rect)) != RC_OK ||
	    (r = image_make(&p->print, p->width, p->height)) != RC_OK ||
	    (r = image_make(&p->frame, p->width, p->height)) != RC_OK)
		return r;
	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++) {
			float in = fminf(fminf((float)x - rect.x0, rect.x1 - (float)x), fminf((float)y - rect.y0, rect.y1 - (float)y));
			uint8_t *to = p->print.rgb + ((size_t)y * p->width + x) * 3;

			if (in < border)
				memset(to, (int)PAPER_WHITE, 3);
			else
				print_pixel(p, x, y, splitmix64(&p->random), to);
		}
	puppet_soften(&p->print);
	return RC_OK;
}

/* Through the holes: the same eyes, alive, a little behind and in the paper's shadow. */
static void
print_eyes(struct puppet *p, float lid, int64_t now_ms)
{
	float dx = 1.5f * puppet_hand(p, 4, 2.9f, now_ms), dy = 1.2f * puppet_hand(p, 5, 2.1f, now_ms);

	memcpy(p->frame.rgb, p->print.rgb, (size_t)p->width * p->height * 3);
	memcpy(p->painted.rgb, p->body.plate.rgb, (size_t)p->width * p->height * 3);
	puppet_paint_lids(&p->body.paint, lid, &p->body.plate, &p->painted);
	for (unsigned e = 0; e < 2; e++) {
		const struct puppet_slit *k = &p->body.paint.eye[e];
		float half = HOLE_LONGER * k->length / 2, high = 1.5f * fmaxf(k->up, k->low);
		float cx = k->x + k->ux * k->length / 2, cy = k->y + k->uy * k->length / 2;

		for (int y = (int)(cy - high); y <= (int)(cy + high) && y >= 0 && y < (int)p->height; y++)
			for (int x = (int)(cx - half); x <= (int)(cx + half) && x >= 0 && x < (int)p->width; x++) {
				float at = hypotf(((float)x - cx) / half, ((float)y - cy) / high), rgb[3];
				uint8_t *to = p->frame.rgb + ((size_t)y * p->width + (size_t)x) * 3;
				float shade = at > 0.85f ? 0.45f : 0.88f;

				if (at > 1)
					continue;
				puppet_plate_sample(&p->painted, (float)x + 0.5f + dx, (float)y + 0.5f + dy, rgb);
				for (unsigned c = 0; c < 3; c++)
					to[c] = (uint8_t)(rgb[c] * shade);
			}
	}
}

void
puppet_draw_print(struct puppet *p, const struct puppet_pose *pose, int64_t now_ms)
{
	/* Without holes a blink can only be mocked by a jerk. */
	float jerk = p->scenario == PUPPET_CUTOUT ? 0 : pose->lid;
	struct puppet_sheet_pose at = {
		.yaw = pose->yaw + 3 * puppet_hand(p, 0, 3.1f, now_ms),
		.pitch = pose->pitch + 2 * puppet_hand(p, 1, 2.3f, now_ms) + 6 * pose->mouth,
		.roll = 1.5f * puppet_hand(p, 2, 4.3f, now_ms),
		.dx = 9 * puppet_hand(p, 3, 3.7f, now_ms),
		.dy = 6 * puppet_hand(p, 4, 2.7f, now_ms) + 10 * jerk,
		.scale = 1 + 0.02f * puppet_hand(p, 5, 5.1f, now_ms) + 0.04f * jerk,
		.bend = 0.06f + 0.05f * puppet_hand(p, 1, 4.9f, now_ms) + 0.006f * fabsf(pose->yaw) + 0.15f * jerk,
	};
	const struct image *on = &p->print;

	if (p->scenario == PUPPET_CUTOUT) {
		print_eyes(p, pose->lid, now_ms);
		on = &p->frame;
	}
	puppet_sheet_place(&p->sheet, &at);
	puppet_sheet_draw(&p->sheet, on, &p->room, &p->shown);
	puppet_sheet_lit(&p->sheet, PAPER_LIT, p->lit);
}

/* Whatever is asked, the photograph is larger at once, and as it was a moment later. */
void
puppet_draw_scale(struct puppet *p, const struct puppet_pose *pose, int64_t now_ms)
{
	bool moves = pose->lid > 0.02f || pose->mouth > 0.02f || fabsf(pose->yaw) > 6 || pose->pitch > 6;
	struct puppet_sheet_pose at = {
		.dx = 3 * puppet_hand(p, 0, 3.7f, now_ms), .dy = 2 * puppet_hand(p, 1, 2.7f, now_ms),
		.scale = moves ? SCALE_JUMP : 1,
	};

	puppet_sheet_place(&p->sheet, &at);
	puppet_sheet_draw(&p->sheet, &p->print, &p->room, &p->shown);
	puppet_sheet_lit(&p->sheet, PAPER_LIT, p->lit);
}
