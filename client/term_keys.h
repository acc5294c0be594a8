/*
 * term_keys.h - keys that terminfo does not know: control sequences become
 * raw keys.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The usual keys of the VT100, the VT220 and those after them and of the Linux
 * console are understood; everything else means nothing, and nobody takes it
 * for typing. Threads: none.
 */
#ifndef CLIENT_TERM_KEYS_H
#define CLIENT_TERM_KEYS_H

#include <stdint.h>

#include "client/keymap.h"

/* One more character of the sequence; 0 if none comes in time. */
typedef uint32_t term_more_fn(void *ctx);

/* After Esc and '[' (ECMA-48 5.4), up to its final byte. */
struct raw_key term_keys_csi(term_more_fn *more, void *ctx);
/* After Esc and 'O'. */
struct raw_key term_keys_ss3(term_more_fn *more, void *ctx);

#endif
