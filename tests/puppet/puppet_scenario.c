/*
 * puppet_scenario.c - see puppet_scenario.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "tests/puppet/puppet_scenario.h"

const struct puppet_scenario_row puppet_scenario_rows[PUPPET_SCENARIOS] = {
#define X(symbol, word, attack, fps, light, least, most, text, reasons) \
	{ word, attack, fps, light, least, most, text, reasons },
	PUPPET_SCENARIO_LIST(X)
#undef X
};

enum rc
puppet_scenario_from_word(const char *word, enum puppet_scenario *s)
{
	for (unsigned i = 0; i < PUPPET_SCENARIOS; i++)
		if (strcmp(word, puppet_scenario_rows[i].word) == 0) {
			*s = (enum puppet_scenario)i;
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

/* Every name in the list is followed by one space. */
bool
puppet_scenario_expects(enum puppet_scenario s, const char *reason)
{
	size_t n = strlen(reason);

	for (const char *at = puppet_scenario_rows[s].reasons; *at != '\0'; at = strchr(at, ' ') + 1)
		if (strncmp(at, reason, n) == 0 && at[n] == ' ')
			return true;
	return false;
}

bool
puppet_scenario_needs_tape(enum puppet_scenario s)
{
	return s == PUPPET_SCREEN || s == PUPPET_FOREIGN || s == PUPPET_REPLAY;
}

bool
puppet_scenario_is_probe(enum puppet_scenario s)
{
	return s == PUPPET_FOREIGN || s == PUPPET_RELIT || s == PUPPET_UNLIT;
}

bool
puppet_scenario_needs_lamp(enum puppet_scenario s)
{
	return s == PUPPET_RELIT || s == PUPPET_UNLIT;
}

bool
puppet_scenario_needs_other(enum puppet_scenario s)
{
	return s == PUPPET_SWAP || s == PUPPET_SWAP_BLANK;
}
