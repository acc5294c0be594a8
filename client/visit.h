/*
 * visit.h - what the terminal knows: the place, the link, and the customer who
 * stands before it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the facts that screens read and hand on to one another. The
 *               host (app.c) sets time, link and camera before every call.
 * What it isn't: it holds no password and no code; those stay in the state of
 *               the screen where they were typed and are wiped with it.
 *
 * visit_end() forgets the customer and keeps the place. Threads: none.
 */
#ifndef CLIENT_VISIT_H
#define CLIENT_VISIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/cells.h"
#include "client/lamp.h"
#include "proto/crypto.h"
#include "proto/digest.h"
#include "proto/msg.h"

struct console_kind;
struct screen_ops;

enum net_state {
	NET_DIALLING,		/* no answer yet since the program started */
	NET_REFUSED,		/* this terminal's key is not accepted, or was revoked */
	NET_STRANGER,		/* whoever answers there does not hold the expected server key */
	NET_READY,		/* the server has answered our hello */
	NET_LOST,		/* was ready, is being dialled again */
};

enum notice_level { NOTICE_NONE, NOTICE_INFO, NOTICE_GOOD, NOTICE_WARN, NOTICE_BAD };

#define NOTICE_BYTES 240u

struct notice {
	enum notice_level level;
	char text[NOTICE_BYTES];
};

enum code_purpose { CODE_REGISTER, CODE_LOGIN, CODE_TRANSFER, CODE_APPROVAL, CODE_REVERSAL };

/* A picture in cells, made by preview.h; borrowed for the time of one call. */
struct picture {
	int w, h;
	const struct cell *at;	/* NULL: none yet */
};

#define KNOWN_ACCOUNTS 200

/* An account that stood on the paper of whoever enters payments. */
struct known_account {
	char number[ACCOUNT_MAX_BYTES + 1];
	char name[NAME_MAX_BYTES + 1];	/* of its holder, by the server; "": not heard yet */
	bool debit, payee;		/* the columns that it stood in */
};

enum camera_state { CAMERA_OFF, CAMERA_OPENING, CAMERA_RUNNING, CAMERA_WAITING, CAMERA_FAILED };

struct visit {
	/* set by the host before every call */
	int64_t utc_ms, mono_ms;
	int w, h;			/* of the page, as it was last drawn; 0: not yet */
	enum net_state net;
	enum rc net_why;		/* NET_REFUSED: unknown or revoked */
	const char *address;		/* of the node in use, never NULL */
	const char *fingerprint;	/* of this terminal's key, never NULL */
	struct picture picture;
	enum camera_state camera;
	char camera_text[NOTICE_BYTES];	/* what is wrong and what to do */
	const char *export;		/* the folder for files, never NULL; "": none */
	bool light_ok;			/* the terminal can show colours, and may be a lamp */
	const struct rng *rng;
	const struct console_kind *console;		/* which one this program is */
	const struct screen_ops *help_for;	/* the page that help was asked on */

	/* from the server's welcome */
	cs_Welcome place;
	bool welcomed;

	/* the message line */
	struct notice notice;

	/* what the screen shines in; kept for as long as the program runs, since the eyes before it do not change */
	struct lamp lamp;

	/* the customer */
	uint8_t token[TOKEN_BYTES];
	size_t  token_n;		/* 0: no session */
	cs_SignedOn person;
	cs_Overview overview;
	bool overview_known;
	enum code_purpose code_for;
	cs_CodeSent code;		/* where the code went and how long it lives; its token is wiped */
	int64_t code_sent_ms;		/* mono */
	cs_Registered registered;

	/* the transfer being made */
	struct txn txn;			/* what the customer typed, completed by the server's answer */
	cs_TransferPrepared prepared;
	cs_ReversalPrepared reversal;	/* txn is its way back: what was posted; journal 0: txn is no reversal */
	uint8_t request[ID_BYTES];	/* makes it happen at most once; made at review */
	cs_Receipt receipt;
	cs_Hold hold;			/* the transfer that waits: the customer's own, or the one to decide */

	/* the back office: the batch at work; its lines are with the pages */
	cs_BatchHead batch;		/* batch 0: a new one */
	cs_BatchTotal batch_total[BATCH_CURRENCIES_MAX];
	size_t batch_totals;
	uint8_t batch_digest[DIGEST_BYTES];	/* of the lines that were shown, for a checker to sign */
	struct known_account known[KNOWN_ACCOUNTS];	/* of batches that were open since the person logged in, the latest first */
	size_t knowns;
	char batch_stopped[NOTICE_BYTES];	/* why it was not posted; "": it was not tried */

	/* the audit console: whom the next page shows, "": whoever is typed there */
	char about_customer[CUSTOMER_BYTES + 1];
	cs_LaneAt about_record;		/* whose story is told */
	uint8_t about_capture[ID_BYTES];	/* whose picture is shown */
	cs_Trail trail;			/* the state of the audit trail, by the server's word */
	bool trail_known;

	/* the capture under way */
	cs_CapturePurpose capture_for;
};

void visit_end(struct visit *v);
/* What an answer about a batch says of it. */
void visit_keep_batch(struct visit *v, const cs_Batch *b);
/* Forgets the transfer alone. */
void visit_transfer_end(struct visit *v);

/* Keeps what the answer says about the session. The copies in v->code and v->person carry no token. */
void visit_keep_session(struct visit *v, pb_size_t asked, const cs_Envelope *msg);

void visit_say(struct visit *v, enum notice_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Says why the server (or the link) refused, and what to do next. msg may be NULL. */
void visit_say_refused(struct visit *v, enum rc why, const cs_Envelope *msg);

#endif
