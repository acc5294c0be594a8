/*
 * rc.h - the one result type of every program here.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Zero is success, every failure is negative, and every failure has a name
 * that may be logged and a text that may be shown. A caller that can do
 * nothing useful returns the code unchanged; only the outermost loop turns it
 * into words for a person. Numbers travel on the wire: never renumber, only
 * append.
 */
#ifndef PROTO_RC_H
#define PROTO_RC_H

#define MUST_CHECK __attribute__((warn_unused_result))

/* X(name, number, text for a person) */
#define RC_LIST(X) \
	X(RC_OK,                  0, "ok") \
	/* environment */ \
	X(RC_NOMEM,              -1, "out of memory") \
	X(RC_IO,                 -2, "reading or writing failed") \
	X(RC_TIMEOUT,            -3, "no answer in time") \
	X(RC_CLOSED,             -4, "the other side has gone") \
	X(RC_AGAIN,              -5, "nothing there yet") \
	X(RC_BUSY,               -6, "the server is busy; please try again") \
	X(RC_STORE,              -7, "the database cannot be reached; please try again") \
	X(RC_CONFIG,             -8, "the configuration is wrong") \
	X(RC_FILE_MODE,          -9, "a secret file is readable by others") \
	X(RC_DISK_FULL,         -10, "the disk is full") \
	/* messages */ \
	X(RC_SHORT,             -20, "message ends too early") \
	X(RC_TOO_BIG,           -21, "message is too big") \
	X(RC_MALFORMED,         -22, "message cannot be read") \
	X(RC_VERSION,           -23, "this program and the server do not speak the same version") \
	X(RC_FORGED,            -24, "message is not authentic") \
	X(RC_EARLY,             -25, "this cannot be done at this point") \
	X(RC_INVALID,           -26, "a value is out of range") \
	/* people and terminals */ \
	X(RC_DENIED,            -40, "refused") \
	X(RC_LOGIN,             -41, "customer number or password is wrong") \
	X(RC_LOCKED,            -42, "too many failed tries; please wait") \
	X(RC_DISABLED,          -43, "disabled; ask the branch staff") \
	X(RC_SESSION_ENDED,     -44, "the session has ended; please log in again") \
	X(RC_TERMINAL_UNKNOWN,  -45, "this terminal's key is not accepted") \
	X(RC_TERMINAL_REVOKED,  -46, "this terminal has been revoked") \
	X(RC_CODE_WRONG,        -47, "the code is wrong") \
	X(RC_CODE_EXPIRED,      -48, "the code has expired; ask for a new one") \
	X(RC_CODE_USED,         -49, "the code was used already; ask for a new one") \
	X(RC_CODE_TRIES,        -50, "too many wrong codes; ask for a new one") \
	X(RC_CODE_RATE,         -51, "too many codes asked for; please wait") \
	X(RC_EXISTS,            -52, "exists already") \
	X(RC_NOT_FOUND,         -53, "not found") \
	/* faces */ \
	X(RC_IMAGE_BAD,         -60, "the picture cannot be decoded") \
	X(RC_IMAGE_BIG,         -61, "the picture is too large") \
	X(RC_NO_FACE,           -62, "no face in view") \
	X(RC_SEVERAL_FACES,     -63, "more than one face in view") \
	X(RC_FACE_QUALITY,      -64, "the face could not be seen well enough") \
	X(RC_FACE_OTHER,        -65, "the face does not match") \
	X(RC_NOT_LIVE,          -66, "we could not see a live person") \
	X(RC_EMBEDDER_OTHER,    -67, "the stored face is of an earlier version; please ask the branch staff") \
	X(RC_NOT_ENROLLED,      -68, "no face is enrolled") \
	X(RC_CAPTURE_TIMEOUT,   -69, "the capture took too long") \
	X(RC_VISION_DOWN,       -70, "the vision worker did not answer; it is being restarted") \
	X(RC_MODEL_BAD,         -71, "a model file is missing, changed or of the wrong shape") \
	X(RC_FACE_KNOWN,        -72, "this face cannot be enrolled; please ask the branch staff") \
	/* money */ \
	X(RC_FUNDS,             -80, "not enough money in the account") \
	X(RC_ACCOUNT_UNKNOWN,   -81, "no such account") \
	X(RC_ACCOUNT_CLOSED,    -82, "the account is closed") \
	X(RC_SAME_ACCOUNT,      -83, "debit and payee account are the same") \
	X(RC_CURRENCY,          -84, "the accounts have different currencies") \
	X(RC_LIMIT,             -85, "the amount is above the limit") \
	X(RC_PROOF_MISSING,     -86, "a live face or a code for this transaction is missing or has expired") \
	X(RC_REQUEST_OTHER,     -87, "this request number was used for another transaction") \
	X(RC_EXPIRED,           -88, "the transaction was not confirmed in time") \
	X(RC_APPROVAL_MISSING,  -89, "a member of staff has to approve this transaction") \
	/* audit */ \
	X(RC_AUDIT_BROKEN,      -95, "the audit trail does not verify") \
	X(RC_BUG,               -99, "internal error")

enum rc {
#define X(name, num, text) name = num,
	RC_LIST(X)
#undef X
};

/* The text for a person: English, no full stop, never NULL. */
const char *rc_text(enum rc r);
/* The symbol, "RC_LOGIN", for logs and audit records; "RC_?" if unknown. */
const char *rc_name(enum rc r);
/* The code with this number, RC_BUG if there is none (numbers come off the wire). */
enum rc     rc_from_wire(int number);

#endif
