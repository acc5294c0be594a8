/*
 * test_cue_light.c - colours that were shown are found on skin; a bright room
 * is no failure; another lamp's colours, or a room that shines alone, are one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_light.h"
#include "tests/splitmix.h"
#include "tests/unit/cue_head.h"

struct room {
	const char *what;
	float screen;	/* light of a full white screen on the skin, part of the room's */
	float behind;	/* the same on the background */
	float exposure;	/* the camera's regulation: amplitude */
	float balance;	/* of the white balance: how much of the screen's tint is taken out again */
	float drift;	/* of the skin's hue over the capture */
	float noise;	/* grey levels of a mean */
	bool  recorded;	/* the colours are those of an earlier capture */
	bool  no_back;	/* the face fills the picture */
	int   fps;
	int64_t delay_ms;
	int   says;	/* +1: the colours come back, -1: blame, 0: nothing */
};

static const struct room rooms[] = {
	{ "a dim room", .3f, .02f, 0, 0, 0, .2f, false, false, 15, 250, 1 },
	{ "an office in the evening", .06f, .005f, 0, 0, 0, .2f, false, false, 15, 200, 1 },
	{ "a camera that regulates", .15f, .02f, .2f, .6f, 0, .2f, false, false, 15, 200, 1 },
	{ "no background", .15f, 0, .1f, 0, 0, .2f, false, true, 15, 200, 1 },
	{ "hue drifts", .15f, .01f, 0, 0, .05f, .2f, false, false, 15, 400, 1 },
	{ "10 a second, slowly", .15f, .01f, 0, 0, 0, .2f, false, false, 10, 600, 1 },
	{ "30 a second", .15f, .01f, 0, 0, 0, .3f, false, false, 30, 120, 1 },
	{ "a bright room", 0, 0, 0, 0, 0, .2f, false, false, 15, 200, 0 },
	{ "a bright room and a camera that regulates", 0, 0, .2f, 0, .05f, .2f, false, false, 15, 200, 0 },
	{ "all is lit alike", .2f, .2f, 0, 0, 0, .2f, false, false, 15, 200, 0 },
	{ "a slow line", .3f, .02f, 0, 0, 0, .2f, false, false, 15, 1500, 0 },
	{ "a recording of other colours", .3f, .02f, 0, 0, 0, .2f, true, false, 15, 250, -1 },
	{ "the same, and a camera that regulates", .2f, .02f, .2f, .5f, .03f, .2f, true, false, 30, 250, -1 },
	{ "the room shines and not the face", 0, .15f, .1f, 0, 0, .2f, false, false, 15, 200, -1 },
};

static struct light
draw(uint64_t seed)
{
	struct light l = { .n = LIGHT_COLOURS_LEAST + (uint32_t)(splitmix64(&seed) % 3) };
	uint32_t last = 0;

	for (uint32_t i = 0; i < l.n; i++) {
		last = (last + 1 + (uint32_t)(splitmix64(&seed) % (LIGHT_PALETTE - 1))) % LIGHT_PALETTE;
		l.rgb[i] = light_palette[last];
		l.until_ms[i] = (i > 0 ? l.until_ms[i - 1] : 0) + LIGHT_LEAST_MS + (int64_t)(splitmix64(&seed) % 500);
	}
	return l;
}

static float
shade(float albedo, float level, float part, uint32_t rgb, int channel, float tint, const struct room *r, uint64_t *random)
{
	float c = powf((float)(rgb >> (16 - 8 * channel) & 255) / 255, 2.2f);
	float v = albedo * level * (1 + part * c) / (1 + r->balance * tint);

	return 255 * powf(fminf(1, v), 1 / 2.2f) + r->noise * cue_head_normal(random);
}

static struct cue_light cue;

static void
play(const struct room *r, uint64_t seed)
{
	static const float skin[3] = { .45f, .28f, .2f }, wall[3] = { .4f, .42f, .38f };
	static struct vision_features f;
	struct light asked = draw(seed), shone = r->recorded ? draw(seed + 1000) : asked;
	uint32_t told = 0;

	memset(&cue, 0, sizeof cue);
	for (int i = 0; i < 7 * r->fps; i++) {
		int64_t at = i * 1000 / r->fps + (int64_t)(splitmix64(&seed) % 15);
		uint32_t now = light_at(&asked, at - 300), seen = light_at(&shone, at - 300 - r->delay_ms);
		float level = .8f * (1 + r->exposure * sinf((float)i * .3f));

		if (now != told) {
			cue_light_show(&cue, now, at);
			told = now;
		}
		memset(&f, 0, sizeof f);
		f.faces = 1;
		for (int k = 0; k < 3; k++) {
			float tint = r->screen / 2 * powf((float)(seen >> (16 - 8 * k) & 255) / 255, 2.2f);

			f.skin[k] = shade(skin[k] * (1 + (k == 0 ? r->drift * (float)i / 60 : 0)), level, r->screen, seen, k, tint, r, &seed);
			f.back[k] = r->no_back ? 0 : shade(wall[k], level, r->behind, seen, k, tint, r, &seed);
		}
		cue_light_feed(&cue, &f, at);
	}
}

static void
test_rooms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
		int told[3] = { 0 };	/* blame, nothing, praise */

		for (uint64_t seed = 1; seed <= 20; seed++) {
			float value = 0;

			play(&rooms[i], seed * 77);
			if (!cue_light_value(&cue, &value))
				value = 0;
			told[(value > 0) - (value < 0) + 1]++;
		}
		/* Chance has one of 20 for praise, and fewer than one of 1000 for blame, which needs three colours and luck. */
		if (told[rooms[i].says + 1] < (rooms[i].says < 0 ? 12 : 17) || (rooms[i].says >= 0 && told[0] > 0) || (rooms[i].says < 0 && told[2] > 0))
			fail_msg("%s: blame %d, nothing %d, praise %d of 20", rooms[i].what, told[0], told[1], told[2]);
	}
}

/* Rooms in which the lamp cannot be seen and much else changes: whoever sits there is never blamed. */
static void
disturb(uint64_t *random, float walk, unsigned jumps)
{
	float at[2] = { 0, 0 }, wave = .02f * (float)(splitmix64(random) % 100) / 100, slow = .3f + (float)(splitmix64(random) % 300) / 100;

	for (uint32_t i = 0; i < cue.n; i++)
		for (int k = 0; k < 2; k++) {
			at[k] += walk * cue_head_normal(random);
			if (splitmix64(random) % cue.n < jumps)
				at[k] += .1f * cue_head_normal(random);		/* a door, a lamp, the sun */
			cue.frame[i].skin[k] += at[k] + wave * sinf(slow * (float)(cue.frame[i].at_ms % 100000) / 1000 + (float)k);
		}
}

static void
test_nobody_is_blamed(void **state)
{
	enum { DRAWS = 1000 };
	unsigned blamed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= DRAWS; seed++) {
		uint64_t random = seed * 1000;
		const struct room r = { .exposure = .1f * (float)(seed % 3), .drift = .05f * (float)(seed % 2),
		    .noise = .1f * (float)(1 + seed % 9), .fps = seed % 2 == 0 ? 15 : 30, .delay_ms = 200, .no_back = seed % 5 == 0 };
		float value = 0;

		play(&r, seed);
		disturb(&random, .004f * (float)(seed % 4), (unsigned)(seed % 5));
		blamed += cue_light_value(&cue, &value) && value < 0;
	}
	if (blamed > DRAWS / 1000)
		fail_msg("%u of %d blamed", blamed, DRAWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rooms),
		cmocka_unit_test(test_nobody_is_blamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
