/*
 * audit_page.h - what the pages of the audit console share: the status line,
 * acts with a reason.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none.
 */
#ifndef CLIENT_AUDIT_PAGE_H
#define CLIENT_AUDIT_PAGE_H

#include "client/dialog.h"
#include "client/screen.h"

/* Rows that every page of the console leaves below for the status line. */
#define AUDIT_STATUS 1
void audit_status_draw(struct cells *c, const struct visit *v);

/*
 * A key while the dialog is open. True: it was confirmed with its reason, which
 * stays in the dialog until the answer comes. Left or not wanted: it is closed.
 */
bool audit_confirm(struct dialog *d, struct visit *v, struct key k);
/* The reason that was typed, for the request. */
void audit_reason(const struct dialog *d, char dst[static REFERENCE_MAX_BYTES + 1]);
/* Why a supervisor's act is not for whoever is signed on; NULL: it is. */
const char *audit_only_supervisor(const struct visit *v);
/* The same of what auditors may look at, too. */
const char *audit_only_readers(const struct visit *v);
/* "2026-03-14 09:26", local; "-" for never. */
void audit_when(int64_t utc_ms, char *dst, size_t cap);

#endif
