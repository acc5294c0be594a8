/*
 * config.h - what a terminal can be told: terminal.conf.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none.
 */
#ifndef CLIENT_CONFIG_H
#define CLIENT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "client/camera.h"
#include "client/preview.h"
#include "client/theme.h"
#include "proto/rc.h"

#define CONFIG_FOLDER_BYTES 400u

struct config {
	struct camera_opts camera;
	bool mirror;			/* the preview is a mirror */
	bool light;			/* the screen may shine in colours during a capture */
	enum preview_colours colours;	/* at most */
	enum palette theme;
	bool ascii;			/* set by --ascii alone */
	bool mouse;
	char export[CONFIG_FOLDER_BYTES];	/* where pages may write files; "": nowhere */
};

/* Every error names the file and the line. */
enum rc config_load(const char *path, struct config *c, char *err, size_t err_n) MUST_CHECK;
/* The file with all settings at their defaults and what they mean; for a new directory. */
const char *config_default_text(void);

#endif
