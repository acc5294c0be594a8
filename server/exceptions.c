/*
 * exceptions.c - see exceptions.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "server/exceptions.h"

static const struct {
	uint32_t move;
	const char *word;
} exception_moves[] = {
	{ EXCEPTION_EYES, "blink" }, { EXCEPTION_TURN, "turn" }, { EXCEPTION_NOD, "nod" }, { EXCEPTION_MOUTH, "mouth" },
	{ EXCEPTION_LIGHT, "light" },
};
#define MOVES (sizeof exception_moves / sizeof exception_moves[0])

enum rc
exceptions_active(struct stores *st, uint64_t person, uint32_t *moves)
{
	struct exception e;
	enum rc r = st->exception.ops->open_of(&st->exception, person, &e);

	if (r != RC_OK && r != RC_NOT_FOUND)
		return r;
	*moves = r == RC_OK && exception_active(&e) ? e.moves : 0;
	return RC_OK;
}

enum rc
exceptions_enrolling(struct stores *st, uint64_t person, int64_t now_ms)
{
	struct exception e;
	enum rc r = st->exception.ops->open_of(&st->exception, person, &e);

	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_OK : r;
	return exception_active(&e) && exceptions_weaken(e.moves) && now_ms - e.confirmed_ms > EXCEPTION_ENROL_MS ? RC_DENIED : RC_OK;
}

void
exceptions_apply(uint32_t moves, struct capture_options *o)
{
	o->liveness.without |= ((moves & EXCEPTION_EYES) != 0 ? LIVENESS_EYES : 0) |
	    ((moves & EXCEPTION_TURN) != 0 ? (uint32_t)LIVENESS_TURN : 0) |
	    ((moves & EXCEPTION_NOD) != 0 ? (uint32_t)LIVENESS_NOD : 0) |
	    ((moves & EXCEPTION_MOUTH) != 0 ? (uint32_t)LIVENESS_MOUTH : 0);
	o->light = o->light && (moves & EXCEPTION_LIGHT) == 0;
}

bool
exceptions_weaken(uint32_t moves)
{
	return (moves & EXCEPTION_CHALLENGES) != 0;
}

void
exceptions_words(uint32_t moves, char dst[static EXCEPTION_WORDS_BYTES])
{
	size_t n = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < MOVES; i++)
		if ((moves & exception_moves[i].move) != 0)
			n += (size_t)snprintf(dst + n, EXCEPTION_WORDS_BYTES - n, "%s%s", n > 0 ? ", " : "", exception_moves[i].word);
}

enum rc
exceptions_parse(const char *text, uint32_t *moves, const char **bad, int *bad_n)
{
	uint32_t found = 0;

	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ","), i = 0;

		while (i < MOVES && (strlen(exception_moves[i].word) != n || strncmp(p, exception_moves[i].word, n) != 0))
			i++;
		if (i == MOVES) {
			*bad = p;
			*bad_n = (int)n;
			return RC_INVALID;
		}
		found |= exception_moves[i].move;
		p += n;
		if (*p == '\0')
			break;
	}
	*bad = NULL;
	if ((found & EXCEPTION_CHALLENGES) == EXCEPTION_CHALLENGES)
		return RC_INVALID;
	*moves = found;
	return RC_OK;
}
