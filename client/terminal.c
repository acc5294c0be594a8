/*
 * terminal.c - the event loop. One thread waits for keys, link and camera at
 * once and never for one of them alone; keys come first.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/app.h"
#include "client/camera_jpeg.h"
#include "client/net.h"
#include "client/term.h"

#define WIRE_QUALITY   80
#define PREVIEW_EVERY_MS 60	/* pictures shown: about 16 a second at most */
#define TICK_MS        250

struct terminal {
	const struct console_kind *console;
	const struct directory *dir;
	const struct clock *clock;
	struct tty *term;
	struct app *app;
	struct net *net;
	struct cells cells;

	struct camera *camera;		/* NULL: off */
	struct jpeg *jpeg;
	struct preview *preview;
	struct cell *picture;		/* area.w * area.h */
	struct area area;
	int64_t shown_ms, tick_ms;
	bool dirty;
};

/* ---- ports of the pages ---- */

static enum rc
terminal_ask(void *ctx, const cs_Envelope *e, uint32_t tag)
{
	struct terminal *t = ctx;

	return t->net == NULL ? RC_CLOSED : net_ask(t->net, e, tag);
}

static void
terminal_video_start(void *ctx, const cs_CaptureBegun *begun)
{
	struct terminal *t = ctx;
	cs_CaptureBegun mine = *begun;

	if (mine.fps > (uint32_t)t->dir->config.camera.fps)
		mine.fps = (uint32_t)t->dir->config.camera.fps;
	net_video_start(t->net, &mine);
}

static void
terminal_video_stop(void *ctx)
{
	struct terminal *t = ctx;

	if (t->net != NULL)
		net_video_stop(t->net);
}

static void
terminal_ring(void *ctx)
{
	term_ring(((struct terminal *)ctx)->term);
}

/* ---- events of the link ---- */

static void
terminal_on_state(void *ctx, enum net_state s, enum rc why, const cs_Welcome *welcome)
{
	struct terminal *t = ctx;

	app_net(t->app, s, why, welcome);
	t->dirty = true;
}

static void
terminal_on_answer(void *ctx, uint32_t tag, pb_size_t asked, enum rc rc, const cs_Envelope *msg)
{
	struct terminal *t = ctx;

	app_answer(t->app, tag, asked, rc, msg);
	t->dirty = true;
}

static void
terminal_on_push(void *ctx, const cs_Envelope *msg)
{
	struct terminal *t = ctx;

	app_push(t->app, msg);
	t->dirty = true;
}

/* ---- camera ---- */

static void
terminal_camera_off(struct terminal *t)
{
	struct visit *v = app_visit(t->app);

	camera_stop(t->camera);
	t->camera = NULL;
	if (t->picture != NULL)
		crypto_wipe(t->picture, sizeof *t->picture * (size_t)t->area.w * (size_t)t->area.h);
	free(t->picture);
	t->picture = NULL;
	t->area = (struct area){ 0 };
	v->picture = (struct picture){ 0 };
	v->camera = CAMERA_OFF;
	v->camera_text[0] = '\0';
}

static void
terminal_camera_on(struct terminal *t)
{
	const struct camera_opts *o = &t->dir->config.camera;
	struct visit *v = app_visit(t->app);
	const struct camera_source *src;
	const char *where;

	src = camera_source_find(o->spec, &where, v->camera_text, sizeof v->camera_text);
	if (src != NULL)
		t->camera = camera_start(src, o, where, t->clock, v->camera_text, sizeof v->camera_text);
	v->camera = t->camera == NULL ? CAMERA_FAILED : CAMERA_OPENING;
	t->dirty = true;
}

/* Follows the page on top: camera on or off, picture of the right size. */
static void
terminal_camera_follow(struct terminal *t)
{
	struct area want = app_picture(t->app, t->cells.w, t->cells.h);
	struct visit *v = app_visit(t->app);

	if (want.h == 0) {
		if (t->camera != NULL || v->camera != CAMERA_OFF)
			terminal_camera_off(t);
		return;
	}
	if (t->camera == NULL && v->camera == CAMERA_OFF)
		terminal_camera_on(t);
	if (want.w != t->area.w || want.h != t->area.h) {
		free(t->picture);
		t->picture = calloc((size_t)want.w * (size_t)want.h, sizeof *t->picture);
		t->area = t->picture == NULL ? (struct area){ 0 } : want;
		v->picture = (struct picture){ 0 };
	}
}

static void
terminal_show_picture(struct terminal *t, const struct camera_frame *f)
{
	struct visit *v = app_visit(t->app);
	int64_t now = clock_mono_ms(t->clock);

	if (t->picture == NULL || now - t->shown_ms < PREVIEW_EVERY_MS)
		return;
	if (preview_make(t->preview, f->rgb, f->w, f->h, t->dir->config.mirror, t->picture, t->area.w, t->area.h) != RC_OK)
		return;
	v->picture = (struct picture){ .w = t->area.w, .h = t->area.h, .at = t->picture };
	t->shown_ms = now;
	t->dirty = true;
}

static void
terminal_camera_turn(struct terminal *t)
{
	struct visit *v = app_visit(t->app);
	enum camera_state was = v->camera;
	struct camera_frame *f;
	const uint8_t *jpeg;
	size_t bytes;

	if (t->camera == NULL)
		return;
	if ((f = camera_take(t->camera)) != NULL) {
		if (net_video_wants(t->net) && (jpeg = jpeg_encode(t->jpeg, f, WIRE_QUALITY, &bytes)) != NULL)
			net_video_send(t->net, jpeg, bytes, f->taken_us);
		terminal_show_picture(t, f);
		camera_frame_free(f);
	}
	v->camera = camera_state(t->camera, v->camera_text, sizeof v->camera_text);
	t->dirty |= v->camera != was;
}

/* ---- keys and drawing ---- */

static void
terminal_resize(struct terminal *t)
{
	int w, h;

	term_size(t->term, &w, &h);
	t->dirty = cells_size(&t->cells, w, h) == RC_OK;
}

/* What lies there as it was last shown. */
static void
terminal_click(struct terminal *t, struct raw_key raw)
{
	if (t->cells.w >= TERM_W_MIN && t->cells.h >= TERM_H_MIN)
		app_click(t->app, &t->cells, raw.y, raw.x);
}

static void
terminal_keys(struct terminal *t)
{
	struct raw_key raw;
	struct key k;

	while (!app_done(t->app) && (raw = term_key(t->term)).kind != RAW_NONE) {
		if (raw.kind == RAW_RESIZE) {
			terminal_resize(t);
			continue;
		}
		k = keymap_request(raw);
		if (raw.kind == RAW_CLICK)
			terminal_click(t, raw);
		else if (k.req == REQ_REDRAW)
			term_redraw(t->term);
		else
			app_key(t->app, k);
		crypto_wipe(&k, sizeof k);
		crypto_wipe(&raw, sizeof raw);
		t->dirty = true;
	}
}

/* What is shown instead of a page on a window that is too small. */
static void
terminal_draw_small(struct cells *c)
{
	cells_clear(c);
	cells_wrap(c, c->h / 2 - 1 > 0 ? c->h / 2 - 1 : 0, 1, c->w - 2, c->h, THEME_STRONG,
	    "This window is too small: make it at least 80 columns wide and 24 rows high. Nothing that was "
	    "typed is lost.");
}

static void
terminal_show(struct terminal *t)
{
	if (!t->dirty)
		return;
	t->dirty = false;
	if (t->cells.w < TERM_W_MIN || t->cells.h < TERM_H_MIN)
		terminal_draw_small(&t->cells);
	else
		app_draw(t->app, &t->cells);
	term_show(t->term, &t->cells);
}

static void
terminal_wait(struct terminal *t)
{
	struct link_poll items[NET_ITEMS + 2] = { 0 };
	size_t n = net_items(t->net, items);
	int wait = net_wait_ms(t->net);
	enum rc r;

	items[n++] = (struct link_poll){ .fd = term_fd(t->term) };
	if (t->camera != NULL)
		items[n++] = (struct link_poll){ .fd = camera_fd(t->camera) };
	/* Whatever happened, or nothing: the turns below look for themselves. */
	r = link_poll(items, n, wait < TICK_MS ? wait : TICK_MS);
	(void)r;
}

static void
terminal_tick(struct terminal *t)
{
	int64_t now = clock_mono_ms(t->clock);

	if (now - t->tick_ms < TICK_MS)
		return;
	t->tick_ms = now;
	app_visit(t->app)->address = net_address(t->net);
	app_tick(t->app);
	t->dirty = true;
}

static void
terminal_loop(struct terminal *t)
{
	while (!app_done(t->app) && !term_ended()) {
		terminal_camera_follow(t);
		terminal_show(t);
		terminal_wait(t);
		terminal_keys(t);
		terminal_show(t);
		net_turn(t->net);
		terminal_camera_turn(t);
		terminal_tick(t);
	}
}

static enum rc
terminal_start(struct terminal *t, char *err, size_t err_n)
{
	const struct app_ports ports = {
		.ask = terminal_ask, .video_start = terminal_video_start, .video_stop = terminal_video_stop,
		.ring = terminal_ring, .ctx = t,
	};
	struct net_opts net = {
		.invitation = &t->dir->invitation, .public_key = t->dir->public_key, .secret = t->dir->secret,
		.console = t->console->number,
		.clock = t->clock, .rng = rng_system(),
		.events = { terminal_on_state, terminal_on_answer, terminal_on_push, t },
	};
	const struct config *conf = &t->dir->config;
	const struct term_opts look = {
		.most = conf->colours, .palette = theme_choose(conf->theme, getenv("NO_COLOR")), .ascii = conf->ascii, .mouse = conf->mouse,
	};
	struct visit *v;

	snprintf(err, err_n, "Out of memory.");
	if ((t->jpeg = jpeg_new()) == NULL || (t->app = app_new(&ports, t->clock, rng_system())) == NULL ||
	    (t->net = net_new(&net)) == NULL)
		return RC_NOMEM;
	v = app_visit(t->app);
	v->console = t->console;
	v->fingerprint = t->dir->fingerprint;
	v->address = net_address(t->net);
	if ((t->term = term_open(&look, err, err_n)) == NULL)
		return RC_CONFIG;
	t->cells.ascii = term_ascii(t->term);
	v->export = conf->export;
	v->light_ok = conf->light && term_colours(t->term) == PREVIEW_256;
	if ((t->preview = preview_new(term_colours(t->term), t->cells.ascii)) == NULL)
		return RC_NOMEM;
	terminal_resize(t);
	return RC_OK;
}

enum rc
terminal_run(const struct console_kind *console, const struct directory *d, char *err, size_t err_n)
{
	struct terminal t = { .console = console, .dir = d, .clock = clock_system() };
	enum rc r = terminal_start(&t, err, err_n);

	if (r == RC_OK)
		terminal_loop(&t);
	term_close(t.term);
	if (t.app != NULL)
		terminal_camera_off(&t);
	app_free(t.app);
	net_free(t.net);
	preview_free(t.preview);
	jpeg_free(t.jpeg);
	cells_free(&t.cells);
	return r;
}
