/*
 * play_person.c - a living person in the room, in all varieties; and two of
 * them, where one takes the other's place.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "tests/puppet/puppet_impl.h"
#include "tests/splitmix.h"

#define TILT_DEGREES    9.0f
#define ROOM_LIT        0.08f	/* of the face's share: the wall is far behind */
#define UNASKED_LEAST_MS 1500
#define UNASKED_SPREAD_MS 3000
#define UNLIT_ROOM      0.60f	/* a light wall close behind */
#define LAMP_LATE_MS    500	/* a recording begins so much later than the lamp at most */
#define LAMP_LEAST_MS   500
#define LAMP_SPREAD_MS  300
#define RIM_WIDE        0.40f	/* of the eyes' distance: half of a glass */
#define RIM_HIGH        0.32f
#define RIM_THICK       0.018f

static void
glasses_dot(struct image *im, uint32_t x, uint32_t y, const float rgb[static 3], float share)
{
	uint8_t *to = im->rgb + ((size_t)y * im->width + x) * 3;

	for (unsigned c = 0; c < 3; c++)
		to[c] = (uint8_t)((float)to[c] + (rgb[c] - (float)to[c]) * fminf(fmaxf(share, 0), 1) + 0.5f);
}

/* One pixel: how far it is from a rim, and what the window does in the glass. */
static void
glasses_at(const struct puppet_paint *paint, struct image *im, uint32_t x, uint32_t y)
{
	static const float dark[3] = { 62, 54, 50 }, glare[3] = { 225, 230, 238 };
	const struct puppet_slit *eye = paint->eye;
	float rim = 1e9f, inside = 0;

	for (unsigned e = 0; e < 2; e++) {
		float cx = eye[e].x + eye[e].ux * eye[e].length / 2, cy = eye[e].y + eye[e].uy * eye[e].length / 2;
		float dx = ((float)x - cx) / (RIM_WIDE * paint->unit), dy = ((float)y - cy) / (RIM_HIGH * paint->unit);
		float at = sqrtf(sqrtf(dx * dx * dx * dx + dy * dy * dy * dy)), streak = (dx + dy - 1.1f) * 5;

		rim = fminf(rim, fabsf(at - 1) * RIM_HIGH * paint->unit);
		if (at < 1)
			inside = fmaxf(inside, 0.02f + 0.14f * expf(-streak * streak));
	}
	if ((float)x > eye[0].x + eye[0].length && (float)x < eye[1].x)
		rim = fminf(rim, fabsf((float)y - (eye[0].y + eye[1].y) / 2 + 0.05f * paint->unit));
	glasses_dot(im, x, y, glare, inside);
	glasses_dot(im, x, y, dark, (RIM_THICK * paint->unit - rim) / 1.5f + 0.5f);
}

static void
person_glasses(const struct puppet_paint *paint, struct image *im)
{
	const struct puppet_slit *eye = paint->eye;
	float y = (eye[0].y + eye[1].y) / 2, x0 = eye[0].x - 0.3f * paint->unit, y0 = y - 0.6f * paint->unit;
	float x1 = eye[1].x + eye[1].length + 0.3f * paint->unit, y1 = y + 0.6f * paint->unit;

	for (uint32_t j = (uint32_t)fmaxf(y0, 0); j < im->height && (float)j < y1; j++)
		for (uint32_t i = (uint32_t)fmaxf(x0, 0); i < im->width && (float)i < x1; i++)
			glasses_at(paint, im, i, j);
}

/* A face that shines by itself throws no light back; the room does. */
static void
person_unlit(struct puppet *p)
{
	size_t n = (size_t)(p->width / PUPPET_CELL + 2) * (p->height / PUPPET_CELL + 2);

	for (size_t i = 0; i < n; i++)
		p->lit[i] = p->lit[i] > ROOM_LIT * 1.01f ? 0 : UNLIT_ROOM;
}

uint32_t
puppet_lamp(struct puppet *p, int64_t now_ms)
{
	static const uint32_t colours[] = { 0x00afff, 0xff5fff, 0xafaf00, 0xff8787, 0x00afaf };
	const int64_t n = sizeof colours / sizeof colours[0];
	int64_t i;

	if (p->scenario != PUPPET_RELIT)
		return p->light;
	if (p->lamp_ms < 0 && p->light == 0)
		return 0;
	if (p->lamp_ms < 0) {
		p->lamp_ms = now_ms + (int64_t)(splitmix64(&p->random) % LAMP_LATE_MS);
		p->lamp_step_ms = LAMP_LEAST_MS + (int64_t)(splitmix64(&p->random) % LAMP_SPREAD_MS);
	}
	i = now_ms < p->lamp_ms ? -1 : (now_ms - p->lamp_ms) / p->lamp_step_ms;
	return i < 0 || i >= n ? 0 : colours[(i + (int64_t)(p->phase[3] * 100)) % n];
}

void
puppet_draw_body(struct puppet *p, const struct puppet_body *b, const struct puppet_pose *pose)
{
	const struct image *face = &b->plate;
	bool glasses = p->scenario == PUPPET_GLASSES;

	if (!pose->sheet && (pose->lid > 0 || pose->mouth > 0 || glasses)) {
		memcpy(p->painted.rgb, b->plate.rgb, (size_t)p->width * p->height * 3);
		puppet_paint_mouth(&b->paint, pose->mouth, &b->plate, &p->painted);
		puppet_paint_lids(&b->paint, pose->lid, &b->plate, &p->painted);
		if (glasses)
			person_glasses(&b->paint, &p->painted);
		face = &p->painted;
	}
	puppet_head_draw(b->head, pose, face, &p->shown);
	puppet_head_lit(b->head, ROOM_LIT, p->lit);
	if (p->scenario == PUPPET_UNLIT)
		person_unlit(p);
}

/* Nobody who is alive keeps the eyes open for long. */
static void
person_blinks(struct puppet *p, int64_t now_ms)
{
	if (now_ms < p->unasked_ms)
		return;
	if (p->unasked_ms > 0 && p->motion.eyes.count == 0)
		(void)!puppet_motion_act(&p->motion, PUPPET_BLINK, now_ms);	/* the lids may have too much to do */
	p->unasked_ms = now_ms + UNASKED_LEAST_MS + (int64_t)(splitmix64(&p->random) % UNASKED_SPREAD_MS);
}

/* The other face is there while something is answered, and maybe for good. */
static bool
person_swapped(const struct puppet *p)
{
	const struct puppet_motion *m = &p->motion;
	bool moves = m->eyes.count + m->head.count + m->mouth.count > 0 || m->closed;

	return moves || (!p->swaps_back && m->acted);
}

void
puppet_draw_person(struct puppet *p, struct puppet_pose *pose, int64_t now_ms)
{
	if (p->scenario == PUPPET_TILT)
		pose->roll += p->phase[0] < 3.14f ? TILT_DEGREES : -TILT_DEGREES;
	if (p->scenario == PUPPET_BLINKY)
		person_blinks(p, now_ms);
	puppet_draw_body(p, p->gap.stands_in || (p->scenario == PUPPET_SWAP && person_swapped(p)) ? &p->other : &p->body, pose);
}
