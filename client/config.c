/*
 * config.c - terminal.conf through libconfuse.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/config.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/config_text.h"

static const char defaults[] =
    "# Settings of this terminal. Lines that start with # are comments.\n"
    "\n"
    "# Where pictures come from: v4l2:/dev/video0, file:PATH, pipe:PATH (JPEG pictures\n"
    "# one after another on a fifo), rtsp:URL, or test (a moving pattern).\n"
    "camera = \"v4l2:/dev/video0\"\n"
    "\n"
    "# Pictures are made to fit inside this size; at most so many a second.\n"
    "width = 640\n"
    "height = 480\n"
    "fps = 15\n"
    "\n"
    "# Show the picture like a mirror.\n"
    "mirror = true\n"
    "\n"
    "# Let the screen shine in colours while the camera looks, to tell a person from a\n"
    "# picture: at most three changes a second and no saturated red. Switch it off\n"
    "# where somebody is sensitive to changing light; captures go on without it.\n"
    "light = on\n"
    "\n"
    "# Colours to use at most: auto, 256 or 8.\n"
    "colours = \"auto\"\n"
    "\n"
    "# What pages look like: colour, contrast (high contrast), mono (no colours), or\n"
    "# auto: colour, unless the environment has NO_COLOR.\n"
    "theme = \"auto\"\n"
    "\n"
    "# Let the mouse choose lines, fields and keys of the bar. The terminal's own\n"
    "# marking of text does not work then, or only with Shift.\n"
    "mouse = off\n"
    "\n"
    "# A folder for files that people have written: the history of their accounts, as\n"
    "# CSV. Whoever can read it sees them; empty: nothing is written.\n"
    "export = \"\"\n";

const char *
config_default_text(void)
{
	return defaults;
}

/* libconfuse reports through a callback without a context; the parse runs in one thread. */
static _Thread_local const char *report_path;
static _Thread_local char *report;
static _Thread_local size_t report_n;

static void config_report(cfg_t *cfg, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static void
config_report(cfg_t *cfg, const char *fmt, va_list ap)
{
	int n = snprintf(report, report_n, "%s, line %d: ", report_path, cfg->line);

	if (n >= 0 && (size_t)n < report_n)
		vsnprintf(report + n, report_n - (size_t)n, fmt, ap);
}

static int
config_check_int(cfg_t *cfg, cfg_opt_t *opt)
{
	static const struct { const char *name; long least, most; } ranges[] = {
		{ "width", 160, 1920 }, { "height", 120, 1080 }, { "fps", 1, 60 },
	};
	long v = cfg_opt_getnint(opt, cfg_opt_size(opt) - 1);

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (strcmp(ranges[i].name, cfg_opt_name(opt)) == 0 && (v < ranges[i].least || v > ranges[i].most)) {
			cfg_error(cfg, "'%s' must be %ld to %ld", ranges[i].name, ranges[i].least, ranges[i].most);
			return -1;
		}
	return 0;
}

static const struct { const char *name; enum preview_colours colours; } colour_names[] = {
	{ "auto", PREVIEW_256 }, { "256", PREVIEW_256 }, { "8", PREVIEW_8 },
};

static int
config_check_colours(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	for (size_t i = 0; i < sizeof colour_names / sizeof colour_names[0]; i++)
		if (strcmp(colour_names[i].name, v) == 0)
			return 0;
	cfg_error(cfg, "'colours' must be auto, 256 or 8; for none: theme = \"mono\"");
	return -1;
}

static int
config_check_theme(cfg_t *cfg, cfg_opt_t *opt)
{
	if (theme_palette(cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1)) >= 0)
		return 0;
	cfg_error(cfg, "'theme' must be auto, colour, contrast or mono");
	return -1;
}

static int
config_check_camera(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1), *where;
	char err[NOTICE_BYTES];

	if (strlen(v) < CAMERA_SPEC_BYTES && camera_source_find(v, &where, err, sizeof err) != NULL)
		return 0;
	cfg_error(cfg, "'camera' must be v4l2:/dev/video0, file:PATH, pipe:PATH, rtsp:URL or test");
	return -1;
}

static int
config_check_export(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (v[0] == '\0' || (v[0] == '/' && strlen(v) < CONFIG_FOLDER_BYTES))
		return 0;
	cfg_error(cfg, "'export' must be a folder with its whole path, such as /home/teller/files, or empty");
	return -1;
}

static void
config_take(cfg_t *cfg, struct config *c)
{
	snprintf(c->camera.spec, sizeof c->camera.spec, "%s", cfg_getstr(cfg, "camera"));
	c->camera.width = (int)cfg_getint(cfg, "width");
	c->camera.height = (int)cfg_getint(cfg, "height");
	c->camera.fps = (int)cfg_getint(cfg, "fps");
	c->mirror = cfg_getbool(cfg, "mirror") == cfg_true;
	c->light = cfg_getbool(cfg, "light") == cfg_true;
	for (size_t i = 0; i < sizeof colour_names / sizeof colour_names[0]; i++)
		if (strcmp(colour_names[i].name, cfg_getstr(cfg, "colours")) == 0)
			c->colours = colour_names[i].colours;
	c->theme = (enum palette)theme_palette(cfg_getstr(cfg, "theme"));
	c->mouse = cfg_getbool(cfg, "mouse") == cfg_true;
	snprintf(c->export, sizeof c->export, "%s", cfg_getstr(cfg, "export"));
}

enum rc
config_load(const char *path, struct config *c, char *err, size_t err_n)
{
	cfg_opt_t opts[] = {
		CFG_STR("camera", "v4l2:/dev/video0", CFGF_NONE),
		CFG_INT("width", 640, CFGF_NONE),
		CFG_INT("height", 480, CFGF_NONE),
		CFG_INT("fps", 15, CFGF_NONE),
		CFG_BOOL("mirror", cfg_true, CFGF_NONE),
		CFG_BOOL("light", cfg_true, CFGF_NONE),
		CFG_STR("colours", "auto", CFGF_NONE),
		CFG_STR("theme", "auto", CFGF_NONE),
		CFG_BOOL("mouse", cfg_false, CFGF_NONE),
		CFG_STR("export", "", CFGF_NONE),
		CFG_END(),
	};
	enum rc r = RC_CONFIG;
	cfg_t *cfg;
	char *text;

	if ((r = config_text_read(path, &text, err, err_n)) != RC_OK)
		return r;
	r = RC_CONFIG;
	report_path = path;
	report = err;
	report_n = err_n;
	snprintf(err, err_n, "%s cannot be read.", path);
	if ((cfg = cfg_init(opts, CFGF_NONE)) == NULL) {
		free(text);
		return RC_NOMEM;
	}
	cfg_set_error_function(cfg, config_report);
	cfg_set_validate_func(cfg, "width", config_check_int);
	cfg_set_validate_func(cfg, "height", config_check_int);
	cfg_set_validate_func(cfg, "fps", config_check_int);
	cfg_set_validate_func(cfg, "colours", config_check_colours);
	cfg_set_validate_func(cfg, "theme", config_check_theme);
	cfg_set_validate_func(cfg, "camera", config_check_camera);
	cfg_set_validate_func(cfg, "export", config_check_export);
	if (cfg_parse_buf(cfg, text) == CFG_SUCCESS) {
		config_take(cfg, c);
		r = RC_OK;
	}
	cfg_free(cfg);
	free(text);
	return r;
}
