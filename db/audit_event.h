/*
 * audit_event.h - what the audit trail records: one line of history.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every store operation that changes something takes the event that describes
 * it and appends it in the same transaction. Refusals are appended alone
 * (audit_store). The texts never hold secrets.
 */
#ifndef DB_AUDIT_EVENT_H
#define DB_AUDIT_EVENT_H

#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

/* X(name, number, word): the word is stored and shown; never renumber or rename, nor use a number twice (audit_hash.c would not compile). */
#define AUDIT_ACTION_LIST(X) \
	X(AUDIT_SERVER_START,       1, "server-start") \
	X(AUDIT_SERVER_STOP,        2, "server-stop") \
	X(AUDIT_TERMINAL_INVITE,   10, "terminal-invite") \
	X(AUDIT_TERMINAL_PENDING,  11, "terminal-pending") \
	X(AUDIT_TERMINAL_ACCEPT,   12, "terminal-accept") \
	X(AUDIT_TERMINAL_REVOKE,   13, "terminal-revoke") \
	X(AUDIT_TERMINAL_CONNECT,  14, "terminal-connect") \
	X(AUDIT_REGISTER,          20, "register") \
	X(AUDIT_REGISTER_CODE,     21, "register-code") \
	X(AUDIT_ENROL,             22, "enrol") \
	X(AUDIT_LOGIN_PASSWORD,    30, "login-password") \
	X(AUDIT_LOGIN_CODE,        31, "login-code") \
	X(AUDIT_LOGOUT,            32, "logout") \
	X(AUDIT_SESSION_END,       33, "session-end") \
	X(AUDIT_CODE_SEND,         40, "code-send") \
	X(AUDIT_CAPTURE_BEGIN,     50, "capture-begin") \
	X(AUDIT_CAPTURE_VERDICT,   51, "capture-verdict") \
	X(AUDIT_TRANSFER_PREPARE,  60, "transfer-prepare") \
	X(AUDIT_TRANSFER_POST,     61, "transfer-post") \
	X(AUDIT_TRANSFER_REFUSE,   62, "transfer-refuse") \
	X(AUDIT_DEPOSIT,           63, "deposit") \
	X(AUDIT_TRANSFER_APPROVE,  64, "transfer-approve") \
	X(AUDIT_HOLD,              65, "transfer-hold") \
	X(AUDIT_HOLD_POST,         66, "hold-post") \
	X(AUDIT_HOLD_REFUSE,       67, "hold-refuse") \
	X(AUDIT_HOLD_EXPIRE,       68, "hold-expire") \
	X(AUDIT_HOLD_APPROVE,      69, "hold-approve") \
	X(AUDIT_REVERSAL_PREPARE,  130, "reversal-prepare") \
	X(AUDIT_PERSON_UNLOCK,     70, "person-unlock") \
	X(AUDIT_STAFF_ADD,         71, "staff-add") \
	X(AUDIT_STAFF_REMOVE,      72, "staff-remove") \
	X(AUDIT_EXCEPTION_PROPOSE, 73, "exception-propose") \
	X(AUDIT_EXCEPTION_CONFIRM, 74, "exception-confirm") \
	X(AUDIT_EXCEPTION_END,     75, "exception-end") \
	X(AUDIT_BATCH_OPEN,         100, "batch-open") \
	X(AUDIT_BATCH_SUBMIT,      101, "batch-submit") \
	X(AUDIT_BATCH_BACK,        102, "batch-back") \
	X(AUDIT_BATCH_POST,        103, "batch-post") \
	X(AUDIT_BATCH_DROP,        104, "batch-drop") \
	X(AUDIT_BATCH_REFUSE,      105, "batch-refuse") \
	X(AUDIT_TRAIL_VERIFY,     127, "trail-verify") \
	X(AUDIT_DISPATCH_REFUSE,   80, "dispatch-refuse") \
	X(AUDIT_NOTIFY,            90, "notify") \
	X(AUDIT_ROLE_FIRST,       110, "role-first") \
	X(AUDIT_ROLE_PROPOSE,     111, "role-propose") \
	X(AUDIT_ROLE_CONFIRM,     112, "role-confirm") \
	X(AUDIT_ROLE_END,         113, "role-end") \
	X(AUDIT_SIGN_ON_FACE,     114, "sign-on-face") \
	X(AUDIT_PERSON_LOCK,      115, "person-lock") \
	X(AUDIT_LOOK,             116, "look") \
	X(AUDIT_FACE_ALLOW,       117, "face-allow") \
	X(AUDIT_EVIDENCE_LOOK,    120, "evidence-look") \
	X(AUDIT_EVIDENCE_END,     121, "evidence-end") \
	X(AUDIT_EVIDENCE_HOLD,    122, "evidence-hold")

enum audit_action {
#define X(name, num, word) name = num,
	AUDIT_ACTION_LIST(X)
#undef X
};

#define AUDIT_SUBJECT_BYTES  64u	/* with NUL */
#define AUDIT_DETAIL_BYTES  240u	/* with NUL */

struct audit_event {
	enum audit_action action;
	enum rc  outcome;			/* RC_OK or why it was refused */
	int64_t  at_ms;				/* UTC */
	uint64_t person;			/* who, 0: nobody known */
	uint64_t terminal;			/* where, 0: not at a terminal */
	uint8_t  session[ID_BYTES];		/* zero: none */
	char     subject[AUDIT_SUBJECT_BYTES];	/* about what: account, customer number, intent in hex, ... */
	char     detail[AUDIT_DETAIL_BYTES];	/* words for the auditor */
};

const char *audit_action_word(enum audit_action a);	/* "?" if unknown */

#endif
