/*
 * batch_lines.h - the lines of a batch as they are typed, and how far each of
 * them is known to the server.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a grid of payments with, for each line, its place in the batch,
 *               what of it was sent last and what the server said about that.
 * What it isn't: it sends nothing. The page asks for the next thing to send,
 *               one at a time, and brings the answer; typing goes on meanwhile.
 *
 * Places have gaps, so that a line put in between moves no other. Ownership:
 * batch_lines_close() wipes and frees. Threads: none.
 */
#ifndef CLIENT_BATCH_LINES_H
#define CLIENT_BATCH_LINES_H

#include "client/grid.h"
#include "proto/msg.h"

enum { BATCH_DEBIT, BATCH_PAYEE, BATCH_AMOUNT, BATCH_CURRENCY, BATCH_REFERENCE, BATCH_COLS };

enum line_state {
	LINE_TYPED,	/* not complete, or not looked at yet */
	LINE_WAITS,	/* to be sent */
	LINE_SAVED,	/* as it stands there */
	LINE_WRONG,	/* the server says so: word */
};

struct line_fact {
	uint64_t place;
	enum line_state state;
	bool kept;			/* the server has a line in this place, saved or unfinished */
	bool held;			/* unfinished, as it was sent last */
	bool looked;			/* judged was only looked at, not to be saved */
	bool whole;			/* it is complete as it stands, and counts with these: */
	int64_t amount;
	char currency[CURRENCY_BYTES + 1];
	cs_BatchLine judged;		/* what was sent last */
	cs_BatchLineWord word;		/* what came back */
};

struct batch_lines {
	struct grid grid;
	struct line_fact *fact;		/* one for each line of the grid */
	size_t facts, room;
	uint64_t gone[BATCH_LINES_MAX];	/* places of lines to be taken out at the server */
	size_t gone_n;
	uint64_t sent;			/* the place that is under way, 0: none */
	bool dropping;			/* to be taken out */
};

enum rc batch_lines_open(struct batch_lines *b) MUST_CHECK;
void    batch_lines_close(struct batch_lines *b);
/*
 * A line that the server has saved, or has kept unfinished, behind all others.
 * RC_NOMEM, RC_INVALID: no line of a batch, or one too many.
 */
enum rc batch_lines_add(struct batch_lines *b, const cs_BatchLine *l, bool saved) MUST_CHECK;

/* As grid_key(), with what follows from it for the lines. */
enum grid_did batch_lines_key(struct batch_lines *b, struct visit *v, int page, struct key k);
/* Takes over the cell being typed as if it had been left. */
void batch_lines_finish(struct batch_lines *b, struct visit *v, int page);

/* Writes the next message to send into e; false: there is none, or one is under way. */
bool batch_lines_next(struct batch_lines *b, uint64_t batch, cs_Envelope *e);
bool batch_lines_due(const struct batch_lines *b);	/* whether there is one */
/* The answer to it. rc: as it came; what the server refused altogether is said of the line. Says what is wrong. */
void batch_lines_answer(struct batch_lines *b, struct visit *v, enum rc rc, const cs_Envelope *msg);

/* The first line with something in it that is not saved as it stands there; false: all are. */
bool batch_lines_unsaved(const struct batch_lines *b, size_t *line);
/* Whether something would be lost that stands here: neither saved nor kept at the server. */
bool batch_lines_lost(const struct batch_lines *b);
/* Count and sum of the complete lines per currency, in the order of their names; how many. */
size_t batch_lines_totals(const struct batch_lines *b, cs_BatchTotal total[static BATCH_CURRENCIES_MAX]);
/* A line as it would be sent; false: it is not complete. */
bool batch_lines_line(const struct batch_lines *b, size_t line, cs_BatchLine *l);

#endif
