/*
 * console.c - the consoles.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/console.h"

#include <stddef.h>
#include <string.h>

#include "client/screen.h"

const struct console_kind console_terminal = {
	.word = "terminal", .number = cs_Console_CONSOLE_TERMINAL, .home = &screen_home, .leave_words = "F9 on the account page",
	.customers = true,
};

const struct console_kind console_backoffice = {
	.word = "backoffice", .number = cs_Console_CONSOLE_BACKOFFICE, .home = &screen_batches, .leave_words = "F9 on the page of batches",
};

const struct console_kind console_audit = {
	.word = "audit", .number = cs_Console_CONSOLE_AUDIT, .home = &screen_events, .leave_words = "the last line of F4, the pages",
};

const struct console_kind *
console_find(const char *word)
{
	static const struct console_kind *const all[] = { &console_terminal, &console_backoffice, &console_audit };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(word, all[i]->word) == 0)
			return all[i];
	return NULL;
}
