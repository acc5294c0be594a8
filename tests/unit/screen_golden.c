/*
 * screen_golden.c - what the pages look like: as text, and against golden files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/theme.h"
#include "screen_rig.h"

static void
rig_draw_app(const void *ctx, struct cells *c)
{
	app_draw(((const struct rig *)ctx)->app, c);
}

static char *
rig_text_of(rig_draw_fn *draw, const void *ctx, struct cells *c, int w, int h)
{
	char *text;

	assert_int_equal(cells_size(c, w, h), RC_OK);
	draw(ctx, c);
	text = cells_to_text(c);
	assert_non_null(text);
	return text;
}

char *
rig_text(struct rig *r, int w, int h)
{
	return rig_text_of(rig_draw_app, r, &r->cells, w, h);
}

void
rig_see(struct rig *r, const char *text, bool there)
{
	char *page = rig_text(r, 80, 24);

	if ((strstr(page, text) != NULL) != there)
		fail_msg("\"%s\" %s:\n%s", text, there ? "is missing" : "is there", page);
	free(page);
}

static char *
rig_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 65536);

	assert_non_null(text);
	if (f != NULL) {
		text[fread(text, 1, 65535, f)] = '\0';
		fclose(f);
	}
	return text;
}

static void
rig_compare(const char *name, const char *how, const char *got)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char path[1024], *want;
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/golden/screens/%s-%s.txt", source == NULL ? "." : source, name, how);
	if (getenv("GENERATE") != NULL) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(got, f);
		fclose(f);
	}
	want = rig_read(path);
	if (strcmp(got, want) != 0)
		print_error("%s differs; the page is now:\n%s\n", path, got);
	assert_string_equal(got, want);
	free(want);
}

/* Below the page, a line for each row that has more than plain text: how its cells look without colours. */
static char *
rig_looks(const struct cells *c, const char *page)
{
	static const char letters[] = " br*u***";
	size_t room = strlen(page) + (size_t)c->h * ((size_t)c->w + 8) + 1;
	char *text = malloc(room), *at = text, row[CELLS_W_MAX + 1];
	int end;

	assert_non_null(text);
	at += snprintf(at, room, "%s", page);
	for (int y = 0; y < c->h; y++) {
		end = 0;
		for (int x = 0; x < c->w; x++) {
			row[x] = letters[theme_look(PALETTE_MONO, (enum theme)cells_at(c, y, x)->theme)->attrs & 7];
			if (row[x] != ' ')
				end = x + 1;
		}
		row[end] = '\0';
		if (end > 0)
			at += snprintf(at, room - (size_t)(at - text), "%2d %s\n", y, row);
	}
	return text;
}

/* A window of any size clips instead of crashing; the sanitizers watch. */
static void
rig_clip(rig_draw_fn *draw, const void *ctx, struct cells *c)
{
	for (int w = 0; w <= 12; w++)
		for (int h = 0; h <= 4; h++)
			free(rig_text_of(draw, ctx, c, w, h));
	for (int w = 10; w < 130; w += 7)
		for (int h = 3; h < 40; h += 5)
			free(rig_text_of(draw, ctx, c, w, h));
}

void
rig_golden_of(rig_draw_fn *draw, const void *ctx, const char *name)
{
	struct cells c = { 0 };
	char *text, *looks;

	text = rig_text_of(draw, ctx, &c, 80, 24);
	rig_compare(name, "80x24", text);
	free(text);
	text = rig_text_of(draw, ctx, &c, 132, 50);
	rig_compare(name, "132x50", text);
	free(text);
	c.ascii = true;
	text = rig_text_of(draw, ctx, &c, 80, 24);
	for (int i = 0; i < c.w * c.h; i++)
		assert_in_range(c.at[i].cp, 0x20, 0x7e);
	looks = rig_looks(&c, text);
	rig_compare(name, "mono", looks);
	free(looks);
	free(text);
	c.ascii = false;
	rig_clip(draw, ctx, &c);
	cells_free(&c);
}

void
rig_golden(struct rig *r, const char *name)
{
	rig_golden_of(rig_draw_app, r, name);
}
