/*
 * desk_parts.h - what several files of handlers use of each other.
 * SPDX-License-Identifier: Apache-2.0
 * Threads: the desk's own.
 */
#ifndef SERVER_DESK_PARTS_H
#define SERVER_DESK_PARTS_H

#include "server/call.h"
#include "server/desk_captures.h"
#include "server/otp.h"

#define DESK_REGISTRATIONS_MAX 40u	/* at one terminal in CODE_SENDS_WINDOW_MS: each sends mail to whoever is named */

/* What a person hears whose face is enrolled under another name; it says nothing of whom. */
#define DESK_FACE_KNOWN "This face cannot be enrolled; please ask the branch staff."

/* The same for the auditor: whose it is like, and how much. desk_register.c */
void    desk_known_words(const struct desk *d, const struct known_like *like, char dst[static AUDIT_DETAIL_BYTES]);
/*
 * True: the face of *like is forgotten, because its registration's end was in doubt
 * and the store says that there is no such customer. Ask again. desk_register.c
 */
bool    desk_known_gone(const struct desk *d, const struct known_like *like);
/* Opens a session in its first state, sends its code, answers code_sent with the token. desk_session.c */
enum rc desk_session_open(struct call *c, const struct person *p, enum session_state first, enum console console,
            const char *currency);
/* Records and words a log-in that auth_login() refused; returns r. desk_session.c */
enum rc desk_login_refuse(struct call *c, const char *customer, enum rc r, int64_t until, bool recorded);
/*
 * Makes and sends the code of *order, records *ev with it, answers code_sent; a
 * failure is recorded under subject, a refusal worded. desk_session.c
 */
enum rc desk_code_send(struct call *c, const struct otp_order *order, const char *subject,
            const struct audit_event *ev) MUST_CHECK;
/* Words for a code that was not accepted; RC_NOT_FOUND becomes RC_CODE_WRONG. desk_session.c */
enum rc desk_code_refuse(struct call *c, enum rc r);
/* A reason as typed: one line. Else RC_INVALID, worded. desk_supervise.c */
enum rc desk_reason(struct call *c, const char *reason) MUST_CHECK;
/* The intent with this id if it is this person's and of this session, and may still be posted. desk_transfer.c */
enum rc desk_intent_get(struct call *c, const uint8_t id[static ID_BYTES], struct intent *i) MUST_CHECK;

/*
 * What transfers and reversals share: the code of a prepared intent is sent;
 * with it the intent is posted or held. desk_transfer.c
 */
enum rc desk_intent_code_send(struct call *c, const uint8_t intent[static ID_BYTES]) MUST_CHECK;
enum rc desk_intent_commit(struct call *c, const cs_TransferCommit *ask) MUST_CHECK;

#define DESK_TRANSFER_WORDS 128u
/* "12.00 EUR from XC... to XC...", for the auditor. desk_transfer.c */
void    desk_transfer_told(const struct txn *t, char dst[static DESK_TRANSFER_WORDS]);
/* The answer to who paid, or to who let it be paid. desk_transfer.c */
void    desk_transfer_receipt(struct call *c, const struct receipt *r);
/* Holds the amount in place of posting it, and answers so. desk_hold.c */
enum rc desk_hold_make(struct call *c, const struct ledger_step *step, const struct audit_event *ev) MUST_CHECK;
/* The answer once more, if this intent of the session's person is held already. RC_NOT_FOUND. desk_hold.c */
enum rc desk_hold_again(struct call *c, const uint8_t intent[static ID_BYTES]) MUST_CHECK;
/* One hold into a message; for_decider: with what only staff see. desk_hold.c */
void    desk_hold_put(const struct hold *h, bool for_decider, cs_Hold *to);
/* What the face of this capture stands for, if the session's person may decide this hold. desk_decide.c */
enum rc desk_decide_face_digest(struct call *c, uint64_t hold, uint8_t digest[static DIGEST_BYTES],
    char subject[static 2 * ID_BYTES + 1]) MUST_CHECK;
/* Now and then: what nobody decided in time ends. desk_decide.c */
void    desk_holds_expire(struct desk *d);

/*
 * Reads the traces of the person's earlier captures into k->recall and the key
 * of its frames into k->key. Traces that cannot be opened are named in the log
 * and left out: an old one must not shut anybody out. desk_trace.c
 */
enum rc desk_trace_load(struct desk *d, struct desk_capture *k, const struct person *p) MUST_CHECK;
/* The capture's own trace, sealed into *to; NULL: nothing to keep, or (with a line in the log) it cannot be. desk_trace.c */
const struct capture_trace *desk_trace_seal(struct desk *d, const struct desk_capture *k, struct capture_trace *to);
/* The capture's picture, sealed into *to to be kept from now on; NULL: there is none. desk_evidence.c */
const struct evidence_new *desk_evidence_seal(const struct desk *d, const struct desk_capture *k, int64_t now_ms,
            struct evidence_new *to);
/* At each turn of the desk: keys of pictures that are due are destroyed. desk_evidence.c */
void    desk_evidence_end(struct desk *d);

#endif
