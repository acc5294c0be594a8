/*
 * limits_check.c - the bounds in countersign.options are those of limits.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It holds no code: a disagreement stops the build.
 */
#include "proto/digest.h"
#include "proto/msg.h"

#define FIELD_BYTES(type, field) (sizeof ((type *)0)->field)
#define TEXT(type, field, max)  _Static_assert(FIELD_BYTES(type, field) == (max) + 1, #type "." #field)
#define BYTES(type, field, n)   _Static_assert(FIELD_BYTES(type, field) == (n), #type "." #field)
#define COUNT(type, field, n)   \
	_Static_assert(FIELD_BYTES(type, field) == (n) * FIELD_BYTES(type, field[0]), #type "." #field)

_Static_assert(cs_Envelope_size <= CONTROL_MESSAGE_MAX, "an envelope fits a control message");
_Static_assert(cs_VideoHeader_size <= VIDEO_HEADER_MAX, "a video header fits");
_Static_assert(cs_VideoCredit_size <= VIDEO_HEADER_MAX, "a video credit fits");
_Static_assert(LINK_MESSAGE_MAX >= CONTROL_MESSAGE_MAX && LINK_MESSAGE_MAX >= JPEG_MAX_BYTES, "a part fits a link");

BYTES(cs_Envelope, request_id, ID_BYTES);
BYTES(cs_Envelope, token.bytes, TOKEN_BYTES);
BYTES(cs_CodeSent, token.bytes, TOKEN_BYTES);
BYTES(cs_SignedOn, token.bytes, TOKEN_BYTES);
BYTES(cs_TransferPrepared, intent, ID_BYTES);
BYTES(cs_TransferPrepared, nonce, NONCE_BYTES);
BYTES(cs_TransferPrepared, digest, DIGEST_BYTES);
BYTES(cs_TransferCodeSend, intent, ID_BYTES);
BYTES(cs_TransferCommit, intent, ID_BYTES);
BYTES(cs_TransferCommit, request, ID_BYTES);
BYTES(cs_TransferStatusGet, request, ID_BYTES);
BYTES(cs_Receipt, digest, DIGEST_BYTES);
BYTES(cs_ApprovalStart, intent, ID_BYTES);
BYTES(cs_ApprovalCode, intent, ID_BYTES);
BYTES(cs_CaptureBegin, intent, ID_BYTES);
BYTES(cs_CaptureBegun, capture, ID_BYTES);
BYTES(cs_CaptureCancel, capture, ID_BYTES);
BYTES(cs_CaptureGuide, capture, ID_BYTES);
BYTES(cs_CaptureVerdict, capture, ID_BYTES);
BYTES(cs_VideoHeader, capture, ID_BYTES);
BYTES(cs_VideoCredit, capture, ID_BYTES);

TEXT(cs_Welcome, terminal, TERMINAL_NAME_BYTES);
TEXT(cs_Register, name, NAME_MAX_BYTES);
TEXT(cs_Register, email, EMAIL_MAX_BYTES);
TEXT(cs_Register, password, PASSWORD_MAX_BYTES);
TEXT(cs_Register, currency, CURRENCY_BYTES);
TEXT(cs_CodeAnswer, code, CODE_DIGITS);
TEXT(cs_Registered, customer, CUSTOMER_BYTES);
TEXT(cs_Registered, account, ACCOUNT_MAX_BYTES);
TEXT(cs_Registered, currency, CURRENCY_BYTES);
TEXT(cs_Registered, name, NAME_MAX_BYTES);
TEXT(cs_Login, customer, CUSTOMER_BYTES);
TEXT(cs_Login, password, PASSWORD_MAX_BYTES);
TEXT(cs_CodeSent, to, EMAIL_MAX_BYTES);
TEXT(cs_SignedOn, name, NAME_MAX_BYTES);
TEXT(cs_SignedOn, customer, CUSTOMER_BYTES);
TEXT(cs_Account, number, ACCOUNT_MAX_BYTES);
TEXT(cs_Account, currency, CURRENCY_BYTES);
TEXT(cs_LastTransfer, currency, CURRENCY_BYTES);
TEXT(cs_LastTransfer, payee, ACCOUNT_MAX_BYTES);
TEXT(cs_LastTransfer, payee_name, NAME_MAX_BYTES);
TEXT(cs_PayeeGet, account, ACCOUNT_MAX_BYTES);
TEXT(cs_Payee, account, ACCOUNT_MAX_BYTES);
TEXT(cs_Payee, name, NAME_MAX_BYTES);
TEXT(cs_Payee, currency, CURRENCY_BYTES);
TEXT(cs_TransferPrepare, debit, ACCOUNT_MAX_BYTES);
TEXT(cs_TransferPrepare, payee, ACCOUNT_MAX_BYTES);
TEXT(cs_TransferPrepare, currency, CURRENCY_BYTES);
TEXT(cs_TransferPrepare, reference, REFERENCE_MAX_BYTES);
TEXT(cs_TransferPrepared, payee_name, NAME_MAX_BYTES);
TEXT(cs_TransferCommit, code, CODE_DIGITS);
TEXT(cs_Receipt, debit, ACCOUNT_MAX_BYTES);
TEXT(cs_Receipt, payee, ACCOUNT_MAX_BYTES);
TEXT(cs_Receipt, payee_name, NAME_MAX_BYTES);
TEXT(cs_Receipt, currency, CURRENCY_BYTES);
TEXT(cs_Receipt, reference, REFERENCE_MAX_BYTES);
TEXT(cs_ApprovalStart, customer, CUSTOMER_BYTES);
TEXT(cs_ApprovalStart, password, PASSWORD_MAX_BYTES);
TEXT(cs_ApprovalCode, customer, CUSTOMER_BYTES);
TEXT(cs_ApprovalCode, code, CODE_DIGITS);
TEXT(cs_Approved, name, NAME_MAX_BYTES);
TEXT(cs_HistoryGet, account, ACCOUNT_MAX_BYTES);
TEXT(cs_HistoryEntry, other, ACCOUNT_MAX_BYTES);
TEXT(cs_HistoryEntry, other_name, NAME_MAX_BYTES);
TEXT(cs_HistoryEntry, reference, REFERENCE_MAX_BYTES);
TEXT(cs_History, account, ACCOUNT_MAX_BYTES);
TEXT(cs_History, currency, CURRENCY_BYTES);
TEXT(cs_CaptureGuide, hint, HINT_MAX_BYTES);
TEXT(cs_CaptureVerdict, hint, HINT_MAX_BYTES);

TEXT(cs_PersonGet, customer, CUSTOMER_BYTES);
TEXT(cs_PersonState, customer, CUSTOMER_BYTES);
TEXT(cs_PersonState, name, NAME_MAX_BYTES);
TEXT(cs_PersonLock, customer, CUSTOMER_BYTES);
TEXT(cs_PersonLock, reason, REFERENCE_MAX_BYTES);
TEXT(cs_PersonRelease, customer, CUSTOMER_BYTES);
TEXT(cs_PersonRelease, reason, REFERENCE_MAX_BYTES);
TEXT(cs_SessionRow, customer, CUSTOMER_BYTES);
TEXT(cs_SessionRow, name, NAME_MAX_BYTES);
TEXT(cs_SessionRow, terminal, TERMINAL_NAME_BYTES);
TEXT(cs_SessionEnd, reason, REFERENCE_MAX_BYTES);
TEXT(cs_TerminalRow, name, TERMINAL_NAME_BYTES);
TEXT(cs_TerminalAccept, reason, REFERENCE_MAX_BYTES);
TEXT(cs_TerminalRevoke, reason, REFERENCE_MAX_BYTES);
BYTES(cs_SessionsGet, before, ID_BYTES);
BYTES(cs_SessionRow, session, ID_BYTES);
BYTES(cs_SessionEnd, session, ID_BYTES);
COUNT(cs_Sessions, rows, SUPERVISE_PAGE_MAX);
COUNT(cs_Terminals, rows, SUPERVISE_PAGE_MAX);
COUNT(cs_Overview, accounts, ACCOUNTS_MAX);
COUNT(cs_History, entries, HISTORY_PAGE_MAX);
COUNT(cs_Holds, rows, HOLDS_PAGE_MAX);
COUNT(cs_Events, rows, EVENTS_PAGE_MAX);
TEXT(cs_EvidenceGet, reason, REFERENCE_MAX_BYTES);
TEXT(cs_EvidenceHold, reason, REFERENCE_MAX_BYTES);
BYTES(cs_EvidenceGet, capture, ID_BYTES);
BYTES(cs_EvidenceHold, capture, ID_BYTES);
BYTES(cs_Evidence, capture, ID_BYTES);
_Static_assert(sizeof ((cs_Evidence *)0)->pixels.bytes == EVIDENCE_PART_BYTES, "a part of a picture fits");
