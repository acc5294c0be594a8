/*
 * config_keys.h - the table of keys of the configuration.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the files config*.c alone: config.c reads by it, config_keys.c prints it.
 */
#ifndef SERVER_CONFIG_KEYS_H
#define SERVER_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum config_type { CONFIG_TEXT, CONFIG_PATH, CONFIG_ADDRESS, CONFIG_CHANNEL, CONFIG_PRECISION,
	CONFIG_MOVES, CONFIG_INT, CONFIG_REAL, CONFIG_BOOL, CONFIG_GONE };

/* CONFIG_GONE: refused, with its help as the message. */
struct config_key {
	const char *section;	/* "" for the top of the file */
	const char *name;
	enum config_type type;
	double least, most;	/* numbers: range; texts: length */
	const char *def;
	size_t offset;		/* in struct config */
	const char *help;
};

/* Keys of one section stand together, those of `policy` last: its bands follow them. */
extern const struct config_key config_keys[];
extern const size_t config_keys_n;

/* NULL: no such key. */
const struct config_key *config_find(const char *section, const char *name);
/* Is its value written in quotes? */
bool    config_is_textual(enum config_type t);

#endif
