/*
 * screen_batches.c - the first page of the back office: the queues.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One queue is shown at a time, the newest batches first; at its end the next
 * ones are asked for, up to BATCHES_SHOWN.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/dialog.h"
#include "client/frame.h"
#include "client/screen.h"
#include "client/table.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/role.h"

#define BATCHES_SHOWN 256u
#define BATCHES_TOP   2		/* rows above the table */

enum { BATCHES_NUMBER, BATCHES_LINES, BATCHES_WHO, BATCHES_WHEN, BATCHES_REASON, BATCHES_COLS };
enum batches_ask { BATCHES_IDLE, BATCHES_QUEUE, BATCHES_DROP, BATCHES_LEAVE };

static const cs_BatchQueueKind batches_queues[] = {
	cs_BatchQueueKind_BATCH_QUEUE_MINE, cs_BatchQueueKind_BATCH_QUEUE_BACK, cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK,
	cs_BatchQueueKind_BATCH_QUEUE_POSTED,
};
static const char *const batches_names[] = { "My drafts", "Sent back", "To check", "Posted today" };

#define BATCHES_QUEUES 4

struct batches_state {
	cs_BatchHead row[BATCHES_SHOWN];
	size_t rows;
	uint64_t before;		/* where the next ones begin, 0: that was all */
	int  queue;
	enum batches_ask ask;
	bool more;			/* the next ones are asked for, not the first */
	struct table table;
	struct dialog dialog;
};

static const struct dialog_text batches_drop = {
	.title = "Throw the batch away", .question = "All its lines are thrown away at the server. Nothing of it was posted.",
	.choices = { "Keep it", "Throw it away" },
};

static struct intent
batches_send(struct batches_state *s, bool more)
{
	s->ask = BATCHES_QUEUE;
	s->more = more;
	return SEND;
}

/* Midnight before now, here. */
static int64_t
batches_today(const struct visit *v)
{
	time_t now = (time_t)(v->utc_ms / 1000);
	struct tm day;

	if (localtime_r(&now, &day) == NULL)
		return 0;
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	return (int64_t)mktime(&day) * 1000;
}

static struct intent
batches_enter(void *state, struct visit *v)
{
	struct batches_state *s = state;

	if (s->rows == 0 && s->queue == 0 && (v->person.roles & ROLE_MAKER) == 0)
		s->queue = 2;
	memset(&v->batch, 0, sizeof v->batch);
	v->batch_totals = 0;
	v->batch_stopped[0] = '\0';
	return batches_send(s, false);
}

static void
batches_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct batches_state *s = ctx;
	const cs_BatchHead *b = &s->row[row];
	cs_BatchQueueKind q = batches_queues[s->queue];

	switch (col) {
	case BATCHES_NUMBER:
		snprintf(text, TABLE_CELL_BYTES, "%llu", (unsigned long long)b->batch);
		break;
	case BATCHES_LINES:
		snprintf(text, TABLE_CELL_BYTES, "%u", (unsigned)b->lines);
		break;
	case BATCHES_WHO:
		snprintf(text, TABLE_CELL_BYTES, "%s", q == cs_BatchQueueKind_BATCH_QUEUE_BACK ? b->checker : b->maker);
		break;
	case BATCHES_WHEN:
		clock_local_text(q == cs_BatchQueueKind_BATCH_QUEUE_MINE ? b->changed_utc_ms :
		    q == cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK ? b->submitted_utc_ms : b->decided_utc_ms, text, TABLE_CELL_BYTES);
		break;
	default:
		snprintf(text, TABLE_CELL_BYTES, "%s", q == cs_BatchQueueKind_BATCH_QUEUE_POSTED ? b->checker : b->reason);
		*t = q == cs_BatchQueueKind_BATCH_QUEUE_BACK ? THEME_WARN : THEME_TEXT;
		break;
	}
}

static struct table_source
batches_source(const struct batches_state *s, struct table_col cols[static BATCHES_COLS])
{
	static const char *const who[] = { "Made by", "Sent back by", "Made by", "Made by" };
	static const char *const when[] = { "Changed", "Sent back", "Submitted", "Posted" };
	static const char *const last[] = { "", "Why", "", "Checked by" };
	static const char *const empty[] = { "There is no draft; a maker begins one with F2.", "Nothing was sent back.",
		"Nothing waits to be checked.", "Nothing of yours was posted today." };

	cols[BATCHES_NUMBER] = (struct table_col){ .title = "Batch", .least = 7, .most = 10, .right = true };
	cols[BATCHES_LINES] = (struct table_col){ .title = "Payments", .least = 8, .most = 8, .right = true };
	cols[BATCHES_WHO] = (struct table_col){ .title = who[s->queue], .least = 18, .most = 30 };
	cols[BATCHES_WHEN] = (struct table_col){ .title = when[s->queue], .least = 16, .most = 16 };
	cols[BATCHES_REASON] = (struct table_col){ .title = last[s->queue], .least = 18, .most = 80 };
	return (struct table_source){ .cols = cols, .n = BATCHES_COLS, .rows = s->rows, .cell = batches_cell, .ctx = s,
		.empty = s->ask == BATCHES_QUEUE ? "Asking the server ..." : empty[s->queue] };
}

static int
batches_page(const struct batches_state *s, const struct visit *v)
{
	return table_page(&s->table, frame_body(v->w, v->h).h - BATCHES_TOP);
}

static struct intent
batches_turn(struct batches_state *s, int queue)
{
	s->queue = (queue + BATCHES_QUEUES) % BATCHES_QUEUES;
	s->rows = 0;
	s->table = (struct table){ 0 };
	return batches_send(s, false);
}

static struct intent
batches_choose(struct batches_state *s, struct visit *v)
{
	if (s->table.on >= s->rows)
		return STAY;
	v->batch = s->row[s->table.on];
	return (struct intent){ .go = GO_TO, .next = s->queue < 2 ? &screen_batch : &screen_check };
}

static struct intent
batches_dialog(struct batches_state *s, struct visit *v, struct key k)
{
	enum dialog_did did = dialog_key(&s->dialog, v, k);
	bool drop = did == DIALOG_CHOSEN && s->dialog.on > 0;

	if (did != DIALOG_GOES_ON)
		dialog_close(&s->dialog);
	if (!drop)
		return STAY;
	s->ask = BATCHES_DROP;
	return SEND;
}

static struct intent
batches_key(void *state, struct visit *v, struct key k)
{
	struct batches_state *s = state;
	struct table_col cols[BATCHES_COLS];
	struct table_source source = batches_source(s, cols);

	if (s->dialog.text != NULL)
		return batches_dialog(s, v, k);
	if (s->table.finding && k.req != REQ_CLICK)
		return table_key(&s->table, &source, batches_page(s, v), k) ? STAY : UNHEARD;
	switch (k.req) {
	case REQ_NEW:
		memset(&v->batch, 0, sizeof v->batch);
		return (struct intent){ .go = GO_TO, .next = &screen_batch };
	case REQ_PICK:
		memset(&v->batch, 0, sizeof v->batch);
		return (struct intent){ .go = GO_TO, .next = &screen_import };
	case REQ_AGAIN:
		return batches_send(s, false);
	case REQ_LOGOUT:
		s->ask = BATCHES_LEAVE;
		visit_say(v, NOTICE_GOOD, "You are logged out.");
		return (struct intent){ .go = GO_END, .send = true };
	case REQ_BACK:
		visit_say(v, NOTICE_INFO, "F9 logs you out.");
		return STAY;
	case REQ_LEFT:
	case REQ_PREV:
		return batches_turn(s, s->queue - 1);
	case REQ_RIGHT:
	case REQ_NEXT:
		return batches_turn(s, s->queue + 1);
	case REQ_ENTER:
		return batches_choose(s, v);
	case REQ_LINE_DROP:
		if (s->table.on < s->rows)
			dialog_open(&s->dialog, &batches_drop);
		return STAY;
	case REQ_CHAR:
		if (k.ch >= '1' && k.ch < '1' + BATCHES_QUEUES)
			return batches_turn(s, (int)k.ch - '1');
		break;
	default:
		break;
	}
	if (!table_key(&s->table, &source, batches_page(s, v), k))
		return UNHEARD;
	return s->table.on + 1 >= s->rows && s->before != 0 && s->rows + BATCH_QUEUE_PAGE <= BATCHES_SHOWN ? batches_send(s, true) : STAY;
}

static struct intent
batches_event(void *state, struct visit *v, const struct event *e)
{
	struct batches_state *s = state;
	const cs_BatchQueue *q;
	enum batches_ask was = s->ask;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = BATCHES_IDLE;
	if (e->rc == RC_OK && was == BATCHES_DROP) {
		visit_say(v, NOTICE_GOOD, "The batch was thrown away.");
		return batches_send(s, false);
	}
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_batch_queue_tag)
		return STAY;
	q = &e->msg->body.batch_queue;
	if (!s->more)
		s->rows = 0;
	for (pb_size_t i = 0; i < q->batches_count && s->rows < BATCHES_SHOWN; i++)
		s->row[s->rows++] = q->batches[i];
	s->before = q->next_before;
	return STAY;
}

static void
batches_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct batches_state *s = state;

	switch (s->ask) {
	case BATCHES_LEAVE:
		e->which_body = cs_Envelope_logout_tag;
		break;
	case BATCHES_DROP:
		e->which_body = cs_Envelope_batch_drop_tag;
		e->body.batch_drop.batch = s->row[s->table.on].batch;
		break;
	default:
		e->which_body = cs_Envelope_batch_queue_get_tag;
		e->body.batch_queue_get.queue = batches_queues[s->queue];
		e->body.batch_queue_get.before = s->more ? s->before : 0;
		e->body.batch_queue_get.since_utc_ms = batches_today(v);
		break;
	}
}

static void
batches_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct batches_state *s = state;
	struct area in = frame_body(c->w, c->h);
	struct table_col cols[BATCHES_COLS];
	struct table_source source = batches_source(s, cols);
	int x = in.x + 1;

	(void)v;
	for (int i = 0; i < BATCHES_QUEUES; i++) {
		int w = cells_format(c, in.y, x, in.w - x, i == s->queue ? THEME_CHOICE_ON : THEME_TEXT, " %d %s ", i + 1, batches_names[i]);

		x += w + 2;
	}
	table_draw(&s->table, &source, c, (struct area){ in.y + BATCHES_TOP, in.x, in.h - BATCHES_TOP, in.w });
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
batches_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct batches_state *s = state;

	if ((req == REQ_NEW || req == REQ_PICK) && (v->person.roles & ROLE_MAKER) == 0)
		return "Only a maker begins batches.";
	if (req == REQ_LINE_DROP && (s->queue > 1 || s->rows == 0))
		return "Only a draft, or what was sent back, can be thrown away.";
	return req == REQ_ENTER && s->rows == 0 ? "There is no batch to open." : NULL;
}

static bool
batches_waits(const void *state)
{
	return ((const struct batches_state *)state)->ask != BATCHES_IDLE;
}

const struct screen_ops screen_batches = {
	.name = "batches",
	.title = "Batches",
	.help = "Payments from paper are entered in batches. A maker types and signs a batch; a checker, who is somebody else, "
	    "compares it with the paper and posts it, or sends it back with a reason.\n"
	    "The digits 1 to 4, or the arrow keys left and right, change between what you are typing, what was sent back to you, what "
	    "waits to be checked by you, and what was posted today. Enter opens the chosen batch; F4 makes one from a file.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_NEW, "New batch", 0 }, { REQ_PICK, "Import", 1 }, { REQ_ENTER, "Open", 0 }, { REQ_AGAIN, "Refresh", 0 },
	    { REQ_LINE_DROP, "Throw away", 1 }, { REQ_FIND, "Search", 2 }, { REQ_LOGOUT, "Log out", 0 } },
	.state_size = sizeof(struct batches_state),
	.enter = batches_enter,
	.key = batches_key,
	.event = batches_event,
	.fill = batches_fill,
	.draw = batches_draw,
	.refuses = batches_refuses,
	.waits = batches_waits,
};
